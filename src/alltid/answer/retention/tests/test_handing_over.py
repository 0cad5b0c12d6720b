"""A case goes to an archive: sealed for it alone, on disk before it is erased, whatever dies."""

import io
import json
import os
import signal
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import jsonschema
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

import alltid
from alltid.people.models import AuditEvent
from alltid.people.reference import reference
from alltid.tell import erasing
from alltid.tell.models import Disclosure, Message
from alltid.tell.tombstone import Tombstone
from alltid.vault.errors import VaultError
from alltid.vault.identity import Identity
from alltid.vault.tests.plain_age import opened_by_age

from ... import access, hands
from ...casework import holding
from ...casework.tests.desk import place
from ...models import CaseEvent
from .. import archive, handing_over
from .scene import ARCHIVE, hands_over, over

SCHEMA = Path(alltid.__file__).parents[2] / "docs" / "archive-manifest.schema.json"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    """The archive's files and the list of erased ids are this test's own."""
    settings.DATA = tmp_path / "data"


@pytest.fixture
def town(cast):
    """The cast, with North handing over to the town archive."""
    hands_over(cast.north)
    return cast


def go(cast, name="Bo"):
    return handing_over.hand_over_all(cast[name].unlocked(), cast.north, timezone.now())


def file_of(cast, told):
    return archive.file_of(cast.north, told.pk)


def unpacked(sealed, folder):
    """The parts of a file, opened by the ordinary age and tar."""
    key, file = folder / "key", folder / "case.age"
    folder.mkdir(exist_ok=True)
    key.write_text(ARCHIVE.reveal())
    file.write_bytes(sealed)
    plain = subprocess.run(
        ["age", "-d", "-i", str(key), str(file)], capture_output=True, check=True
    ).stdout
    listed = subprocess.run(
        ["tar", "-tvf", "-"], input=plain, capture_output=True, check=True
    ).stdout.decode()
    assert "root" not in listed
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar.getmembers()}


# --- what the archive gets -----------------------------------------------------------------------


def test_the_archive_opens_it_with_plain_age_and_tar_and_all_of_it_is_there(town, tmp_path):
    told = over(town, about="friend", age="10_12")
    handed = go(town)
    sealed = file_of(town, told).read_bytes()
    assert handed.over == {reference(told.pk): sha256(sealed).hexdigest()}
    parts = unpacked(sealed, tmp_path / "archive")
    assert list(parts) == ["manifest.json", "messages.json", "chronology.json"]
    manifest = json.loads(parts["manifest.json"])
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text()))
    for part in manifest["parts"]:
        data = parts[part["name"]]
        assert (sha256(data).hexdigest(), len(data)) == (part["sha256"], part["bytes"])
        assert len(json.loads(data)["entries"]) == part["entries"]
    child, answer = json.loads(parts["messages.json"])["entries"]
    assert (child["from"], child["text"], child["about"]) == ("child", "canary of Ada", "friend")
    assert (answer["from"], answer["name"], answer["text"]) == (
        "staff", "Bo", "canary of an answer",
    )  # fmt: skip
    events = json.loads(parts["chronology.json"])["entries"]
    assert {"text": "canary of a note"} in [event["words"] for event in events]
    assert (manifest["thread"], manifest["sealed"]["by"]) == (str(told.pk), "Bo")


def test_nobody_else_opens_it(town, tmp_path):
    told = over(town)
    go(town)
    done = opened_by_age(file_of(town, told).read_bytes(), Identity.generate(), tmp_path)
    assert done.returncode != 0
    assert "canary" not in done.stdout


def test_it_is_erased_here_and_its_tombstone_knows_the_file(town):
    told = over(town)
    go(town)
    assert not Disclosure.objects.exists()
    assert not Message.objects.exists()
    assert not CaseEvent.objects.exists()
    stone = Tombstone.objects.get()
    assert stone.archived == sha256(file_of(town, told).read_bytes()).hexdigest()
    assert stone.archive == town.north.archive()
    verbs = AuditEvent.objects.filter(subject=told.pk, actor=town.user("Bo"))
    assert {"handed_over", "erased"} <= set(verbs.values_list("verb", flat=True))
    assert file_of(town, told).stat().st_mode & 0o077 == 0
    assert file_of(town, told).parent.stat().st_mode & 0o077 == 0
    assert not list(archive.folder(town.north).glob(".*"))


def test_it_goes_to_the_archive_that_holds_a_key_now(town, tmp_path):
    told = over(town)
    new = Identity.generate()
    hands_over(town.north)
    town.north.policies.filter(version=3).update(archive_recipient=new.recipient)
    go(town)
    assert opened_by_age(file_of(town, told).read_bytes(), new, tmp_path).returncode == 0
    assert Tombstone.objects.get().archive.version == 3


# --- who, and when -----------------------------------------------------------------------------


def test_only_what_is_over_goes_and_only_some_at_a_time(town, monkeypatch):
    monkeypatch.setattr(handing_over, "AT_ONCE", 2)
    due = [over(town) for _number in range(3)]
    young, still_open = over(town, ago=timedelta(0)), town.tell()
    assert len(go(town).over) == 2
    assert len(go(town).over) == 1
    assert go(town).over == {}
    left = set(Disclosure.objects.values_list("pk", flat=True))
    assert left == {young.pk, still_open.pk}
    assert all(file_of(town, told).exists() for told in due)


def test_what_a_team_erases_is_never_handed_over(cast):
    told = over(cast, ago=timedelta(days=2000))
    hands_over(cast.north)
    assert go(cast).over == {}
    assert handing_over.hand_over(cast["Bo"].unlocked(), told.pk, timezone.now()) == ""
    assert told.again()


def test_what_two_keep_is_not_handed_over(town):
    told = over(town)
    day = town.north.local(timezone.now()).date() + timedelta(days=9)
    holding.ask_hold(place(town, told), "a trial", day)
    holding.agree_hold(place(town, told, "Lo"))
    assert go(town).over == {}
    assert Disclosure.objects.exists()


def test_lo_does_not_hand_over_what_is_hidden_from_her(town):
    told = over(town)
    town.reads_along("Cato")
    hands.hide(told.again(), town.user("Bo"), str(town.user("Lo").pk))
    assert go(town, "Lo").over == {}
    assert len(go(town, "Bo").over) == 1


def test_without_an_archive_nothing_is_erased(cast):
    hands_over(cast.north)
    told = over(cast)
    cast.north.policies.update(archive_recipient="")
    with pytest.raises(handing_over.NoArchive):
        go(cast)
    assert told.again()


def test_a_case_with_a_damaged_message_stays_and_is_named_and_the_others_go(town):
    damaged, whole = over(town), over(town)
    Message.objects.filter(disclosure=damaged.pk, sequence=2).update(sealed=b"\0" * 64)
    handed = go(town)
    assert handed.shut == [reference(damaged.pk)]
    assert list(handed.over) == [reference(whole.pk)]
    assert damaged.again()
    assert not file_of(town, damaged).exists()


def test_a_case_with_a_damaged_note_stays(town):
    told = over(town)
    CaseEvent.objects.filter(sealed__isnull=False).update(sealed=b"\0" * 64)
    assert go(town).shut == [reference(told.pk)]


def test_a_log_that_cannot_be_written_keeps_the_door_shut(town, monkeypatch):
    told = over(town)

    def full(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(AuditEvent, "write", full)
    with pytest.raises(access.NotAudited):
        go(town)
    assert told.again()


def test_tick_says_what_is_ready_and_hands_nothing_over(town, capsys):
    told = over(town)
    call_command("tick")
    assert "Ready to be handed over by a member: 1 cases." in capsys.readouterr().out
    assert told.again()


# --- whatever dies -------------------------------------------------------------------------------

STEPS = [
    (archive, "pack"),
    (archive, "write"),
    (archive, "give_name"),
    (handing_over, "bury"),
    (erasing, "_note"),
    (erasing, "_destroy"),
]


def killed_at(cast, module, name, when):
    """Somebody hands over in a process that is killed before or after one step."""
    child = os.fork()
    if child:
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        return
    connection.connection = None  # the parent's own
    done = getattr(module, name)

    def step(*args, **kwargs):
        if when == "after":
            done(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, step)
    try:
        go(cast)
    finally:
        os._exit(0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
def test_killed_at_any_step_nothing_is_lost_and_the_next_press_goes_on(cast, tmp_path, step, when):
    hands_over(cast.north)
    told = over(cast)
    killed_at(cast, *step, when)
    # Then it is whole here
    opened = access.open_disclosure(cast["Bo"].unlocked(), told.pk)
    assert [line.body["text"] for line in opened.lines()] == [
        "canary of Ada",
        "canary of an answer",
    ]
    assert not Tombstone.objects.exists()
    # And a round leaves no half of a file under a name
    for part in archive.folder(cast.north).glob(".*"):
        os.utime(part, (0, 0))
    call_command("tick")
    assert not list(archive.folder(cast.north).glob("*"))
    # And the next press hands it over, once
    assert len(go(cast).over) == 1
    assert [path.name for path in archive.folder(cast.north).iterdir()] == [f"{told.pk}.age"]
    assert "canary of Ada" in unpacked(
        file_of(cast, told).read_bytes(), tmp_path / "archive"
    )["messages.json"].decode()  # fmt: skip
    assert Tombstone.objects.count() == 1
    call_command("tick")
    assert file_of(cast, told).exists()


def test_a_case_that_goes_while_a_round_looks_at_its_half_keeps_its_file(town, monkeypatch):
    told, begins = over(town), transaction.atomic
    archive.folder(town.north).mkdir(parents=True)
    file_of(town, told).write_bytes(b"a half of a run that died")
    presses = iter([go])

    def atomic(*args, **kwargs):
        for press in presses:
            press(town)
        return begins(*args, **kwargs)

    monkeypatch.setattr(transaction, "atomic", atomic)
    handing_over.drop_halves(timezone.now())
    assert Tombstone.objects.get().archived == sha256(file_of(town, told).read_bytes()).hexdigest()


def test_what_is_read_back_otherwise_is_not_erased(town, monkeypatch):
    told = over(town)
    write = archive.write

    def flips_a_bit(team, pk, sealed):
        return write(team, pk, sealed[:-1] + bytes([sealed[-1] ^ 1]))

    monkeypatch.setattr(archive, "write", flips_a_bit)
    with pytest.raises(archive.NotWritten):
        go(town)
    assert told.again()


def test_a_restore_of_what_was_handed_over_is_erased_again_and_knows_its_file(town):
    told = over(town)
    before = told.again()
    go(town)
    digest = Tombstone.objects.get().archived
    Tombstone.objects.all().delete()
    before.save(force_insert=True)
    assert erasing.replay() == 1
    stone = Tombstone.objects.get()
    assert (stone.archived, stone.archive) == (digest, town.north.archive())


# --- at once -------------------------------------------------------------------------------------


def at_once(*deeds):
    """What came of each, begun together, each with a connection of its own."""
    barrier = Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_bo_and_lo_press_at_once_and_each_case_goes_once_with_its_own_file(cast):
    hands_over(cast.north)
    told = [over(cast) for _number in range(3)]
    bo, lo = at_once(lambda: go(cast), lambda: go(cast, "Lo"))
    assert bo.over.keys() | lo.over.keys() == {reference(one.pk) for one in told}
    assert not bo.over.keys() & lo.over.keys()
    for one in told:
        stone = Tombstone.objects.get(pk=one.pk)
        assert stone.archived == sha256(file_of(cast, one).read_bytes()).hexdigest()
    assert len(list(archive.folder(cast.north).iterdir())) == 3


@pytest.mark.django_db(transaction=True)
def test_a_press_and_a_round_at_once_lose_no_file(cast):
    hands_over(cast.north)
    told = over(cast)
    now = timezone.now()
    at_once(lambda: go(cast), *[lambda: handing_over.drop_halves(now)] * 2)
    assert file_of(cast, told).exists() is not Disclosure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_erase_each_case_once(cast):
    for _number in range(4):
        over(cast, ago=timedelta(days=2000))
    now = timezone.now()
    erased = at_once(lambda: erasing.sweep(now), lambda: erasing.sweep(now))
    assert sum(one["disclosures"] for one in erased) == 4
    assert Tombstone.objects.count() == 4
    assert AuditEvent.objects.filter(verb="erased").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_child_who_writes_in_the_moment_it_goes_is_never_erased_over(cast):
    told = over(cast, ago=timedelta(days=2000))
    now = timezone.now()

    def writes():
        try:
            told.say("wait")
        except Disclosure.DoesNotExist:
            return False
        return True

    wrote, _swept = at_once(writes, lambda: erasing.sweep(now))
    assert Disclosure.objects.filter(pk=told.pk).exists() is wrote
    if wrote:
        assert told.again().unread


def test_cato_hands_over_nothing_of_norths(town):
    told = over(town)
    with pytest.raises(Http404):
        handing_over.hand_over(town["Cato"].unlocked(), told.pk, timezone.now())
    assert told.again()


def test_a_key_that_is_none_is_refused(cast):
    hands_over(cast.north)
    told = over(cast)
    cast.north.policies.update(archive_recipient="age1nonsense")
    with pytest.raises(VaultError):
        handing_over.hand_over(cast["Bo"].unlocked(), told.pk, timezone.now())
    assert told.again()
