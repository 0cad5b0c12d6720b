"""From the command to the first page, and the memory of an idle installation with two workers."""

import statistics

import psutil

from bench.frame import Result
from bench.trial import serving

SECONDS, MEGABYTES = 2.0, 200


def _memory(pid: int) -> float:
    """Megabytes of a process and all its children, shared pages counted once (PSS)."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_full_info().pss for member in family)) / 1024**2


def main() -> Result:
    """Measure three starts of an installation that is there already."""
    runs = []
    for _ in range(3):
        with serving() as served:
            process = psutil.Process(served.pid)
            resident = sum(
                member.memory_info().rss for member in [process, *process.children(recursive=True)]
            )
            runs.append((served.seconds_to_first_page, resident / 1024**2, _memory(served.pid)))
    seconds, resident, proportional = (
        statistics.median(run[place] for run in runs) for place in range(3)
    )
    print(f"start to first page {seconds:.2f} s (budget {SECONDS} s; others 1.8-2.5 s)")
    print(
        f"idle, two workers: {resident:.0f} MB resident, {proportional:.0f} MB with shared pages "
        f"counted once (budget {MEGABYTES} MB; others 130-190 MB)"
    )
    holds = seconds <= SECONDS and resident <= MEGABYTES
    return Result("start", round(seconds, 2), "s", SECONDS, holds)
