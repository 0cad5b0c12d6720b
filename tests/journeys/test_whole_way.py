"""Ada tells, Bo answers, Ada comes back: the whole way, with script and without."""

import pytest
from playwright.sync_api import expect

from tests.journeys.house import House
from tests.journeys.visitors import Child, Staff

TOLD = "En som är äldre säger att jag får spelpengar för en bild. 7f3a"
ANSWER = "Thank you for telling. I believe you. It is not your fault. 2c9e"
MORE = "ok. he wants to meet on friday 51d0"


@pytest.mark.parametrize(
    ("script", "language"),
    [(True, "sv"), (False, "en"), (False, "sv")],
    ids=["script-sv", "no-script-en", "no-script-sv"],
)
def test_ada_tells_bo_answers_and_ada_reads_writes_more_and_ends(
    ada: Child, bo: Staff, lo: Staff, house: House
) -> None:
    # Given Ada, who wrote what happened and that somebody threatens her
    ada.opens()
    ada.sees(ada.says("always"))
    ada.sees(ada.says("danger"))
    ada.writes(TOLD)
    ada.page.locator("[name=now][value=threatened]").check()
    ada.sends()
    words = ada.gets_words()
    for sentence in ("right", "paper", "no need to pay"):
        ada.sees(ada.says(sentence))

    # When Bo signs in, finds her first in his inbox, reads and answers
    told = house.newest()
    bo.signs_in()
    bo.opens_from_inbox(told)
    bo.sees(TOLD)
    bo.sees("someone is threatening")
    bo.answers(ANSWER)

    # Then Ada finds the answer behind her words, however she types them
    ada.comes_back(word.upper() if number % 2 else word for number, word in enumerate(words))
    ada.heads(ada.says("again"))
    ada.sees(ada.says("answer from Bo"))
    ada.sees(ANSWER)
    expect(ada.page.get_by_text(TOLD)).to_be_hidden()  # earlier ones are folded
    ada.page.get_by_text(ada.says("earlier")).click()
    expect(ada.page.get_by_text(TOLD)).to_be_visible()

    # And writes more, which Bo reads, and says how it felt, which only Lo reads
    ada.writes_more(MORE)
    ada.presses(ada.says("so-so"))
    ada.sees(ada.says("lead reads it"))
    felt = "The child says of this answer: so-so"
    bo.opens_from_inbox(told)
    bo.sees(MORE)
    bo.sees_not(felt)
    lo.signs_in()
    lo.opens_from_inbox(told)
    lo.sees(felt)

    # And ends it, told first what that means; then her words open nothing
    ada.presses(ada.says("end"))
    ada.heads(ada.says("end?"))
    ada.sees(ada.says("stop working"))
    ada.sees(ada.says("may keep"))
    ada.presses(ada.says("yes"))
    ada.heads(ada.says("ended"))
    ada.comes_back(words)
    ada.sees(ada.says("nothing"))
    ada.sees_not(ANSWER)
    bo.opens_from_inbox(told)
    bo.sees("The child has ended this.")
