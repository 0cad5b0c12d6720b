"""Messages a second on one core, from an Arrow array to Arrow, beside what others do with words."""

import pyarrow as pa

from alltid.spot import bulk
from bench.everyday import messages, said, words
from bench.frame import Result
from bench.peers import (
    aho_corasick,
    bare_scan,
    phrase_matcher,
    presidio,
    regular_expression,
    seconds,
)

BUDGET = 9_000_000
COUNT = 1_000_000


def main() -> Result:
    """Measure bulk.find() and its peers over the same messages, each on so many as it can bear."""
    texts, forms = messages(COUNT), words()
    array = pa.array(texts)
    print(said(texts), f"{len(forms):,} words", sep="; ")
    took = seconds(lambda: bulk.find(array[:1000]), times=1)
    print(f"compiled in {took:.1f} s; {len(bulk.find(array)):,} offers found")
    gate, held = bulk._gate(), bulk._messages(array)
    chosen, _wrong = gate.choose(held)
    alone = COUNT / seconds(lambda: gate.choose(held))
    rate = COUNT / seconds(lambda: bulk.find(array), times=5)
    print(f"{'bulk.find':22} {rate:12,.0f} messages/s (budget {BUDGET:,})")
    print(f"{'  its gate alone':22} {alone:12,.0f}, and leaves {len(chosen):,} to recognise()")
    scan = bare_scan(forms)
    scanned = COUNT / seconds(lambda: scan(array))
    print(
        f"{'a bare hyperscan scan':22} {scanned:12,.0f}; we take {scanned / rate:.1f} times as long"
    )
    for name, peer, count in (
        ("ahocorasick-rs", aho_corasick(forms), 100_000),
        ("spaCy PhraseMatcher", phrase_matcher(forms), 20_000),
        ("re", regular_expression(forms), 2_000),
        ("Presidio deny-list", presidio(forms), 300),
    ):
        others = count / seconds(lambda peer=peer, count=count: peer(texts[:count]))  # type: ignore[misc]
        print(f"{name:22} {others:12,.0f}; we are {rate / others:,.0f} times as fast")
    return Result("spot_batch", round(rate), "messages/s", BUDGET, rate >= BUDGET)
