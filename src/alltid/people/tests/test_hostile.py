"""A stranger, a thief and a rogue colleague at the staff's doors."""

import hashlib
import re
from contextlib import suppress
from datetime import timedelta
from unicodedata import normalize

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from alltid.people import keys, signin, unlocking
from alltid.people.joining import Offer
from alltid.people.models import AuditEvent, Invitation, Membership, Team, Unlocking, User
from alltid.people.passphrase import canonical
from alltid.vault.errors import KdfBusy
from alltid.vault.identity import fingerprint
from alltid.web.throttle import SIGNING_IN

from .scene import Person, person, team

pytestmark = pytest.mark.django_db

SIGN_IN = "/staff/sign-in/"


@pytest.fixture
def bo() -> Person:
    return person("Bo")


@pytest.fixture
def lo() -> Person:
    return person("Lo")


def test_stranger_sends_a_passphrase_of_megabytes_and_only_its_beginning_is_folded() -> None:
    assert len(canonical("\ufdfa" * 1_000_000)) <= 500 * len(normalize("NFKC", "\ufdfa"))


@pytest.fixture
def stranger() -> Client:
    """Somebody elsewhere, over HTTPS."""
    return Client(REMOTE_ADDR="192.0.2.66")


# --- sessions ----------------------------------------------------------------------------------


def test_bo_signs_in_where_lo_left_a_locked_page_and_is_in_at_once(bo: Person, lo: Person) -> None:
    desk = lo.browser()
    Unlocking.objects.all().delete()
    assert desk.post(SIGN_IN, bo.at_sign_in()).status_code == 302
    assert desk.get("/staff/account/").status_code == 200
    assert "Bo" in desk.get("/staff/account/").content.decode()


def test_a_thief_of_the_sessions_name_has_nothing_once_bo_signs_in_again(bo: Person) -> None:
    desk = bo.browser()
    stolen = desk.session.session_key
    Unlocking.objects.all().delete()
    assert desk.post(SIGN_IN, bo.at_sign_in()).status_code == 302
    assert desk.session.session_key != stolen
    assert not Session.objects.filter(pk=stolen).exists()


# --- the staff's door --------------------------------------------------------------------------


def test_a_stranger_who_knows_bos_name_cannot_keep_bo_waiting(bo: Person, stranger: Client) -> None:
    for _try in range(8):
        wrong = stranger.post(
            SIGN_IN, bo.at_sign_in(passphrase="not these five words"), secure=True
        )
        assert wrong.status_code == 403
        assert "is not right" in wrong.content.decode()
    assert Client().post(SIGN_IN, bo.at_sign_in()).status_code == 302


@pytest.mark.parametrize("name", ["Bo", "bO", "Nobody", "B%", "B_", "Bo\u0301"])
def test_a_stranger_hears_the_same_of_every_name(bo: Person, name: str) -> None:
    wrong = {"name": name, "passphrase": "not these five words"}
    pages = [Client().post(SIGN_IN, bo.at_sign_in(**wrong)) for _try in range(6)]
    assert {page.status_code for page in pages} == {403}
    sentences = {re.search("<p>(.*)</p>", page.content.decode())[1] for page in pages}
    assert len(sentences) == 1


def test_guesses_of_the_code_side_by_side_wait_like_slow_ones(bo: Person) -> None:
    stale = [User.objects.get(pk=bo.user.pk) for _guess in range(10)]
    claimed = 0
    for user in stale:
        with suppress(signin.Wait):
            signin._claim_try(user)
            claimed += 1
    assert claimed == signin._FREE_TRIES + 1


def test_a_flood_from_one_address_does_no_costly_work_and_others_sign_in(
    bo: Person, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ask in range(SIGNING_IN.burst):
        assert SIGNING_IN.allows("192.0.2.66")
    with monkeypatch.context() as patch:
        patch.setattr(signin, "sign_in", None)
        assert stranger.post(SIGN_IN, bo.at_sign_in(name="x"), secure=True).status_code == 429
        code = {"code": "AAAA-BBBB-CCCC"}
        assert stranger.post("/staff/join/", code, secure=True).status_code == 429
    assert Client().post(SIGN_IN, bo.at_sign_in()).status_code == 302


# --- a rogue colleague -------------------------------------------------------------------------


@pytest.fixture
def dag() -> Person:
    return person("Dag")


@pytest.fixture
def north(lo: Person, bo: Person, dag: Person) -> Team:
    """A team of three: Lo leads, Bo and Dag answer."""
    return team("North", lo, bo, dag)


def place(one: Person) -> Membership:
    return Membership.objects.select_related("team", "user").get(user=one.user)


def use(code: str, **new: str) -> tuple[Offer, int]:
    """Make a way in with a code; the secrets, and the status of the answer."""
    client = Client()
    page = client.post("/staff/join/", {"code": code})
    if page.status_code != 200:
        return Offer("", "", ""), page.status_code
    offer = page.context["offer"]
    typed = {"code": code, "own-offer": offer.signed(), "own-kept": "on"}
    typed |= {"own-code": pyotp.TOTP(offer.totp_secret).now()}
    typed |= {f"own-{name}": value for name, value in new.items()}
    return offer, client.post("/staff/join/", typed).status_code


def test_bo_cannot_make_a_colleagues_way_in_his_own_while_lo_leads(
    north: Team, bo: Person, lo: Person, dag: Person
) -> None:
    address = f"/staff/team/north/mend/{place(dag).pk}/"
    for answer in (bo.browser().get(address), bo.browser().post(address)):
        assert answer.status_code == 404
    assert address not in bo.browser().get("/staff/team/north/").content.decode()
    assert address in lo.browser().get("/staff/team/north/").content.decode()
    assert lo.browser().post(address).status_code == 200


def test_bo_who_mends_the_only_lead_does_not_let_her_in_and_dag_does(
    north: Team, bo: Person, lo: Person, dag: Person
) -> None:
    code = keys.invite(north, "lead", bo.user, lo.user)
    assert use(code)[1] == 302
    address = f"/staff/team/north/let-in/{place(lo).pk}/"
    letters = {"letters": fingerprint(place(lo).user.recipient)}
    page = bo.browser().get(address).content.decode()
    assert "another member compares the letters" in page
    assert bo.browser().post(address, letters).status_code == 403
    assert place(lo).let_in is None
    assert dag.browser().post(address, letters).status_code == 302
    assert place(lo).let_in is not None


def test_lo_and_the_others_get_an_empty_mail_when_somebody_mends_her_way_in(
    north: Team, bo: Person, lo: Person, mailoutbox: list[EmailMessage]
) -> None:
    for one in (lo, bo):
        User.objects.filter(pk=one.user.pk).update(email=f"{one.user.name}@example.org")
    bo.browser().post(f"/staff/team/north/mend/{place(lo).pk}/")
    [mail] = mailoutbox
    assert mail.to == ["Lo@example.org"]
    assert mail.subject == mail.body == "Something waits for you now."


def test_lo_who_has_lost_nothing_signs_in_and_the_code_is_dead(
    north: Team, bo: Person, lo: Person
) -> None:
    code = keys.invite(north, "lead", bo.user, lo.user)
    assert Client().post(SIGN_IN, lo.at_sign_in()).status_code == 302
    assert use(code)[1] == 403
    assert place(lo).let_in is not None


def test_bo_is_removed_and_his_codes_and_the_codes_for_him_are_dead(
    north: Team, bo: Person, lo: Person
) -> None:
    for_lo = keys.invite(north, "lead", bo.user, lo.user)
    for_bo = keys.invite(north, "responder", lo.user, bo.user)
    with transaction.atomic():
        keys.forget_member(place(bo))
    assert use(for_lo)[1] == use(for_bo)[1] == 403
    assert place(lo).let_in is not None
    assert not Membership.objects.filter(user=bo.user).exists()


def test_two_use_one_code_at_once_and_one_comes_in(north: Team, lo: Person) -> None:
    keys.invite(north, "responder", lo.user)
    first, second = (Invitation.objects.select_related("team").get() for _use in range(2))
    keys.join(first, person("Cato").user)
    with pytest.raises(keys.InvitationUsed):
        keys.join(second, person("Mio").user)
    assert north.memberships.filter(let_in=None).count() == 1


def test_a_way_in_made_anew_between_the_letters_and_the_yes_lets_nobody_in(
    north: Team, lo: Person
) -> None:
    cato = person("Cato")
    Membership.objects.create(team=north, user=cato.user)
    looked_at = place(cato)
    User.objects.filter(pk=cato.user.pk).update(recipient=person("Eva").user.recipient)
    with pytest.raises(keys.NobodyToLetIn):
        keys.let_in(looked_at, lo.unlocked())
    assert place(cato).let_in is None


def test_thief_of_the_database_cannot_try_codes_against_it(north: Team, lo: Person) -> None:
    code = keys.invite(north, "responder", lo.user)
    plain = code.replace("-", "").encode()
    assert bytes(Invitation.objects.get().code_digest) != hashlib.sha256(plain).digest()


def test_bo_calls_himself_lo_and_the_log_says_so(north: Team, bo: Person, lo: Person) -> None:
    typed = {"first_name": "Lo", "email": "", "language": "en"}
    assert bo.browser().post("/staff/account/", typed).status_code == 302
    log = lo.browser().get("/staff/team/north/log/").content.decode()
    assert "changed the first name that children see" in log
    assert "Bo → Lo" in log


# --- what lies about ---------------------------------------------------------------------------


def test_a_locked_session_that_nobody_comes_back_to_is_forgotten(bo: Person, lo: Person) -> None:
    bo.browser(), lo.browser()
    now = timezone.now()
    Unlocking.objects.filter(user=bo.user).update(last_used=now - timedelta(minutes=16))
    Session.objects.create(session_key="old", session_data="", expire_date=now)
    unlocking.forget_idle(now)
    assert Unlocking.objects.get().user == lo.user
    assert not Session.objects.filter(pk="old").exists()


def test_an_event_of_the_log_is_not_written_over(north: Team, lo: Person) -> None:
    first = AuditEvent.objects.order_by("id")[0]
    for change in (
        lambda: AuditEvent(id=first.pk, verb="nothing").save(),
        lambda: AuditEvent.objects.update_or_create(id=first.pk, defaults={"verb": "nothing"}),
        lambda: AuditEvent.objects.bulk_update([AuditEvent(id=first.pk, verb="nothing")], ["verb"]),
        lambda: north.audit.all().delete(),
    ):
        with pytest.raises((TypeError, IntegrityError)), transaction.atomic():
            change()
    assert AuditEvent.objects.get(pk=first.pk).verb == first.verb


@pytest.mark.parametrize("before", ["9" * 5000, "9" * 30, "\u0663", "-1", "x"])
def test_an_odd_place_in_the_log_is_no_page_and_no_failure(
    north: Team, lo: Person, before: str
) -> None:
    assert lo.browser().get("/staff/team/north/log/", {"before": before}).status_code == 404


def test_bo_changes_words_in_the_middle_of_a_flood_and_keeps_the_old_ones(
    bo: Person, north: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bo.browser()
    page = client.get("/staff/account/passphrase/")
    typed = {"own-offer": page.context["offer"].signed(), "own-kept": "on"}
    typed |= {"own-passphrase": bo.passphrase, "own-code": bo.code()}

    def busy(*args: object) -> None:
        raise KdfBusy

    with monkeypatch.context() as patch:
        patch.setattr("alltid.people.joining.protect", busy)
        assert client.post("/staff/account/passphrase/", typed).status_code == 503
    User.objects.update(totp_step=0)
    assert Client().post(SIGN_IN, bo.at_sign_in()).status_code == 302
