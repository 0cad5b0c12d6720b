"""What is printed on paper: set by typst in a process of its own, given back as a PDF."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


class NotPrinted(Exception):
    """The printer's process failed; the text says why, without what was to be printed."""


_NEEDED = ("PATH", "HOME", "LANG", "PYTHONPATH")


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template, as `people/sheet.typ`; raises NotPrinted.

    data: what the template shows; it goes through a pipe and never lies in a file or an argument.
    """
    # Of our environment only what starts Python: the printer has no use for a pepper.
    environ = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "alltid.people.typeset", template],
        input=json.dumps(data, ensure_ascii=False).encode(),
        capture_output=True,
        env=environ,
        check=False,
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise NotPrinted(f"The page could not be set by typst: {''.join(last)}")
    return done.stdout
