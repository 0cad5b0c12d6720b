"""Next steps that a risk and the children concerned suggest; a person takes them up or does not.

Plain Python. The days are counted from today; a pack may bring other ones.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from .deadlines import needs_another_worker
from .events import Duty, Risk, What
from .state import MOST_STEPS, State


@dataclass(frozen=True)
class Proposal:
    """A step that might be right, and a day for it."""

    what: What
    day: date


_BY_RISK: dict[Risk, tuple[tuple[What, int], ...]] = {
    Risk.IMMEDIATE: ((What.CALL_EMERGENCY, 0), (What.TALK_NOW, 0), (What.TELL_LEAD, 0)),
    Risk.HIGH: ((What.TALK_TODAY, 0), (What.TELL_LEAD, 0)),
    Risk.MEDIUM: ((What.TALK_SOON, 3),),
    Risk.LOW: ((What.CHECK_IN, 7),),
    Risk.UNKNOWN: ((What.CHECK_IN, 7), (What.ASK_AGAIN, 42)),
}


def proposals(state: State, today: date) -> list[Proposal]:
    """As many as there is room for, the most urgent first; none that is taken up or done."""
    wanted = list(_BY_RISK[state.risk])
    if any(child.identified for child in state.undecided):
        wanted.append((What.DECIDE_DUTY, 0))
    if any(child.duty is Duty.REPORT and not child.referrals for child in state.children.values()):
        wanted.append((What.SAY_BEFORE, 0))
    if needs_another_worker(state):
        wanted.append((What.ANOTHER_WORKER, 1))
    taken = state.done | {step.what for step in state.steps.values()}
    room = MOST_STEPS - len(state.steps)
    found = [Proposal(what, today + timedelta(days=days)) for what, days in wanted]
    return [one for one in found if one.what not in taken][:room]
