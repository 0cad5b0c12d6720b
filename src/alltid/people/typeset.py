"""The printer's process: `python -m alltid.people.typeset TEMPLATE < data.json > file.pdf`.

typst is a large library and never loads in a process that opens envelopes; what is to be printed
comes in as JSON and goes out as a file, and nothing is left on the disk in between.
TEMPLATE is a path from the package's folder, as `people/sheet.typ`; it reads `sys.inputs.data`.
"""

import sys
from pathlib import Path

import typst

ROOT = Path(__file__).parents[1]


def main(template: str) -> None:
    """Set the template with the data on standard input; PDF/UA-1, so that a reader can read it."""
    made = typst.compile(
        ROOT / template,
        root=ROOT,
        ignore_system_fonts=True,  # the same letters on every machine
        sys_inputs={"data": sys.stdin.read()},
        pdf_standards=["ua-1"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
