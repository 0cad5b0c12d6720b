"""Recovery sheets on their way from the printer to their keepers."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from alltid.vault.identity import Identity

from . import sheets
from .console import Command, refuse, write_private
from .models import Team
from .printing import NotPrinted


@contextmanager
def printed_sheets(
    console: Command,
    team: Team,
    keepers: Sequence[str],
    identities: Sequence[Identity],
    *,
    language: str,
    folder: Path | None = None,
) -> Iterator[list[Path]]:
    """The sheets as files of mode 0600 for the length of the block; then they are gone.

    The team needs not be saved. Raises CommandError.
    """
    folder = folder or settings.DATA / "recovery"
    files = [folder / f"{team.slug}-{number}.pdf" for number in range(1, len(keepers) + 1)]
    try:
        for number, (file, keeper, identity) in enumerate(
            zip(files, keepers, identities, strict=True), start=1
        ):
            place = (number, len(keepers))
            page = sheets.printed(
                team, place, keeper, identity, language=language, now=timezone.now()
            )
            write_private(file, page)
        console.say(
            "",
            "The recovery sheets are here, to be printed now:",
            *(f"  {file}" for file in files),
            "They are deleted from this machine at the end.",
        )
        yield files
    except NotPrinted as wrong:
        refuse(f"Nothing was kept. {wrong}")
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def prove_paper(console: Command, identities: Sequence[Identity]) -> int:
    """Wait for the print and ask for two groups of one sheet; its number."""
    console.ask(
        "Type printed when all are on paper:",
        lambda text: None if text.casefold() in ("printed", "yes") else "Print them first.",
    )
    number = secrets.randbelow(len(identities)) + 1
    for group in sorted(secrets.SystemRandom().sample(range(1, 15), 2)):
        console.ask(
            f"From the paper of sheet {number}, group {group}:",
            _is_group(identities[number - 1], number, group),
        )
    return number


def _is_group(identity: Identity, sheet: int, group: int) -> Callable[[str], str | None]:
    return lambda text: (
        None
        if sheets.same_group(identity, group, text)
        else f"That is not group {group} of sheet {sheet}. Look at the paper."
    )
