"""What every bench ends with: one figure beside its budget, as a line that a machine can read."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """A bench's figure, the budget it is held against, and whether it holds."""

    name: str
    figure: float
    unit: str
    budget: float | None
    holds: bool


def report(result: Result) -> None:
    """Print a bench's last line: {name, figure, unit, budget, holds} as JSON."""
    print(json.dumps(asdict(result), ensure_ascii=False), flush=True)


def machine() -> str:
    """Return one line that says where a figure was measured: processor, cores, memory, Python."""
    return (
        f"{_processor()}, {_cores()} cores, {_memory()} GB, {platform.system()},"
        f" Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # what a container may use, where the system says so
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)
