"""A team's people: invited, let in, mended, removed; its hours, its alarm, its log."""

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from alltid.people import keys
from alltid.people.joining import Offer
from alltid.people.models import AuditEvent, Invitation, Membership, Team, TeamKeyCopy, User
from alltid.vault.errors import NotForThisKey
from alltid.vault.identity import fingerprint

from .scene import EVERY_DAY, Person, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, Person]:
    return {name: person(name) for name in ("Bo", "Lo", "Cato", "Mio", "Dag", "Eva")}


@pytest.fixture
def north(cast: dict[str, Person]) -> Team:
    return team("North", cast["Lo"], cast["Bo"])


@pytest.fixture
def south(cast: dict[str, Person]) -> Team:
    return team("South", cast["Mio"], cast["Cato"])


@pytest.fixture
def lo() -> Person:
    return person("Lo")


@pytest.fixture
def new_north(lo: Person) -> Team:
    """North on its first day: Lo alone."""
    return team("North", lo)


def words_on(response: object) -> str:
    """What stands in the big box of a page: a code, a passphrase, letters."""
    found = re.search(r'class="words[^"]*"[^>]*>([^<]+)<', response.content.decode())  # type: ignore[attr-defined]
    assert found
    return unescape(found[1])


def make_way_in(code: str, **new: str) -> tuple[Client, str, str]:
    """Use an invitation in a fresh browser: the browser, the five words, the TOTP secret."""
    client = Client()
    page = client.post("/staff/join/", {"code": code.lower()})
    offer = re.search(r'name="own-offer" value="([^"]+)"', page.content.decode())
    secret = re.search(r'class="secret"[^>]*>([^<]+)<', page.content.decode())
    assert offer
    assert secret
    totp_secret = secret[1].replace(" ", "")
    typed = {"own-offer": unescape(offer[1]), "own-kept": "on", "code": code}
    typed |= {f"own-{name}": value for name, value in new.items()}
    typed["own-code"] = pyotp.TOTP(totp_secret).now()
    done = client.post("/staff/join/", typed)
    assert done.status_code == 302, done.content.decode()
    return client, words_on(page), totp_secret


def sign_in(client: Client, name: str, passphrase: str, totp_secret: str) -> None:
    code = pyotp.TOTP(totp_secret).now()
    typed = {"name": name, "passphrase": passphrase, "code": code}
    assert client.post("/staff/sign-in/", typed).status_code == 302


def opens(who: User, team: Team) -> bool:
    return TeamKeyCopy.objects.filter(user=who, key__team=team).exists()


def test_lo_invites_bo_who_makes_a_way_in_and_opens_nothing_until_let_in(
    lo: Person, new_north: Team
) -> None:
    at_lo = lo.browser()
    code = words_on(at_lo.post("/staff/team/north/invite/", {"role": "responder"}))
    assert code not in str(AuditEvent.objects.values_list("why", "subject"))

    at_bo, words, secret = make_way_in(code, name="Bo", first_name="Bo")
    assert len(words.split("-")) == 5
    sign_in(at_bo, "Bo", words, secret)
    bo = User.objects.get(name="Bo")
    assert at_bo.get("/staff/team/north/").status_code == 404
    assert at_bo.get("/staff/")["Location"] == "/staff/account/"
    assert not opens(bo, new_north)
    assert words_on(at_bo.get("/staff/account/")) == fingerprint(bo.recipient)

    address = f"/staff/team/north/let-in/{Membership.objects.get(user=bo).pk}/"
    letters = words_on(at_lo.get(address))
    assert letters == fingerprint(bo.recipient)
    assert at_lo.post(address, {"letters": letters}).status_code == 302
    assert at_bo.get("/staff/team/north/").status_code == 200
    assert opens(bo, new_north)


def test_an_invitation_works_once_and_for_seven_days(lo: Person, new_north: Team) -> None:
    code = keys.invite(new_north, "responder", lo.user)
    make_way_in(code, name="Bo", first_name="Bo")
    assert Client().post("/staff/join/", {"code": code}).status_code == 403
    late = keys.invite(new_north, "responder", lo.user)
    new_north.invitations.update(expires=timezone.now() - timedelta(seconds=1))
    assert Client().post("/staff/join/", {"code": late}).status_code == 403


def test_a_newcomer_who_mistypes_keeps_words_and_names(lo: Person, new_north: Team) -> None:
    code = keys.invite(new_north, "responder", lo.user)
    client = Client()
    first = client.post("/staff/join/", {"code": code})
    offer = re.search(r'name="own-offer" value="([^"]+)"', first.content.decode())
    assert offer
    typed = {
        "code": code, "own-offer": unescape(offer[1]), "own-name": "lo", "own-first_name": "Bo",
        "own-code": "000000",
    }  # fmt: skip
    again = client.post("/staff/join/", typed)
    page = again.content.decode()
    assert words_on(again) == words_on(first)
    assert "Somebody signs in with that name already." in page
    assert "Write the five words down first" in page
    assert 'value="Bo"' in page
    assert User.objects.count() == 1


def test_a_newcomer_cannot_think_up_a_passphrase(lo: Person, new_north: Team) -> None:
    code = keys.invite(new_north, "responder", lo.user)
    typed = {"code": code, "own-offer": "made-up", "own-name": "Bo", "own-first_name": "Bo"}
    page = Client().post("/staff/join/", typed)
    assert "so there are new words" in page.content.decode()
    assert 'value="Bo"' in page.content.decode()
    assert User.objects.count() == 1


def test_an_offer_made_for_another_invitation_is_not_taken(lo: Person, new_north: Team) -> None:
    first, second = (keys.invite(new_north, "responder", lo.user) for _code in range(2))
    offer = Offer.make(bytes(Invitation.objects.order_by("id")[0].code_digest).hex(), "en")
    typed = {"own-offer": offer.signed(), "own-name": "Bo", "own-first_name": "Bo"}
    typed |= {"own-kept": "on", "own-code": pyotp.TOTP(offer.totp_secret).now()}
    page = Client().post("/staff/join/", typed | {"code": second}).content.decode()
    assert "so there are new words" in page
    assert offer.passphrase not in page
    assert Client().post("/staff/join/", typed | {"code": first}).status_code == 302


def test_mio_is_invited_to_a_second_team_and_keeps_the_same_way_in(
    cast: dict[str, Person], north: Team, south: Team
) -> None:
    code = keys.invite(north, "responder", cast["Lo"].user)
    mio = cast["Mio"].browser()
    assert mio.post("/staff/join/", {"code": code})["Location"] == "/staff/account/"
    assert Membership.objects.get(user=cast["Mio"].user, team=north).let_in is None
    assert mio.get("/staff/team/south/").status_code == 200


def test_letters_that_changed_meanwhile_let_nobody_in(cast: dict[str, Person], north: Team) -> None:
    waiting = Membership.objects.create(team=north, user=cast["Dag"].user)
    bo = cast["Bo"].browser()
    address = f"/staff/team/north/let-in/{waiting.pk}/"
    letters = words_on(bo.get(address))
    User.objects.filter(pk=cast["Dag"].user.pk).update(recipient=cast["Eva"].user.recipient)
    response = bo.post(address, {"letters": letters})
    assert response.status_code == 409
    assert "The letters have changed" in response.content.decode()
    assert not opens(cast["Dag"].user, north)


def test_bo_mends_the_way_in_of_lo_who_lost_the_passphrase(
    cast: dict[str, Person], north: Team
) -> None:
    lo = Membership.objects.get(user=cast["Lo"].user)
    old = cast["Lo"].browser()
    bo = cast["Bo"].browser()
    assert bo.get(f"/staff/team/north/mend/{lo.pk}/").status_code == 200
    code = words_on(bo.post(f"/staff/team/north/mend/{lo.pk}/"))
    # Nothing is lost before the code is used.
    assert old.get("/staff/team/north/").status_code == 200

    fresh, words, secret = make_way_in(code)
    assert old.get("/staff/team/north/").status_code == 302
    assert Client().post("/staff/sign-in/", cast["Lo"].at_sign_in()).status_code == 403
    sign_in(fresh, "Lo", words, secret)
    assert fresh.get("/staff/team/north/").status_code == 404

    lo.refresh_from_db()
    letters = fingerprint(lo.user.recipient)
    assert letters != fingerprint(cast["Lo"].user.recipient)
    bo.post(f"/staff/team/north/let-in/{lo.pk}/", {"letters": letters})
    assert fresh.get("/staff/team/north/").status_code == 200
    assert fresh.get("/staff/team/north/log/").status_code == 200


def test_nobody_mends_or_lets_in_themselves(cast: dict[str, Person], north: Team) -> None:
    own = Membership.objects.get(user=cast["Bo"].user)
    bo = cast["Bo"].browser()
    assert bo.post(f"/staff/team/north/mend/{own.pk}/").status_code == 404
    assert bo.get(f"/staff/team/north/let-in/{own.pk}/").status_code == 404


def test_lo_removes_bo_who_opens_nothing_that_comes_later(
    cast: dict[str, Person], north: Team
) -> None:
    bo, lo = cast["Bo"].browser(), cast["Lo"].browser()
    membership = Membership.objects.get(user=cast["Bo"].user)
    address = f"/staff/team/north/remove/{membership.pk}/"
    assert "What they have read they may remember." in lo.get(address).content.decode()
    assert lo.post(address).status_code == 302
    assert bo.get("/staff/team/north/").status_code == 302
    assert cast["Bo"].browser().get("/staff/team/north/").status_code == 404
    newest = north.current_key()
    assert newest is not None
    assert newest.number == 2
    with pytest.raises(NotForThisKey):
        cast["Bo"].unlocked().team_identity(newest)
    assert cast["Lo"].unlocked().team_identity(newest)


def test_lo_may_not_remove_lo_and_bo_may_remove_nobody(
    cast: dict[str, Person], north: Team
) -> None:
    lo = Membership.objects.get(user=cast["Lo"].user)
    address = f"/staff/team/north/remove/{lo.pk}/"
    assert cast["Lo"].browser().post(address).status_code == 404
    assert cast["Bo"].browser().post(address).status_code == 404
    assert north.memberships.count() == 2


def test_the_last_member_stays_until_a_recovery_sheet_was_checked(
    cast: dict[str, Person], north: Team
) -> None:
    keys.forget_member(Membership.objects.get(user=cast["Bo"].user))
    last = Membership.objects.get(user=cast["Lo"].user)
    with pytest.raises(keys.LastMember):
        keys.forget_member(last)
    assert north.memberships.count() == 1
    sheet = north.sheets.first()
    assert sheet is not None
    sheet.checked = timezone.now() - timedelta(days=500)
    sheet.save()
    with pytest.raises(keys.LastMember):
        keys.forget_member(last)
    sheet.checked = timezone.now()
    sheet.save()
    assert keys.forget_member(last).copies.filter(user__isnull=False).count() == 0
    assert not north.memberships.exists()


@pytest.mark.parametrize("lost", ["the account", "the key"])
def test_a_member_who_cannot_open_lets_nobody_else_go(
    cast: dict[str, Person], north: Team, lost: str
) -> None:
    bo = cast["Bo"].user
    assert keys.may_remove(Membership.objects.get(user=cast["Lo"].user))
    if lost == "the account":
        User.objects.filter(pk=bo.pk).update(is_active=False)
    else:
        bo.team_key_copies.filter(key=north.current_key()).delete()
    assert not keys.may_remove(Membership.objects.get(user=cast["Lo"].user))


def test_two_leads_remove_each_other_at_once_and_one_stays(
    cast: dict[str, Person], north: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last(*_given: object) -> None:
        raise keys.LastMember

    monkeypatch.setattr("alltid.tell.rotation.forget_member", last)
    bo = Membership.objects.get(user=cast["Bo"].user)
    page = cast["Lo"].browser().post(f"/staff/team/north/remove/{bo.pk}/")
    assert page.status_code == 409
    assert "Nobody else can open what children wrote to this team." in page.content.decode()


def test_lo_changes_the_hours_and_mistakes_are_named(cast: dict[str, Person], north: Team) -> None:
    lo = cast["Lo"].browser()
    typed = {f"day{n}": "" for n in range(7)} | {"day0": "8-9", "closures": "soon"}
    answer = lo.post("/staff/team/north/hours/", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Monday cannot be read." in page
    assert "One of the lines cannot be read." in page
    north.refresh_from_db()
    assert north.opening == EVERY_DAY
    typed |= {"day0": "08:00-11:30, 13:00-16:00", "closures": "2030-06-20 to 2030-08-10"}
    typed |= {"reads_within": "5", "acute_within": "30"}
    page = lo.post("/staff/team/north/hours/", typed).content.decode()
    assert "Write a number of minutes, from 15 to 2400." in page
    typed |= {"reads_within": "240"}
    assert lo.post("/staff/team/north/hours/", typed).status_code == 302
    north.refresh_from_db()
    assert north.opening == {"0": [["08:00", "11:30"], ["13:00", "16:00"]]}
    assert north.closures == [["2030-06-20", "2030-08-10"]]
    assert (north.reads_within, north.acute_within) == (240, 30)
    page = lo.get("/staff/team/north/").content.decode()
    assert "Tuesday–Sunday" in page
    assert "nobody reads" in page


def test_bo_goes_away_and_the_team_page_says_so(cast: dict[str, Person], north: Team) -> None:
    bo = cast["Bo"].browser()
    today = timezone.localdate()
    days = {"north-first": today.isoformat(), "north-last": (today + timedelta(days=6)).isoformat()}
    assert bo.post("/staff/account/away/north/", days).status_code == 302
    assert not north.readers(timezone.now()).filter(user=cast["Bo"].user).exists()
    page = bo.get("/staff/team/north/").content.decode()
    assert "Away up to and with" in page
    assert "Fewer than two members read" in page
    bo.post("/staff/account/away/north/", {"north-first": "", "north-last": ""})
    assert north.readers(timezone.now()).filter(user=cast["Bo"].user).exists()


def test_bo_writes_days_in_the_wrong_order_and_hears_it(
    cast: dict[str, Person], north: Team
) -> None:
    days = {"north-first": "2030-02-02", "north-last": "2030-02-01"}
    page = cast["Bo"].browser().post("/staff/account/away/north/", days).content.decode()
    assert "The last day is before the first." in page
    assert 'value="2030-02-02"' in page


def test_lo_lifts_an_alarm_and_a_key_still_wrong_raises_it_again(
    cast: dict[str, Person], north: Team
) -> None:
    lo = cast["Lo"].browser()
    north.keys.update(recipient=cast["Eva"].user.recipient)
    north.stop_intake()
    assert "Alarm: the intake is stopped" in lo.get("/staff/team/north/").content.decode()
    lo.post("/staff/team/north/children/", {"do": "lift"})
    north.refresh_from_db()
    assert north.intake_stopped is not None


def test_lo_opens_and_closes_the_team_for_children(cast: dict[str, Person], north: Team) -> None:
    lo = cast["Lo"].browser()
    for wanted, is_open in (("close", False), ("open", True)):
        lo.post("/staff/team/north/children/", {"do": wanted})
        north.refresh_from_db()
        assert bool(north.opened) is is_open


def test_the_log_shows_lo_what_happened_but_nothing_that_is_hidden_from_lo(
    cast: dict[str, Person], north: Team
) -> None:
    lo, bo = cast["Lo"], cast["Bo"]
    secret, plain = "0e0e0e0e-0000-4000-8000-00000000000a", "0e0e0e0e-0000-4000-8000-00000000000b"
    for subject in (secret, plain):
        AuditEvent.write("opened", actor=bo.user, team=north, subject=subject)
    AuditEvent.write("recused", actor=bo.user, team=north, subject=secret, why=str(lo.user.pk))
    page = lo.browser().get("/staff/team/north/log/").content.decode()
    assert page.count("<strong>Bo</strong> opened") == 1
    assert "hid from a member" not in page
    AuditEvent.write("shown", actor=bo.user, team=north, subject=secret, why=str(lo.user.pk))
    page = lo.browser().get("/staff/team/north/log/").content.decode()
    assert page.count("<strong>Bo</strong> opened") == 2


def test_the_log_says_that_a_child_is_noted_by_the_hour(
    cast: dict[str, Person], north: Team
) -> None:
    AuditEvent.write("opened", actor=cast["Bo"].user, team=north)
    AuditEvent.write("ended_by_child", actor=None, team=north)
    page = cast["Lo"].browser().get("/staff/team/north/log/").content.decode()
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d(?=</time>)", page)
    assert times[0].endswith(":00")
    assert "Of what a child or the system did, only the hour is noted." in page


def test_the_log_turns_pages_without_losing_a_line(cast: dict[str, Person], north: Team) -> None:
    AuditEvent.objects.bulk_create(
        AuditEvent(verb="opened", actor=cast["Bo"].user, team=north, why=f"line {n}.")
        for n in range(120)
    )
    lo, seen, address = cast["Lo"].browser(), [], "/staff/team/north/log/"
    while address:
        page = lo.get(address).content.decode()
        seen += re.findall(r"line (\d+)\.", page)
        older = re.search(r'href="(\?before=\d+)"', page)
        address = f"/staff/team/north/log/{older[1]}" if older else ""
    assert [int(n) for n in seen] == list(reversed(range(120)))


def test_bo_changes_the_passphrase_and_the_old_one_is_refused(
    cast: dict[str, Person], north: Team
) -> None:
    client = cast["Bo"].browser()
    page = client.get("/staff/account/passphrase/")
    words = words_on(page)
    offer = re.search(r'name="own-offer" value="([^"]+)"', page.content.decode())
    assert offer
    typed = {"own-offer": unescape(offer[1]), "own-kept": "on", "own-code": cast["Bo"].code()}
    wrong = client.post("/staff/account/passphrase/", typed | {"own-passphrase": "no"})
    assert wrong.status_code == 403
    assert words_on(wrong) == words
    typed["own-passphrase"] = cast["Bo"].passphrase
    assert client.post("/staff/account/passphrase/", typed)["Location"].endswith("?changed")
    assert client.get("/staff/team/north/").status_code == 302
    User.objects.update(totp_step=0)
    assert Client().post("/staff/sign-in/", cast["Bo"].at_sign_in()).status_code == 403
    sign_in(client, "Bo", words, cast["Bo"].totp_secret)
    assert client.get("/staff/team/north/").status_code == 200


@pytest.mark.parametrize(
    ("address", "heading", "own"),
    [
        ("passphrase", "New passphrase", "own-kept"),
        ("code", "New phone for the codes", "own-new_code"),
    ],
)
def test_bo_is_asked_for_what_is_his_own_where_he_makes_a_secret_anew(
    cast: dict[str, Person], north: Team, address: str, heading: str, own: str
) -> None:
    page = cast["Bo"].browser().get(f"/staff/account/{address}/").content.decode()
    assert f"<title>{heading} · Alltid</title>" in page
    assert f"<h1>{heading}</h1>" in page
    assert 'name="username" value="Bo" autocomplete="username" hidden' in page
    asked = [re.search(rf'<input[^>]*name="{name}"', page)
             for name in ("own-offer", own, "own-passphrase", "own-code")]  # fmt: skip
    assert all(asked)
    assert 'href="/staff/account/">Keep the old one' in page


def test_bo_takes_a_new_phone_and_the_old_one_shows_wrong_codes(
    cast: dict[str, Person], north: Team
) -> None:
    client = cast["Bo"].browser()
    page = client.get("/staff/account/code/").content.decode()
    offer = re.search(r'name="own-offer" value="([^"]+)"', page)
    secret = re.search(r'class="secret"[^>]*>([^<]+)<', page)
    assert offer
    assert secret
    new = secret[1].replace(" ", "")
    typed = {
        "own-offer": unescape(offer[1]), "own-new_code": pyotp.TOTP(new).now(),
        "own-code": cast["Bo"].code(), "own-passphrase": cast["Bo"].passphrase,
    }  # fmt: skip
    assert client.post("/staff/account/code/", typed)["Location"].endswith("?changed")
    User.objects.update(totp_step=0)
    assert Client().post("/staff/sign-in/", cast["Bo"].at_sign_in()).status_code == 403
    sign_in(client, "Bo", cast["Bo"].passphrase, new)


def test_bo_changes_language_and_name_and_the_pages_follow(
    cast: dict[str, Person], north: Team
) -> None:
    client = cast["Bo"].browser()
    refused = client.post("/staff/account/", {"first_name": "", "language": "sv", "email": "no"})
    assert "Write a first name." in refused.content.decode()
    assert "That is not an e-mail address." in refused.content.decode()
    client.post("/staff/account/", {"first_name": "Bosse", "language": "sv", "email": ""})
    page = client.get("/staff/account/").content.decode()
    assert '<html lang="sv">' in page
    assert "Bosse" in page


def test_the_team_page_asks_the_same_number_of_questions_for_two_and_for_ten(
    cast: dict[str, Person], north: Team, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = cast["Lo"].browser()
    client.get("/staff/team/north/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/staff/team/north/")
    for number in range(8):
        user = User.objects.create(
            name=f"x{number}", first_name="X", salt=b"", pepper_version=1,
            recipient=cast["Eva"].user.recipient, sealed_identity=b"", sealed_totp=b"",
        )  # fmt: skip
        Membership.objects.create(team=north, user=user, let_in=timezone.now())
    with CaptureQueriesContext(connection) as many:
        client.get("/staff/team/north/")
    assert len(many) == len(few)


# Every address of this package, and what each kind of person gets for a GET.
# nobody: not signed in; Bo: responder; Lo: lead; Cato, Mio: another team; Dag, Eva: no team.
EXPECTED: dict[str, tuple[int, int, int, int]] = {
    # address: (nobody, Bo, Lo, everybody else)
    "/staff/": (302, 302, 302, 302),
    "/staff/sign-in/": (200, 302, 302, 302),
    "/staff/sign-out/": (405, 405, 405, 405),
    "/staff/stay/": (405, 405, 405, 405),
    "/staff/join/": (200, 200, 200, 200),
    "/staff/account/": (302, 200, 200, 200),
    "/staff/account/passphrase/": (302, 200, 200, 200),
    "/staff/account/code/": (302, 200, 200, 200),
    "/staff/account/away/north/": (302, 200, 200, 404),
    "/staff/account/sign-out-everywhere/": (405, 405, 405, 405),
    "/staff/team/north/": (302, 200, 200, 404),
    "/staff/team/north/hours/": (302, 404, 200, 404),
    "/staff/team/north/children/": (405, 405, 405, 405),
    "/staff/team/north/invite/": (405, 405, 405, 405),
    "/staff/team/north/mend/{waiting}/": (302, 404, 200, 404),
    "/staff/team/north/let-in/{waiting}/": (302, 200, 200, 404),
    "/staff/team/north/log/": (302, 404, 200, 404),
    "/staff/team/north/log/export/": (405, 405, 405, 405),
}
# The same for a POST, where a POST changes something of the team's.
EXPECTED_POST: dict[str, tuple[int, int, int, int]] = {
    "/staff/team/north/children/": (302, 404, 302, 404),
    "/staff/team/north/invite/": (302, 404, 200, 404),
    "/staff/team/north/hours/": (302, 404, 422, 404),
    "/staff/team/north/mend/{waiting}/": (302, 404, 200, 404),
    "/staff/team/north/let-in/{waiting}/": (302, 409, 409, 404),
    "/staff/account/away/north/": (302, 302, 302, 404),
    "/staff/team/north/log/export/": (302, 404, 404, 404),
}
WHO = ("nobody", "Bo", "Lo", "Cato", "Mio", "Dag", "Eva")


@pytest.mark.parametrize("who", WHO)
def test_every_address_gives_each_person_what_is_theirs(
    cast: dict[str, Person], north: Team, south: Team, who: str
) -> None:
    waiting = Membership.objects.create(team=north, user=cast["Eva"].user)
    column = {"nobody": 0, "Bo": 1, "Lo": 2}.get(who, 3)
    client = Client() if who == "nobody" else cast[who].browser()
    got, wanted = {}, {}
    for method, table in (("get", EXPECTED), ("post", EXPECTED_POST)):
        for address, statuses in table.items():
            response = getattr(client, method)(
                address.format(waiting=waiting.pk),
                {"role": "responder"} if method == "post" else {},
            )
            got[method, address] = response.status_code
            wanted[method, address] = statuses[column]
    assert got == wanted


def test_every_address_of_this_package_stands_in_the_table() -> None:
    from alltid.people.urls import urlpatterns

    patterns = {f"/staff/{pattern.pattern}" for pattern in urlpatterns}
    listed = {
        address.replace("north", "<slug:slug>").replace("{waiting}", "<int:pk>")
        for address in EXPECTED
    }
    assert listed == patterns


def test_lo_says_whom_her_team_telephones_and_a_wrong_number_says_how_to_write_it(
    cast: dict[str, Person], north: Team
) -> None:
    lo = cast["Lo"].browser()
    typed = {
        "day0": "08:00-16:00",
        "reads_within": "120",
        "acute_within": "30",
        "municipality": "Exempelby",
        "social_number": "08-465 004 01",
        "social_hours": "08:00-17:00",
        "night_number": "call Bo",
    }
    refused = lo.post("/staff/team/north/hours/", typed)
    assert refused.status_code == 422
    assert "That is no telephone number." in refused.content.decode()
    wrong = lo.post("/staff/team/north/hours/", typed | {"night_number": "", "social_hours": "day"})
    assert "That cannot be read. Write it as 08:00-16:30." in wrong.content.decode()
    said = lo.post("/staff/team/north/hours/", typed | {"night_number": "+46 8 465 004 02"})
    assert said.status_code == 302
    north.refresh_from_db()
    assert (north.municipality, north.social_number) == ("Exempelby", "08-465 004 01")
    assert (north.social_hours, north.night_number) == ("08:00-17:00", "+46 8 465 004 02")
