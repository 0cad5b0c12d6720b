"""`python -m bench NAME` runs bench/NAME.py's main() and prints its result; without NAME, all.

A bench is a module here with `main() -> Result`. The exit status is 1 if a budget does not hold.
"""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

from bench.frame import machine, report

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the benches that there are: the modules beside this one that have a main()."""
    return sorted(
        path.stem
        for path in FOLDER.glob("*.py")
        if path.stem != "__main__"
        and any(
            isinstance(node, ast.FunctionDef) and node.name == "main"
            for node in ast.parse(path.read_text(encoding="utf-8")).body
        )
    )


def run(name: str) -> bool:
    """Run one bench in this process, print its line, and return whether its budget holds."""
    result = importlib.import_module(f"bench.{name}").main()
    report(result)
    return bool(result.holds)


def main(arguments: list[str]) -> int:
    if len(arguments) > 1 or not set(arguments) <= set(names()):
        print(f"Name one bench, or none for all of them: {', '.join(names())}.", file=sys.stderr)
        return 2
    print(machine(), flush=True)
    if arguments:
        return not run(arguments[0])
    # Each in a process of its own: what one leaves in memory is not the next one's figure.
    code = "import sys; from bench.__main__ import run; sys.exit(not run(sys.argv[1]))"
    failed = 0
    for name in names():
        print(f"\n{name}", flush=True)
        failed |= subprocess.run([sys.executable, "-c", code, name], check=False).returncode
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
