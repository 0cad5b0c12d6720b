"""The printer's process: `python -m alltid.people.typeset TEMPLATE < data.json > file.pdf`.

typst is a large library and never loads in a process that opens envelopes; what is to be printed
comes in as JSON and goes out as a file, and nothing is left on the disk in between.
TEMPLATE is a path from the package's folder, as `people/sheet.typ`; it reads `sys.inputs.data`.

What a person wrote reaches typst as data, which it shows and never runs. A sign that no font has
(PDF/UA-1 forbids an empty box) is printed by number and name: `[U+1F62D loudly crying face]`.
"""

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import typst

ROOT = Path(__file__).parents[1]
_SHAPELESS = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_PLAIN = {"0": "\0", "n": "\n", "r": "\r", "t": "\t"}


def made(template: str, data: Any) -> bytes:
    """The template with the data as a PDF/UA-1, so that a reader can read it aloud.

    data: what JSON holds. Raises typst.TypstError.
    """
    names: dict[int, str] = {}
    own_letters_only = True  # the same letters on every machine, where they suffice
    while True:
        try:
            return typst.compile(
                ROOT / template,
                root=ROOT,
                ignore_system_fonts=own_letters_only,
                sys_inputs={"data": json.dumps(_named(data, names), ensure_ascii=False)},
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as wrong:
            shapeless = _shapeless(wrong) - names.keys()
            if not shapeless:
                raise
            if own_letters_only:
                own_letters_only = False
            else:
                names |= {sign: _name(sign) for sign in shapeless}


def _shapeless(wrong: typst.TypstError) -> set[int]:
    """The signs that no font could show, as typst's message lists them (in Rust's escapes)."""
    return {
        ord(sign)
        for text in _SHAPELESS.findall(str(wrong.diagnostic))
        for sign in _ESCAPED.sub(
            lambda at: chr(int(at[1], 16)) if at[1] else _PLAIN.get(at[2], at[2]), text
        )
    }


def _name(sign: int) -> str:
    name = unicodedata.name(chr(sign), "").lower()
    # What only joins or varies its neighbours has no shape of its own to miss.
    if unicodedata.category(chr(sign)) == "Cf" or name.startswith("variation selector"):
        return ""
    return f"[U+{sign:04X} {name}]" if name else f"[U+{sign:04X}]"


def _named(data: Any, names: dict[int, str]) -> Any:
    """The data with some signs by their names."""
    if isinstance(data, str):
        return data.translate(names)
    if isinstance(data, list | tuple):
        return [_named(one, names) for one in data]
    if isinstance(data, dict):
        return {key: _named(one, names) for key, one in data.items()}
    return data


if __name__ == "__main__":
    sys.stdout.buffer.write(made(sys.argv[1], json.load(sys.stdin)))
