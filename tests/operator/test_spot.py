"""Real runs of `alltid spot` over files: interrupted, killed, gone on with; a disk that is full."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

# With a stand-in that reads one message at a time: it is what becomes of the files that is tested.
ALLTID = [sys.executable, str(Path(__file__).with_name("spot_by_one.py")), "spot"]
PATIENCE = 60.0
MESSAGES = [
    "hej, kommer du imorgon?",
    "5 bilder = 200kr, deal?",
    "kan du skicka en bild på cykeln? jag swishar 300 när jag hämtar",
    "how much for a picture?",
    "ses vi klockan fyra",
    None,
    "du får 500 om du träffar mig, säg inget till någon",
]


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> dict[str, Path]:
    """The same messages, so many that a run takes a while, in each format."""
    folder = tmp_path_factory.mktemp("many")
    rows = MESSAGES * ROWS
    table = pa.table({"id": range(len(rows)), "body": pa.array(rows, pa.string())})
    made = {name: folder / f"in.{name}" for name in ("parquet", "csv", "jsonl")}
    pa.parquet.write_table(table, made["parquet"], row_group_size=len(rows) // 7)
    pa.csv.write_csv(table, made["csv"])
    with made["jsonl"].open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in table.to_pylist())
    return made


ROWS = 8_000


def typed(source: Path, out: Path, *more: str) -> list[str]:
    return [
        *ALLTID,
        "--in",
        str(source),
        "--column",
        "body",
        "--id",
        "id",
        "--out",
        str(out),
        *more,
    ]


def ran(command: list[str], **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False, **more
    )


def counted(said: str) -> dict[str, str]:
    return dict(line.rsplit(None, 1) for line in said.splitlines() if "valid" not in line)


@pytest.mark.parametrize("name", ["parquet", "csv", "jsonl"])
def test_run_that_is_stopped_at_random_places_ends_as_one_that_is_not(many, tmp_path, name):
    whole, stopped = tmp_path / f"whole.{name}", tmp_path / f"stopped.{name}"
    began = time.monotonic()
    first = ran(typed(many[name], whole))
    seconds = time.monotonic() - began
    assert (first.returncode, first.stderr) == (0, "")

    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    print("seed", seed)  # shown where it fails
    met = []
    for stop in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        jobs = chance.choice(["1", "2"])
        process = subprocess.Popen(
            typed(many[name], stopped, "--resume", "--jobs", jobs),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(chance.uniform(0.2, seconds))
        except subprocess.TimeoutExpired:
            # A terminal sends Ctrl-C to every process, kill to one.
            (os.killpg if stop == signal.SIGINT else os.kill)(process.pid, stop)
        _out, error = process.communicate(timeout=PATIENCE)
        met.append((stop.name, process.returncode))
        assert process.returncode in (0, 130, 143, -stop), (met, error)
        assert "Traceback" not in error, (met, error)
        assert stopped.exists() or process.returncode != 0, met
    last = ran(typed(many[name], stopped, "--resume"))

    assert last.returncode == 0, (met, last.stderr)
    assert stopped.read_bytes() == whole.read_bytes(), met
    assert "nothing to go on with" in last.stderr or last.stdout == first.stdout, met
    assert sorted(path.name for path in tmp_path.iterdir()) == [stopped.name, whole.name]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_safety_team_presses_ctrl_c_and_is_told_how_to_go_on(tmp_path, jobs):
    out = tmp_path / "out.csv"
    process = subprocess.Popen(
        [*ALLTID, "--in", "-", "--out", str(out), "--jobs", jobs],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while rows_done(out) < 9:
        assert time.monotonic() < deadline
        process.stdin.write("5 bilder = 200kr, deal?\n")
        process.stdin.flush()
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    said, error = process.communicate(timeout=PATIENCE)

    assert (process.returncode, said) == (130, "")
    rows = rows_done(out)
    assert error == (
        f"\nInterrupted after {rows} rows; what is done is kept. Go on by the same command with "
        "--resume.\n"
    )
    again = ran(
        [*ALLTID, "--in", "-", "--out", str(out), "--resume"],
        input="5 bilder = 200kr, deal?\n" * (rows + 3),
    )
    assert counted(again.stdout)["offers"] == str(rows + 3)
    assert len(out.read_text().splitlines()) == rows + 4


def rows_done(out: Path) -> int:
    try:
        return json.loads(out.with_name(out.name + ".progress").read_text())["tally"]["rows"]
    except FileNotFoundError:
        return 0


# Ends itself by kill -9 at each call in turn that reaches the disk, goes on, and compares.
KILLED = """
import os, signal, sys
from pathlib import Path
import pyarrow as pa
import tests.operator.spot_by_one
from alltid.spot import files, results, sources

files.bulk.find(pa.array(["hej"]))  # what is made once is made here
folder, ending = Path(sys.argv[1]), sys.argv[2]
files._KEPT_EVERY, sources.ROWS, sources._BLOCK, results._ROW_GROUP = 0, 3, 60, 4
os.umask(0o077)


def order(name, resume):
    return files.Order(str(folder / "in.txt"), str(folder / name), resume=resume)


def child(work):
    pid = os.fork()
    if not pid:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            os._exit(work())
        except BaseException as error:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def dying(call, counted):
    def wrapped(*given, **named):
        counted[0] -= 1
        if counted[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **named)
    return wrapped


def killed(after, name):
    left = [after]
    for call in ("write", "fsync", "open", "ftruncate"):
        setattr(os, call, dying(getattr(os, call), left))
    for call in ("replace", "unlink", "open"):
        setattr(Path, call, dying(getattr(Path, call), left))
    return files.recognise_file(order(name, True))


assert child(lambda: files.recognise_file(order("whole" + ending, False))) == 0
whole = (folder / ("whole" + ending)).read_bytes()
at = 0
while True:
    name = f"{at}{ending}"
    status = child(lambda: killed(at, name))
    again = child(lambda: files.recognise_file(order(name, True)))
    assert again == 0, (at, status, again)
    assert (folder / name).read_bytes() == whole, at
    (folder / name).unlink()
    left = sorted(path.name for path in folder.iterdir())
    assert left == sorted(["in.txt", "whole" + ending]), (at, left)
    at += 1
    if status == 0:
        break
    assert status == -signal.SIGKILL, (at, status)
print(at)
"""


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_run_that_is_killed_at_any_step_goes_on_to_the_same_file(tmp_path, ending):
    lines = [message or "" for message in MESSAGES] * 2
    (tmp_path / "in.txt").write_text("\n".join(lines))
    told = ran([sys.executable, "-c", KILLED, str(tmp_path), ending])

    assert (told.returncode, told.stderr) == (0, "")
    assert int(told.stdout) > 60


@pytest.mark.parametrize("name", ["parquet", "csv"])
def test_disk_that_is_full_is_one_sentence_and_the_run_goes_on_with_room(many, tmp_path, name):
    out, whole = tmp_path / f"out.{name}", tmp_path / f"whole.{name}"
    ran(typed(many["jsonl"], whole))

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))

    full = ran(typed(many["jsonl"], out), preexec_fn=small)
    assert (full.returncode, full.stdout) == (2, "")
    assert full.stderr == (
        f"{out} cannot be written any further (File too large). What is done is kept: make room, "
        "and go on by the same command with --resume.\n"
    )
    assert ran(typed(many["jsonl"], out, "--resume")).returncode == 0
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full here")
def test_standard_output_that_is_full_is_one_sentence(many):
    with open("/dev/full", "w") as full:
        told = subprocess.run(
            [*ALLTID, "--in", str(many["csv"]), "--column", "body"],
            stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert (told.returncode, told.stderr) == (
        2, "Standard output cannot be written (No space left on device).\n",
    )  # fmt: skip


def test_reader_that_has_seen_enough_ends_the_run_without_a_traceback(many):
    process = subprocess.Popen(
        [*ALLTID, "--in", str(many["csv"]), "--column", "body"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.readline()
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(PATIENCE), error) == (141, b"")


def test_several_processes_give_what_one_gives_in_its_order(many, tmp_path):
    one, three = tmp_path / "one.csv", tmp_path / "three.csv"
    first, second = ran(typed(many["csv"], one)), ran(typed(many["csv"], three, "--jobs", "3"))
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert three.read_bytes() == one.read_bytes()
    assert counted(first.stdout)["offers"] == f"{3 * ROWS:,}"


@pytest.mark.parametrize("name", ["parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path, name):
    code = """
import sys
from alltid import cli
from alltid.spot import files
nothing = files.pa.RecordBatch.from_pylist([], files.bulk.SCHEMA)
files.bulk.find = lambda text, first_row: nothing  # bulk's own tests measure what it needs
assert cli.main(["spot", *sys.argv[1:]]) == 0
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""
    peaks = []
    for rows in (2_000_000, 5_000_000):
        source = tmp_path / f"{rows}.{name}"
        table = pa.table({"body": pa.array(["hej, kommer du imorgon? jag har fem kvar"] * rows)})
        match name:
            case "parquet":
                pa.parquet.write_table(table, source, row_group_size=50_000, use_dictionary=False)
            case "csv":
                pa.csv.write_csv(table, source)
            case "jsonl":
                source.write_text('{"body": "hej, kommer du imorgon? jag har fem kvar"}\n' * rows)
        out = tmp_path / f"{rows}.out.csv"
        told = ran([sys.executable, "-c", code, "--in", str(source), "--out", str(out)])
        assert told.returncode == 0, told.stderr
        peaks.append(int(told.stdout.splitlines()[-1]) / 1024)
    # The larger file holds some hundred and thirty megabytes more.
    assert peaks[1] < peaks[0] + 40, peaks


def test_processes_end_when_theirs_is_killed(many, tmp_path):
    process = subprocess.Popen(
        typed(many["jsonl"], tmp_path / "out.csv", "--jobs", "2"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not children(process.pid) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    group = process.pid
    process.kill()
    process.communicate(timeout=PATIENCE)
    while members(group):
        assert time.monotonic() < deadline, "they outlive it"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    import psutil

    return [each.pid for each in psutil.Process(pid).children()]


def members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_message_is_explained_without_anything_heavy():
    code = """
import sys
from alltid import cli
cli.main(["spot", "5 bilder = 200kr, deal?"])
print(sorted({"django", "pyarrow", "numba", "numpy", "hyperscan"} & set(sys.modules)))
"""
    told = ran([sys.executable, "-c", code])
    assert told.stdout.startswith("This looks like an offer.")
    assert told.stdout.endswith("[]\n")
