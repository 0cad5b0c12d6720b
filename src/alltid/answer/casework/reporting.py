"""A report of concern about one child: it was made as a document, and a person has sent it."""

from .events import Duty, Kind, MadeAs, Receiver, What
from .turn import Place, Refusal, Turn


def made(
    place: Place, child: str, report: str, made_as: MadeAs, because: str, *, copy: bool
) -> None:
    """Note that a report was made; another one about the same child needs its reason.

    copy: of what was sent already, which is no other report, and can be had from a closed case.
    """
    with place.turn(also_closed=copy) as turn:
        _may_report(turn, child, report, because, copy=copy)
        turn.add(
            Kind.REPORT_MADE,
            child=child,
            report=report,
            made_as=made_as,
            words={} if copy else {"because": because},
        )


def sent(place: Place, child: str, report: str, words: dict[str, str], because: str) -> None:
    """Note to whom, when and how a person sent a report; with it the duty to report is decided.

    words: what they typed of it, whole.
    """
    with place.turn() as turn:
        _may_report(turn, child, report, because, copy=False)
        turn.need(all(typed.strip() for typed in words.values()), Refusal.WORDS)
        if turn.state.children[child].duty is not Duty.REPORT:
            turn.add(Kind.DUTY_DECIDED, child=child, duty=Duty.REPORT)
        turn.add(
            Kind.REFERRED,
            child=child,
            to=Receiver.SOCIAL_SERVICES,
            words=words | {"because": because},
        )
        if not turn.state.undecided:
            _finish_deciding(turn)


def _may_report(turn: Turn, child: str, report: str, because: str, *, copy: bool) -> None:
    turn.need(child in turn.state.children, Refusal.NOT_THERE)
    before = turn.state.children[child].reported_before(report)
    turn.need(copy or not before or because.strip(), Refusal.REPORTED_BEFORE)


def _finish_deciding(turn: Turn) -> None:
    """The step that wanted a decision is done by it."""
    for step in list(turn.state.steps.values()):
        if step.what is What.DECIDE_DUTY:
            turn.add(Kind.STEP_DONE, step=step.id)
