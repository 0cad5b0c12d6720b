"""Asking another team to take over: asked, accepted, declined, withdrawn; each once, by whoever is
first. The child's own no stands in `tell/handing.py`, and the case follows it."""

from datetime import datetime

from alltid.people.hours import hour_of
from alltid.people.models import Team, User
from alltid.people.unlocking import Unlocked
from alltid.tell.erasing import shrink_log
from alltid.tell.handing import SettledMeanwhile, newest
from alltid.tell.models import Disclosure, Handing, NoKey

from .. import access, hands
from ..access import OpenDisclosure
from ..casework.events import Kind
from ..casework.turn import Place, Refusal, Refused
from ..chronology import held
from ..duty import pack
from ..models import Case, CaseDeadline, Recusal, Writing
from . import escrow
from .escrow import Contents, Keys


def child_may_refuse(giving: Team, receiving: Team) -> bool:
    """Whether the pack lets a child say no; where there is none to rely on, a child may."""
    law = pack.in_force(giving.country)
    return law is None or law.kinds[giving.kind].child_may_refuse(receiving.kind)


def readers(team: Team, now: datetime) -> list[User]:
    """Who of a team reads these days, and so can be asked, and hidden from."""
    return [membership.user for membership in team.readers(now)]


def teams_to_ask(disclosure: Disclosure, now: datetime) -> list[Team]:
    """The other teams that hold a key nobody doubts, and have somebody who reads."""
    others = Team.objects.exclude(pk=disclosure.team_id)
    return [team for team in others if team.intake_key() and readers(team, now)]


def ask(
    place: Place,
    opened: OpenDisclosure,
    receiving: Team,
    *,
    words: str,
    keeps: bool,
    hide_from: list[User],
) -> Handing:
    """Ask a team to take over, in words that it alone reads, and lay the keys ready, shut.

    keeps: whether one's own team goes on reading the talk afterwards. hide_from: members of the
    other team whom it is about. Raises NoKey, besides what a turn does.
    """
    giving = place.disclosure.team
    with place.turn() as turn:
        turn.need(turn.state.team_asked is None, Refusal.ASKED_ALREADY)
        turn.need(words.strip(), Refusal.WORDS)
        turn.need(receiving in teams_to_ask(place.disclosure, place.now), Refusal.NO_TEAM)
        for user in hide_from:
            _hide(place, user, receiving)
        turn.need(_somebody_reads(place.disclosure, receiving, place.now), Refusal.NO_TEAM)
        refusable = child_may_refuse(giving, receiving)
        turn.need(not refusable or not turn.here.disclosure.ended, Refusal.CHILD_ENDED)
        key = receiving.intake_key()
        if key is None:
            raise NoKey
        handing = Handing.objects.create(
            disclosure=place.disclosure,
            giving=giving,
            receiving=receiving,
            asked=hour_of(place.now),
            asked_by=place.user,
            refusable=refusable,
            keeps=keeps,
        )
        keys = Keys(opened.identity, opened.case_identity)
        contents = Contents(turn.me, words, keys)
        escrow.seal(handing, contents, key).save(force_insert=True)
        _log_there(handing, place.user, Kind.TEAM_ASKED)
        turn.add(Kind.TEAM_ASKED, team=str(receiving.pk), words={"text": words})
    return handing


def _hide(place: Place, user: User, receiving: Team) -> None:
    """Hide it from a member of the other team; its log, too, keeps it from them."""
    for team in (place.disclosure.team, receiving):
        access.write_log(place.user, place.disclosure, "recused", user.pk, team=team)
    Recusal.objects.get_or_create(
        disclosure=place.disclosure, user=user, defaults={"by": place.user}
    )


def _somebody_reads(disclosure: Disclosure, team: Team, now: datetime) -> bool:
    hidden = disclosure.recusals.values("user")
    return team.readers(now).exclude(user__in=hidden).exists()


def _log_there(handing: Handing, user: User, kind: Kind) -> None:
    """What one team does stands in the other's log too."""
    for team in (handing.giving, handing.receiving):
        if team != handing.disclosure.team:
            access.write_log(user, handing.disclosure, f"case_{kind}", team=team)


def withdraw(place: Place) -> None:
    """Ask no more, as any member of the team that asked; raises SettledMeanwhile."""
    with place.turn() as turn:
        handing = newest(turn.here.disclosure)
        if handing is None or turn.state.team_asked is None:
            raise Refused(Refusal.NOT_THERE)
        handing.settle(Handing.State.WITHDRAWN, place.now)
        escrow.forget(handing, handing.receiving)
        _log_there(handing, place.user, Kind.TEAM_WITHDRAWN)
        turn.add(Kind.TEAM_WITHDRAWN, team=str(handing.receiving_id))


def decline(unlocked: Unlocked, handing: Handing, because: str, now: datetime) -> None:
    """Say no for the team that is asked, with a reason that the other team reads.

    Raises Http404 where it was hidden meanwhile, SettledMeanwhile, NotAudited.
    """
    user, receiving = unlocked.user, handing.receiving
    with held(handing.disclosure, now) as here:
        access.find_asked(user, handing.pk)
        handing.settle(Handing.State.DECLINED, now)
        escrow.forget(handing, receiving)
        access.write_log(user, here.disclosure, f"case_{Kind.TEAM_DECLINED}")
        _log_there(handing, user, Kind.TEAM_DECLINED)
        words = {"because": because}
        here.add(Kind.TEAM_DECLINED, user, now, team=str(receiving.pk), words=words)


def accept(unlocked: Unlocked, handing: Handing, now: datetime) -> None:
    """Say yes for the team that is asked: it gets its keys, and whoever says it carries the case.

    Raises Http404 where it was hidden meanwhile, SettledMeanwhile, NotAudited, NoKey, VaultError.
    """
    user, receiving = unlocked.user, handing.receiving
    if not handing.is_open:
        raise SettledMeanwhile
    # Opened before BEGIN: an alarm about a substituted key is not rolled back.
    keys = escrow.open_keys(handing.referral, unlocked)
    with held(handing.disclosure, now) as here:
        access.find_asked(user, handing.pk)
        # Here and not above: somebody may have left the team meanwhile.
        key = unlocked.newest_key(receiving)
        if key is None:
            raise NoKey
        handing.settle(Handing.State.ACCEPTED, now, accepted_by=user)
        access.write_log(user, here.disclosure, f"case_{Kind.TEAM_ACCEPTED}")
        _log_there(handing, user, Kind.TEAM_ACCEPTED)
        escrow.hand_keys(here.case, keys, handing, key)
        _move(here.disclosure, here.case, receiving)
        here.add(Kind.TEAM_ACCEPTED, user, now, team=str(receiving.pk))
        escrow.forget(handing, handing.giving, receiving)
    shrink_log()


def _move(disclosure: Disclosure, case: Case, receiving: Team) -> None:
    """It lies with the other team; nobody of the first is at the keyboard there any more."""
    disclosure.team = receiving
    disclosure.save(update_fields=["team"])
    CaseDeadline.objects.filter(case=case).update(team=receiving)
    theirs = hands.members(receiving).values("user")
    Writing.objects.filter(disclosure=disclosure).exclude(user__in=theirs).delete()
