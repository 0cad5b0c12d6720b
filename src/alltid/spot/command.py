"""What `alltid spot` does: explain one message, recognise a file of them, keep the lexicons."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from . import explain
from .lexicon import languages, offers
from .recogniser import Finding, recognise
from .refusal import Refused

_DESCRIPTION = """\
Explain one message:        alltid spot "5 bilder = 200kr, deal?"
Recognise many:             alltid spot --in FILE --column body --out FILE
From a pipe, line by line:  … | alltid spot -
Look after the lexicons:    alltid spot lexicon check | show WORD
"""
_EPILOG = """\
Files may be Parquet (.parquet), CSV (.csv, .tsv), JSON lines (.jsonl) or plain lines (.txt); what
was found is written as Parquet, CSV or JSON lines. docs/spot.md says what it finds and what not.
"""
_EXTRA = frozenset({"pyarrow", "numba", "numpy"})  # of alltid[bulk]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Refuse with a whole sentence."""
        raise Refused(
            f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` says what it takes."
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "alltid spot",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("text", nargs="*", help="the message; - reads messages from standard input")
    add("--language", choices=languages(), help="of the explanation; else as LANG says")
    add("--for", dest="reader", choices=("child", "professional"), default="professional",
        help="whom the sentences are for (professional)")  # fmt: skip
    add("--json", action="store_true", help="print the finding as JSON")
    add("--in", dest="source", metavar="FILE", help="a file of messages, or - for standard input")
    add("--out", metavar="FILE", help="where findings go; else JSON lines on standard output")
    add("--column", metavar="NAME", help="which column holds the messages")
    add("--id", dest="id_column", metavar="NAME", help="a column to carry over as id")
    add("--format", dest="form", choices=("parquet", "csv", "jsonl", "lines"),
        help="of the file, where its ending does not tell")  # fmt: skip
    add("--delimiter", metavar="SIGN", help="between the columns of CSV (a comma)")
    add("--jobs", type=int, default=1, metavar="N", help="so many processes (1)")
    add("--resume", action="store_true", help="go on with a run that was interrupted")
    add("--force", action="store_true", help="write over a file that is there")
    return parser


def _lexicon_parser() -> argparse.ArgumentParser:
    parser = _Parser("alltid spot lexicon", description="Look after the lexicons.")
    doing = parser.add_subparsers(dest="action", metavar="check | show", required=True)
    check = doing.add_parser("check", help="say what is wrong with them, with file and line")
    show = doing.add_parser("show", help="say what a word is to them")
    show.add_argument("word", nargs="+", metavar="WORD", help="a word or a phrase")
    show.add_argument("--language", choices=languages(), help="of the explanations")
    for each in (check, show):
        each.add_argument("--path", metavar="DIR", help="another folder of lexicons")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run what stands behind `alltid spot`.

    0 when done, 1 where a lexicon has faults or not the word, 2 where something was wrong, 130
    when interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot write å still gets a sentence
            stream.reconfigure(errors="backslashreplace")
    try:
        if arguments[:1] == ["lexicon"] and (
            len(arguments) == 1 or arguments[1] in ("check", "show", "--help", "-h")
        ):
            return _lexicon(_lexicon_parser().parse_args(arguments[1:]))
        return _spot(_parser().parse_args(arguments))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 141  # as the shell says of whoever writes to a pipe that nobody reads


def _lexicon(typed: argparse.Namespace) -> int:
    from . import keeping  # whoever asks about a message need not wait for it

    root = keeping.root_of(typed.path)
    if typed.action == "check":
        said, status = keeping.check(root)
    else:
        said, status = keeping.show(" ".join(typed.word), root, typed.language or _language())
    print("\n".join(said))
    return status


def _language() -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return explain.language_of(next(filter(None, map(os.environ.get, names)), ""))


def _spot(typed: argparse.Namespace) -> int:
    piped = typed.text == ["-"] or (not typed.text and not sys.stdin.isatty())
    if typed.source is None and typed.text and not piped:
        _refuse_options_of_files(typed)
        return _message(typed, " ".join(typed.text))
    if typed.source is None and not piped:
        raise Refused('There is no message. Type one: `alltid spot "text"`.')
    if typed.source is not None and typed.text:
        raise Refused("Give either a message or --in FILE, not both.")
    return _file(typed, typed.source or "-")


def _refuse_options_of_files(typed: argparse.Namespace) -> None:
    named = {"out": "--out", "column": "--column", "id_column": "--id", "form": "--format",
             "delimiter": "--delimiter", "resume": "--resume", "force": "--force"}  # fmt: skip
    for name, option in named.items():
        if getattr(typed, name):
            raise Refused(f"{option} is for files of messages. Name one by --in.")


def _message(typed: argparse.Namespace, text: str) -> int:
    finding = recognise(text)
    if typed.json:
        print(json.dumps(as_json(finding)))
        return 0
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    said = explain.lines(
        text,
        finding,
        language=typed.language or _language(),
        reader=typed.reader,
        colour=colour,
    )
    print("\n".join(said))
    return 0


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding as `--json` prints it; places count signs (code points) of the text."""
    return {
        "is_offer": finding.is_offer,
        "kind": finding.kind,
        "roles": finding.roles,
        "reasons": finding.reasons,
        "frames": [
            {
                "asks": frame.asks,
                "gives": frame.gives,
                "pressure": frame.pressure,
                "direction": frame.direction,
                "start": frame.start,
                "end": frame.end,
            }
            for frame in finding.frames
        ],
        "spans": [
            {"start": span.start, "end": span.end, "role": span.role} for span in finding.spans
        ],
        "version": offers().version,
    }


def _file(typed: argparse.Namespace, source: str) -> int:
    if typed.jobs < 1:
        raise Refused("--jobs is the number of processes: 1 or more.")
    if typed.resume and typed.out is None:
        raise Refused("Only a run that writes a file can be gone on with. Name it by --out.")
    try:
        from .files import Order, recognise_file
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        raise Refused(
            f"Files of messages need {package}, which is not installed here. Install it, and all "
            "that goes with it, by `pip install 'alltid[bulk]'`."
        ) from None
    return recognise_file(
        Order(
            source=source,
            out=typed.out,
            form=typed.form,
            column=typed.column,
            id_column=typed.id_column,
            delimiter=typed.delimiter,
            jobs=typed.jobs,
            resume=typed.resume,
            force=typed.force,
        )
    )
