"""How the codes of a case are said to staff: one place for every word of the desk's lists."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .closing import Missing
from .events import (
    Call,
    Code,
    Codes,
    Duty,
    Flag,
    Kind,
    Receiver,
    Risk,
    Role,
    Support,
    Way,
    What,
    Why,
)
from .timers import Wanted
from .turn import Refusal

Said = dict[str, str | Promise]

RISKS: Said = {
    Risk.UNKNOWN: _("unknown"),
    Risk.LOW: _("low"),
    Risk.MEDIUM: _("medium"),
    Risk.HIGH: _("high"),
    Risk.IMMEDIATE: _("immediate"),
}
ROLES: Said = {
    Role.SELF: _("tells about themselves"),
    Role.FRIEND: _("a friend"),
    Role.SIBLING: _("a brother or sister"),
    Role.DID_IT: _("did it to somebody"),
    Role.OTHER: _("another child"),
}
DUTIES: Said = {
    Duty.REPORT: _("report"),
    Duty.CONSULT: _("consult without a name"),
    Duty.NOT_NOW: _("not now, because …"),
}
SUPPORTS: Said = {
    Support.OFFERED: _("offered"),
    Support.WITH_US: _("with us"),
    Support.ELSEWHERE: _("elsewhere"),
    Support.DECLINED: _("not wanted now"),
}
RECEIVERS: Said = {
    Receiver.SOCIAL_SERVICES: _("social services"),
    Receiver.POLICE: _("the police"),
    Receiver.HEALTH_CARE: _("health care"),
    Receiver.ANOTHER_TEAM: _("another team"),
}
FLAGS: Said = {
    Flag.THREAT: _("threat"),
    Flag.MEETING: _("a meeting is planned"),
    Flag.SUICIDE: _("words of suicide"),
    Flag.STAFF: _("about a member of staff"),
    Flag.HONOUR: _("risk of honour-based violence"),
    Flag.PROTECTED: _("protected identity"),
    Flag.OTHER_WRITER: _("may be someone else writing"),
}
CALLS: Said = {
    Call.EMERGENCY: _("the emergency number"),
    Call.SOCIAL_SERVICES: _("social services"),
}
WAYS: Said = {Way.IN_PERSON: _("in person"), Way.BY_PHONE: _("by phone")}
STEPS: Said = {
    What.TALK_NOW: _("Talk with the child now"),
    What.TALK_TODAY: _("Talk with the child today"),
    What.TALK_SOON: _("Talk with the child within three days"),
    What.CALL_EMERGENCY: _("Call the emergency number if you know where the child is"),
    What.TELL_LEAD: _("Tell the lead"),
    What.DECIDE_DUTY: _("Decide about the duty to report"),
    What.SAY_BEFORE: _("Say to the child what will be told, before it is"),
    What.ANOTHER_WORKER: _("Give the child who did it another worker"),
    What.CHECK_IN: _("Ask kindly how it is"),
    What.ASK_AGAIN: _("Ask again"),
    What.ASK_FEEDBACK: _("Ask what became of the report"),
    What.OWN: "",
}
WHYS: Said = {
    Why.CHILD_WROTE: _("the child wrote"),
    Why.MORE_TO_DO: _("there is more to do"),
}

# What has to happen, as it stands in the inbox and on the desk.
WANTED: Said = {
    Wanted.SET_RISK: _("Say how urgent it is"),
    Wanted.CONFIRM: _("The lead confirms the risk"),
    Wanted.DECIDE_DUTY: _("Decide about the duty to report"),
    Wanted.LEAD_ON_DUTY: _("The lead asks why the duty to report is not decided"),
    Wanted.FEEDBACK: _("Ask what became of the report"),
    Wanted.CONTACT: _("Write to the child again"),
    Wanted.UNREAD_ANSWER: _("The child has not read the answer"),
    Wanted.REVIEW: _("The lead looks at the case"),
    Wanted.STEP: _("A next step"),
    Wanted.READER: _("The second reader answers"),
    Wanted.ACCEPT: _("The cover says yes or no"),
    Wanted.PRANK: _("A second person reads whether it is a prank"),
    Wanted.ANOTHER_TEAM: _("The other team says yes or no"),
    Wanted.STOP: _("A second person decides whether it is stopped"),
}

# What happened, after a name: "Bo …". The log says the same.
HAPPENED: Said = {
    Kind.REPLIED: _("wrote an answer"),
    Kind.CONTACTED: _("talked with the child"),
    Kind.PASSED: _("passed it on"),
    Kind.RELEASED: _("took it from somebody's hands"),
    Kind.RISK_SET: _("set the risk"),
    Kind.RISK_CONFIRMED: _("confirmed the risk"),
    Kind.FLAG_RAISED: _("put a warning on the stop bar"),
    Kind.FLAG_LOWERED: _("took a warning from the stop bar"),
    Kind.CALLED: _("rang because it was acute"),
    Kind.CHILD_ADDED: _("noted a child concerned"),
    Kind.CHILD_CHANGED: _("changed a child concerned"),
    Kind.CHILD_WITHDRAWN: _("took away a child noted by mistake"),
    Kind.DUTY_DECIDED: _("decided about the duty to report"),
    Kind.REFERRED: _("wrote to somebody about a child"),
    Kind.FEEDBACK_ASKED: _("asked what became of a report"),
    Kind.SUPPORT_NOTED: _("noted what help a child gets"),
    Kind.STEP_TAKEN_UP: _("took up a next step"),
    Kind.STEP_MOVED: _("gave a next step another day"),
    Kind.STEP_DONE: _("did a next step"),
    Kind.STEP_DROPPED: _("let a next step be"),
    Kind.NOTED: _("wrote a note"),
    Kind.WAYS_NOTED: _("said how the child can be reached"),
    Kind.READER_ASKED: _("asked a second reader"),
    Kind.READER_ANSWERED: _("answered as second reader"),
    Kind.REVIEWED: _("looked at the whole case"),
    Kind.HANDED_OVER: _("handed it over"),
    Kind.COVER_ACCEPTED: _("said yes to standing in"),
    Kind.COVER_DECLINED: _("said no to standing in, or took the question back"),
    Kind.TAKEN_BACK: _("ended the standing in"),
    Kind.TEAM_ASKED: _("asked another team to take over"),
    Kind.TEAM_ACCEPTED: _("took over for their team"),
    Kind.TEAM_DECLINED: _("said no for their team"),
    Kind.TEAM_WITHDRAWN: _("asks the other team no more"),
    Kind.CHILD_REFUSED: _("notes that the child said no to the other team"),
    Kind.DEBRIEF_ASKED: _("needs a debrief"),
    Kind.DEBRIEF_DONE: _("held a debrief"),
    Kind.PRANK_MARKED: _("asked whether it is a prank"),
    Kind.PRANK_AGREED: _("reads it as a prank too"),
    Kind.PRANK_UNMARKED: _("reads it as meant"),
    Kind.STOP_ASKED: _("asked to stop the thread"),
    Kind.STOP_AGREED: _("stopped the thread"),
    Kind.STOP_WITHDRAWN: _("lets the thread go on"),
    Kind.LINKED: _("linked another thread"),
    Kind.UNLINKED: _("unlinked another thread"),
    Kind.CLOSING_TOLD: _("told the child when it closes"),
    Kind.CLOSED: _("closed the case"),
    Kind.REOPENED: _("opened the case again"),
}

MISSING: Said = {
    Missing.UNREAD: _("The child has written something that nobody has read. Read it first."),
    Missing.UNANSWERED: _("The child waits for an answer. Answer first."),
    Missing.NOBODY_CONCERNED: _("No child concerned is noted. Note at least the one who told."),
    Missing.DUTY: _("For a child concerned the duty to report is not decided. Decide it."),
    Missing.PRANK_READER: _("A prank takes two. Let a second person read it, or unmark it."),
    Missing.CHILD_NOT_TOLD: _(
        "The child does not know that it closes. Tell them, at least a fortnight ahead."
    ),
    Missing.TOLD_LATELY: _("The fortnight that the child was given is not over. Wait for the day."),
    Missing.HAND_OVER: _("Somebody is asked to stand in and has not answered. Settle that first."),
    Missing.ANOTHER_TEAM: _("Another team is asked and has not answered. Settle that first."),
    Missing.DEBRIEF: _("A debrief is owed. Somebody else than the one who owes it holds it."),
    Missing.LEAD: _("It was high or immediate, so a lead closes it. Ask your lead."),
}

REFUSED: Said = {
    Refusal.CLOSED: _("The case is closed. Open it again first, then do this."),
    Refusal.LEAD_ONLY: _("Only a lead does this. Ask your lead."),
    Refusal.NOT_YOURS: _("Somebody else was asked. Leave it to them, or ask anew."),
    Refusal.ANOTHER_PERSON: _("This takes another person than you. Ask a colleague."),
    Refusal.NOBODY: _("Nobody was chosen. Choose somebody in the list."),
    Refusal.NOT_THERE: _("That is not there any more. Look at the case as it stands now."),
    Refusal.REASON: _("The reason is missing. One sentence is enough."),
    Refusal.WORDS: _("Nothing is written yet. Write it, then send again."),
    Refusal.FULL: _("There are five next steps already. Do one or let one be, then add this one."),
    Refusal.PAST: _("That day is over. Choose today or a later one."),
    Refusal.NOTHING_TO_CONFIRM: _("There is no risk to confirm yet. Set it first."),
    Refusal.DONE_ALREADY: _("That is done already. Look at the case as it stands now."),
    Refusal.SAME_THREAD: _("Only another thread of this team can be linked. Check its reference."),
    Refusal.TOO_SOON: _("That is too soon. Give the child at least a fortnight."),
    Refusal.UNREACHABLE: _("No child can read an answer here. Use another safe way."),
    Refusal.UNREAD: _(
        "The child has written something that nobody has read, or is in danger. Answer first."
    ),
    Refusal.CLOSED_ALREADY: _("The case is closed already."),
    Refusal.NO_TEAM: _(
        "Nobody in that team could read it now. Choose another team, or hide it from fewer people."
    ),
    Refusal.ASKED_ALREADY: _("A team is asked already. Wait for its answer, or ask it no more."),
    Refusal.CHILD_ENDED: _(
        "The child has ended this talk and can no longer say no to another team. It stays with "
        "yours."
    ),
}

_OF_CODE: dict[tuple[str, str], Said] = {
    ("", "risk"): RISKS,
    ("", "flag"): FLAGS,
    ("", "role"): ROLES,
    ("", "duty"): DUTIES,
    ("", "support"): SUPPORTS,
    ("", "way"): WAYS,
    ("", "what"): STEPS,
    ("", "why"): WHYS,
    (Kind.REFERRED, "to"): RECEIVERS,
    (Kind.CALLED, "whom"): CALLS,
}


def said(kind: Kind, codes: Codes) -> list[str]:
    """The codes of an event in words; ids and days are the caller's."""
    found = []
    for name, value in codes.items():
        table = _OF_CODE.get((kind, name)) or _OF_CODE.get(("", name))
        if table is not None and (text := _text(table, value)):
            found.append(text)
    return found


def _text(table: Said, value: Code) -> str:
    return str(table.get(str(value), ""))


def choices(codes: type[StrEnum], table: Said) -> list[tuple[str, str | Promise]]:
    """The codes and their words, as a form offers them."""
    return [(str(code), table[code]) for code in codes]
