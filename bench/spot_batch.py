"""Messages a second from an Arrow array to Arrow out, one process, beside recognise() alone."""

import gzip
import time
from pathlib import Path

import pyarrow as pa

from alltid.spot import bulk, recognise
from bench.frame import Result
from evaluation.messages import LANGUAGES, read

PER_SECOND = 9_000_000
MESSAGES = 2_000_000
EVERYDAY = Path(__file__).resolve().parents[2] / "shared" / "benign-messages"


def _everyday() -> list[str]:
    """Everyday messages: those beside the project, else the labelled ones that are no offers."""
    if EVERYDAY.is_dir():
        paths = [path for path in sorted(EVERYDAY.glob("*.txt.gz")) if "spam" not in path.name]
        return [line for path in paths for line in gzip.open(path, "rt").read().splitlines()]
    negatives = [read(language, "negatives", "development") for language in LANGUAGES]
    return [each.text for some in negatives for each in some]


def main() -> Result:
    """Measure the best of a few rounds, compiling not counted."""
    some = _everyday()
    texts = pa.array((some * (MESSAGES // len(some) + 1))[:MESSAGES])
    print(f"{len(texts):,} messages of {texts.nbytes / len(texts):.0f} bytes on average")
    begun = time.perf_counter()
    bulk.find(texts.slice(0, 1000))
    print(f"compiling and tables: {time.perf_counter() - begun:.1f} s")
    took = []
    for _round in range(5):
        begun = time.perf_counter()
        found = bulk.find(texts)
        took.append(time.perf_counter() - begun)
    rate = len(texts) / min(took)
    begun = time.perf_counter()
    for text in some[:20_000]:
        recognise(text)
    alone = min(20_000, len(some)) / (time.perf_counter() - begun)
    print(f"found {found.num_rows:,}; recognise() alone {alone:,.0f}/s: {rate / alone:,.0f} times")
    return Result("spot_batch", round(rate), "messages/s", PER_SECOND, rate >= PER_SECOND)
