"""Keeps the catalogues of texts in step with the code, for whoever writes or translates a text.

`python -m scripts.messages [package …]` reads each package's Python and templates, writes
`src/alltid/<package>/locale/<language>/LC_MESSAGES/django.po` (what is translated stays, what the
code no longer says goes and is printed) and compiles `django.mo` beside it. The same code always
makes the same bytes. `--check` writes nothing, and fails with a sentence for each thing amiss.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "alltid"
LANGUAGE = "sv"  # Every text has it; English stands in the code itself.

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment\b.*?%\}.*?\{% endcomment %\}", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


class Text(Catalog):
    """One package's texts in one language, with a header that never changes by itself."""

    def __init__(self, package: str, language: str) -> None:
        super().__init__(
            locale=language,
            fuzzy=False,
            header_comment=(
                f"# Texts of alltid.{package} in {language}. `make messages` keeps the list; the\n"
                "# translations are written here by hand."
            ),
        )

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", f"{self.plural_forms}\n"),
        ]


@dataclass(frozen=True)
class Package:
    """A package of alltid and its catalogue in one language."""

    folder: Path
    language: str = LANGUAGE

    @property
    def po(self) -> Path:
        return self.folder / "locale" / self.language / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def empty(self) -> Text:
        """Return a catalogue without texts."""
        return Text(self.folder.name, self.language)

    def sources(self) -> list[Path]:
        """Return the files whose texts a person may meet, in an order that does not change."""
        python = (
            path
            for path in self.folder.rglob("*.py")
            if not {"tests", "migrations"} & set(path.relative_to(self.folder).parts)
        )
        templates = (
            path
            for path in self.folder.glob("templates/**/*")
            if path.suffix in {".html", ".txt", ".svg"}
        )
        return sorted([*python, *templates])

    def written(self) -> Text:
        """Return the texts that the code says, without translations."""
        catalogue = self.empty()
        for path in self.sources():
            place = path.relative_to(self.folder).as_posix()
            for number, said, _comments, context in extract(
                "python", _as_python(path), KEYWORDS, options={"encoding": "utf-8"}
            ):
                try:
                    catalogue.add(said, locations=[(place, number)], context=context)
                except ValueError as problem:
                    raise SystemExit(f"{path}:{number}: {problem}") from None
        return catalogue

    def kept(self) -> Catalog:
        """Return the catalogue as it lies on disk, or an empty one."""
        if not self.po.exists():
            return self.empty()
        with self.po.open("rb") as file:
            return read_po(file, locale=self.language)

    def merged(self) -> Text:
        """Return the texts that the code says with the translations that exist; no guesses."""
        catalogue, kept = self.written(), self.kept()
        for message in _texts(catalogue):
            old = kept.get(message.id, message.context)
            if old and not old.fuzzy and old.pluralizable == message.pluralizable:
                message.string = old.string
                message.user_comments = old.user_comments
        return catalogue

    def dropped(self) -> list[Message]:
        """Return what is translated on disk and no longer said by the code."""
        written, kept = self.written(), self.kept()
        gone = [m for m in _texts(kept) if not written.get(m.id, m.context)]
        return [*gone, *kept.obsolete.values()]


def packages(names: list[str]) -> list[Package]:
    """Return the named packages, or every one, in the languages that they have."""
    folders = [SOURCE / name for name in names] or sorted(
        path.parent for path in SOURCE.glob("*/__init__.py")
    )
    found = []
    for folder in folders:
        if not folder.is_dir():
            raise SystemExit(f"There is no package {folder.name} in {SOURCE.relative_to(ROOT)}.")
        languages = {path.name for path in folder.glob("locale/*") if path.is_dir()} | {LANGUAGE}
        found += [Package(folder, language) for language in sorted(languages)]
    return found


def as_po(catalogue: Text) -> bytes:
    """Return the catalogue as the text file that translators edit."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, include_lineno=False)
    return file.getvalue()


def as_mo(catalogue: Text) -> bytes:
    """Return the catalogue as the file that gettext reads."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def update(chosen: list[Package]) -> None:
    """Write the catalogues, and print what is left to translate and what went."""
    for package in chosen:
        for message in package.dropped():
            print(f"{_name(package)}: no longer said: {message.id!r} = {message.string!r}")
        catalogue = package.merged()
        if not len(catalogue) and not package.po.exists():
            continue
        package.po.parent.mkdir(parents=True, exist_ok=True)
        package.po.write_bytes(as_po(catalogue))
        package.mo.write_bytes(as_mo(catalogue))
        missing = sum(not _complete(message) for message in _texts(catalogue))
        print(f"{_name(package)}: {len(catalogue)} texts, {missing} to translate")


def faults(chosen: list[Package]) -> Iterator[str]:
    """Yield a sentence for each thing in the catalogues that a reader of a page would notice."""
    said: dict[tuple[str, str, object], tuple[str, object]] = {}
    for package in chosen:
        where = _name(package)
        catalogue, kept = package.merged(), package.kept()
        for message in package.dropped():
            yield f"{where}: {message.id!r} is no longer said by the code."
        for message in _texts(catalogue):
            if not kept.get(message.id, message.context):
                yield f"{where}: {message.id!r} is not in the catalogue."
            elif not _complete(message):
                yield f"{where}: {message.id!r} is not translated."
            elif odd := _placeholders(message):
                yield f"{where}: {message.id!r} and its translation differ in {', '.join(odd)}."
            key = (package.language, message.context or "", message.id)
            first, string = said.setdefault(key, (where, message.string))
            if string != message.string and _complete(message):
                yield (
                    f"{where}: {message.id!r} is translated otherwise in {first}; Django shows one"
                    " of them everywhere. Give them the same words, or a context (pgettext)."
                )
        if len(catalogue) and not (
            package.mo.exists() and package.mo.read_bytes() == as_mo(catalogue)
        ):
            yield f"{where}: django.mo does not hold what django.po says."


def _as_python(path: Path) -> io.BytesIO:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # A comment would hide what follows it on its line; and in brackets, what is left of the
        # page between the texts needs no Python indentation.
        text = f"({templatize(COMMENT.sub('', text), origin=path.name)}\n)"
    return io.BytesIO(text.encode())


def _texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _forms(text: object) -> list[str]:
    """Return a text's forms: one, or one for each plural."""
    return [str(form or "") for form in (text if isinstance(text, list | tuple) else [text])]


def _complete(message: Message) -> bool:
    return all(_forms(message.string))


def _placeholders(message: Message) -> list[str]:
    """Return the places to fill that the text has and its translation lacks, or the reverse."""
    said, translated = (
        {place for form in _forms(text) for place in PLACEHOLDER.findall(form)}
        for text in (message.id, message.string)
    )
    return sorted(said ^ translated)


def _name(package: Package) -> str:
    return f"{package.folder.name}/{package.language}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", nargs="*", help="for instance tell; none: all")
    parser.add_argument("--check", action="store_true", help="write nothing, say what is amiss")
    arguments = parser.parse_args()
    chosen = packages(arguments.package)
    if not arguments.check:
        update(chosen)
        return 0
    found = list(faults(chosen))
    print("\n".join(found) or "Every text is in its catalogue, translated and compiled.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
