"""A report of concern as an accessible PDF, in a language."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alltid.people.printing import pdf as printed

from .leaving import Terms
from .referral import Answer, Child, OtherChild, Referral, missing
from .wording import answered, known, moment, source, speech

Row = tuple[str, str]


def pdf(report: Referral, terms: Terms, language: str) -> bytes:
    """The report as it may leave, as PDF/UA-1; raises MustStay, NotPrinted.

    Where something required is still missing, the paper calls itself a draft and says what.
    """
    with translation.override(language):
        terms.require()
        return printed("answer/documents/referral.typ", page(report.for_sending(), language))


def page(report: Referral, language: str) -> dict[str, Any]:
    """What the template shows, in the active language; report: as it may leave."""
    needed = [str(one.sentence) for one in missing(report) if one.required]
    title = _("Report of concern for a child, to social services")
    return {
        "language": language,
        "title": _("Draft: %(title)s") % {"title": title} if needed else title,
        "about": _about(report),
        "footer": _(
            "Reference %(reference)s, %(when)s. Sent by a person; nothing is sent by itself."
        )
        % {"reference": report.reference, "when": moment(report.made)},
        "page_of": _("Page {page} of {pages}"),
        "columns": [_("Asked"), _("What is known")],
        "stops": _stops(report),
        "needed_title": _("Still missing"),
        "needed": needed,
        "worry": {"title": _("The worry"), "rows": _worry(report)},
        "words": _words(report),
        "statements": _statements(report),
        "sections": [
            {"title": _("The child"), "rows": _child(report.child)},
            *_guardians(report),
            *_others(report),
            {"title": _("Who knows about the report"), "rows": _informed(report)},
            {"title": _("Who reports"), "rows": _reporter(report)},
        ],
    }


def _about(report: Referral) -> list[Row]:
    to = report.recipient
    whom = [one for one in (to.name, to.municipality, to.phone) if one.strip()]
    return [
        (_("To"), known(", ".join(whom))),
        (_("Date"), moment(report.made)),
        (_("Reference"), report.reference),
        *([(_("Law"), report.law)] if report.law else []),
    ]


def _stops(report: Referral) -> list[str]:
    """What a reader must know before anything else."""
    stops = []
    if report.worry.acute is Answer.YES:
        stops.append(_("Danger now."))
    if report.child.protected_identity is Answer.YES:
        stops.append(
            _(
                "Protected identity. Where the child lives, goes to school and is now is not in "
                "this paper; the reporter tells it by telephone."
            )
        )
    if report.informed.danger is Answer.YES:
        stops.append(_("Do not tell the guardians yet: it could put the child in danger."))
    return stops


def _worry(report: Referral) -> list[Row]:
    worry = report.worry
    acute = [(_("What the danger is"), known(worry.acute_what))]
    acute += [(_("Telephoned"), known(worry.telephoned))]
    return [
        (_("What the worry is"), known(worry.what)),
        (_("How it is known"), known("\n".join(source(one) for one in worry.sources))),
        (_("Since when"), known(worry.since)),
        (_("Danger now"), answered(worry.acute)),
        *(acute if worry.acute is Answer.YES else []),
        (_("Worry earlier"), answered(worry.earlier, worry.earlier_what)),
        (_("Done so far"), known(worry.done)),
    ]


def _words(report: Referral) -> dict[str, Any]:
    return {
        "title": _("The child's own words"),
        "none": _("None are given here."),
        "marked": _(
            "Between the two lines stands what the child wrote, unchanged. A sign that cannot be "
            "printed is named in square brackets."
        ),
        "blocks": [
            {
                "label": _("The child's own words, written %(when)s") % {"when": moment(one.at)},
                "text": one.text,
                "language": speech(one.language),
            }
            for one in report.words
        ],
    }


def _statements(report: Referral) -> dict[str, Any]:
    return {
        "title": _("What others have told"),
        "blocks": [
            {
                "label": f"{known(one.who)}, {moment(one.at)}",
                "text": one.text,
                "language": None,
            }
            for one in report.statements
        ],
    }


def _by_telephone(child: Child) -> str:
    """What stands in the place of an address; empty where addresses may be written."""
    return _("Told by telephone") if child.protected_identity is Answer.YES else ""


def _child(child: Child) -> list[Row]:
    where = _by_telephone(child)
    return [
        (_("Name"), known(child.name)),
        (_("Personal identity number"), known(child.personal_number)),
        (_("Age"), known(child.age)),
        (_("Address"), where or known(child.address)),
        (_("School and class"), where or known(child.school)),
        (_("Where the child is now"), where or known(child.where_now)),
        (_("Protected identity"), answered(child.protected_identity)),
        (_("Language"), known(child.language)),
        (_("Interpreter needed"), answered(child.interpreter)),
        (_("Safe ways to reach the child"), known(child.safe_ways)),
        (_("Never contact by"), known(child.never_contact)),
    ]


def _guardians(report: Referral) -> list[dict[str, Any]]:
    guardians, where = report.guardians, _by_telephone(report.child)
    if not guardians:
        return [{"title": _("Guardians"), "rows": [(_("Guardians"), _("Not known"))]}]
    return [
        {
            "title": _("Guardian %(number)s of %(of)s") % {"number": number, "of": len(guardians)}
            if len(guardians) > 1
            else _("Guardian"),
            "rows": [
                (_("Name"), known(one.name)),
                (_("Relation"), known(one.relation)),
                (_("Telephone"), known(one.phone)),
                (_("Address"), where or known(one.address)),
                (_("Lives with the child"), answered(one.lives_with_child)),
                (_("Language"), known(one.language)),
                (_("Interpreter needed"), answered(one.interpreter)),
            ],
        }
        for number, one in enumerate(guardians, start=1)
    ]


def _others(report: Referral) -> list[dict[str, Any]]:
    rows = [(_("Other children concerned"), answered(report.other_children))]
    rows += [(known(one.relation), _other(one)) for one in report.others]
    return [{"title": _("Other children"), "rows": rows}]


def _other(one: OtherChild) -> str:
    lines = [text for text in (one.name, one.age, one.situation) if text.strip()]
    lines.append(_("Own report: %(answer)s") % {"answer": answered(one.own_report)})
    return "\n".join(lines)


def _informed(report: Referral) -> list[Row]:
    informed = report.informed
    return [
        (_("The child knows"), answered(informed.child)),
        (_("What the child wants said, and who must not know yet"), known(informed.child_wants)),
        (_("The guardians know"), answered(informed.guardians)),
        (_("Telling them could be a danger"), answered(informed.danger, informed.danger_why)),
        (_("Others told"), known("\n".join(informed.others))),
    ]


def _reporter(report: Referral) -> list[Row]:
    reporter = report.reporter
    return [
        (_("Name"), known(reporter.name)),
        (_("Role"), known(reporter.role)),
        (_("Organisation"), known(reporter.organisation)),
        (_("Telephone"), known(reporter.phone)),
        (_("E-mail"), known(reporter.email)),
        (_("Best reached"), known(reporter.reachable)),
        (_("Will come to a meeting"), answered(reporter.will_meet)),
    ]
