"""How long it is kept: Ada reads it before, when it is closed, and when it is gone; Lo sets it.

A server of this module's own: it gives North a policy, and looks at what is left on its disk.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from alltid.vault.identity import Identity, fingerprint
from alltid.vault.tests.plain_age import opened_by_age
from tests.journeys.house import House
from tests.journeys.visitors import Child, Staff

TOLD = "kanariefågel 3 som ska bort 77c0"
ANSWER = "kanariefågel 4 svarar 77c1"
MORE = "kanariefågel 5 i sista stund 77c2"
KEEPING = {
    "how long": ("How long do you keep this?", "Hur länge sparar ni det här?"),
    "five years": ("After that we keep it for 5 years.", "Efter det sparar vi det i 5 år."),
    "closed": ("We closed this talk on", "Vi avslutade det här samtalet den"),
    "erased": ("it was erased. Nobody can read it.", "raderades det. Ingen kan läsa det."),
    "right": ("It was right to tell.", "Det var rätt att berätta."),
    "locked": ("it was locked for", "låstes det för"),
    "not sent": (
        "What you wrote now is still here. It is not sent yet.",
        "Det du skrev nu är kvar här. Det är inte skickat än.",
    ),
    "write again": ("Write again", "Skriv igen"),
}
SCRIPTS = pytest.mark.parametrize(
    ("script", "language"), [(True, "sv"), (False, "en")], ids=["script-sv", "no-script-en"]
)


@pytest.fixture(scope="module")
def house(stage: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server of this module's own."""
    with House(tmp_path_factory.mktemp("house") / "house", stage).open() as house:
        yield house


def says(ada: Child, key: str) -> str:
    """A sentence in Ada's language."""
    return KEEPING[key][("en", "sv").index(ada.language)]


def closes(house: House, told: str, *, over: bool) -> None:
    """The case is closed, long ago or a week before its term is over; nobody waits for years."""
    house.execute(
        "UPDATE tell_disclosure SET rank = 4, closed = datetime('now', '-3 years'), "
        f"goes = datetime('now', '{'-1 hours' if over else '+7 days'}') WHERE id = ?",
        told.replace("-", ""),
    )


def bo_answers(bo: Staff, house: House) -> str:
    """Bo reads and answers the newest thread; its id."""
    told = house.newest()
    if "/staff/" not in bo.page.url:
        bo.signs_in()
    bo.opens_from_inbox(told)
    bo.answers(ANSWER)
    return told


def folds_out(ada: Child) -> None:
    """Ada asks how long it is kept."""
    ada.page.get_by_text(says(ada, "how long")).click()


@SCRIPTS
def test_ada_reads_how_long_and_then_that_it_is_erased_and_no_byte_of_it_is_left(
    ada: Child, bo: Staff, house: House
) -> None:
    # Given Ada, who reads how long it is kept right after telling, and Bo's answer
    words = ada.tells(TOLD, path="at/north/")
    folds_out(ada)
    ada.sees(says(ada, "five years"))
    told = bo_answers(bo, house)
    closes(house, told, over=False)
    # When it is closed, she reads when it goes
    ada.comes_back(words)
    folds_out(ada)
    ada.sees(says(ada, "closed"))
    ada.sees(ANSWER)
    # And when its term is over, a round erases it: rows and bytes
    sealed = [
        bytes(row["sealed"])[64:128]
        for row in house.execute(
            "SELECT sealed FROM tell_message WHERE disclosure_id = ? UNION ALL "
            "SELECT sealed FROM tell_keycopy WHERE disclosure_id = ?",
            told.replace("-", ""), told.replace("-", ""),
        )
    ]  # fmt: skip
    assert len(sealed) == 4
    assert all(house.where(one) for one in sealed), "the look sees what is there"
    closes(house, told, over=True)
    assert "Erased: 1 disclosures." in house.alltid("tick").stdout
    assert not any(house.where(one) for one in sealed)
    # Then what she is writing in that moment is kept and goes no further by itself
    ada.writes(MORE)
    ada.sends()
    ada.sees(says(ada, "not sent"))
    expect(ada.page.locator("#text")).to_have_value(MORE)
    ada.presses(says(ada, "write again"))
    expect(ada.page.locator("#text")).to_have_value(MORE)
    # And her words say what became of the talk
    ada.comes_back(words)
    ada.heads(ada.says("again"))
    ada.sees(says(ada, "erased"))
    ada.sees(says(ada, "right"))
    ada.sees_not(ANSWER)
    ada.sees_not(TOLD)
    # And so does Bo's link
    assert bo.opens_thread(told) == 410
    bo.heads("This case is erased")
    bo.sees_not(TOLD)


@SCRIPTS
def test_lo_sets_an_archive_hands_over_and_ada_reads_where_it_went(
    ada: Child, bo: Staff, lo: Staff, house: House, tmp_path: Path
) -> None:
    # Given Lo, who sees what the change would do before she makes it
    archive = Identity.generate()
    lo.signs_in()
    lo.opens("/staff/team/north/")
    lo.follows("How long we keep")
    lo.follows("Change it")
    lo.page.get_by_label("Keep for the term, then hand over to an archive").check()
    lo.page.get_by_label("Months from closing").fill("24")
    lo.page.get_by_label("The archive, as children know it").fill("Lidens arkiv")
    lo.page.get_by_label("The archive's public key").fill(archive.recipient)
    lo.page.get_by_label("Why it is changed").fill("the board's decision")
    lo.presses("Show what it would do")
    lo.sees("Nothing is changed yet.")
    lo.sees(fingerprint(archive.recipient))
    lo.presses("Let it hold from now on")
    lo.heads("How long we keep what children told")
    # And Ada, whose talk was closed two years ago
    words = ada.tells(TOLD, path="at/north/")
    told = bo_answers(bo, house)
    closes(house, told, over=True)
    assert "Ready to be handed over by a member: 1 cases." in house.alltid("tick").stdout
    # When Lo is asked in the inbox and presses once
    lo.opens("/staff/inbox/north/")
    lo.sees("is ready to be handed over to the archive.")
    lo.follows("Look at it")
    lo.presses("Hand over")
    lo.sees("1 case is handed over")
    # Then the archive has it, and nobody here
    (file,) = (house.data / "archive" / "north").glob(f"{told}.age")
    if shutil.which("age"):
        assert TOLD in opened_by_age(file.read_bytes(), archive, tmp_path).stdout
    assert not house.where(TOLD)
    assert bo.opens_thread(told) == 410
    bo.sees("Lidens arkiv")
    ada.comes_back(words)
    ada.sees(says(ada, "locked"))
    ada.sees("Lidens arkiv")
    ada.sees_not(ANSWER)
