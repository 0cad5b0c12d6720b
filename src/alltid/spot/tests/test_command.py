"""What is typed behind `alltid spot`: one message, a file of messages, the lexicons."""

import io
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.spot import command, explain, files, keeping, lexicon, recognise, results, sources
from alltid.spot.tests import few, standin

OFFER = "5 bilder = 200kr, deal?"
PRICE = "how much for a picture?"


def spot(capsys, *typed: str) -> tuple[int, str, str]:
    """Type `alltid spot …`; its status, what it says, and what it says is wrong."""
    status = command.main(list(typed))
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    """Each message is read by itself: bulk takes seconds to compile, and test_bulk.py has it."""
    monkeypatch.setattr(files.bulk, "find", standin.find)


def refused(capsys, *typed: str) -> str:
    """Type what cannot be done; the whole sentences that it is answered with."""
    status, out, error = spot(capsys, *typed)
    assert (status, out) == (2, "")
    assert error.endswith(".\n")
    assert "Traceback" not in error
    return error


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


def piped(monkeypatch, data: bytes) -> None:
    """Standard input as a pipe gives it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# --- one message -------------------------------------------------------------------------------


def test_safety_team_types_an_offer_and_reads_who_asks_whom_for_what(capsys):
    status, said, _wrong = spot(capsys, OFFER)

    assert status == 0
    assert said.splitlines() == [
        "This looks like an offer.",
        "",
        "  [5 bilder: a picture] = [200kr: money], deal?",
        "",
        "Who asks whom: the writer asks the reader.",
        "What is asked: a picture.",
        "What is given for it: money.",
        "Pressure: none that we saw.",
        "",
        "Why we say so:",
        "- Asks for a picture.",
        "- Offers money.",
        "",
        "This is one message alone, read by a machine, and says nothing of a person. "
        "Weigh it with what else you know.",
    ]


def test_child_reads_in_swedish_that_it_is_not_their_fault(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "sv_SE.UTF-8")
    status, said, _wrong = spot(capsys, "--for", "child", PRICE + " säg inget till någon")

    assert status == 0
    assert "Det här liknar ett erbjudande." in said
    assert "- Någon frågar vad det kostar. Det är också ett erbjudande." in said
    assert "Press: att hålla det hemligt." in said
    assert "Det är inte ditt fel" in said


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("reader", ["child", "professional"])
def test_nobody_is_told_that_a_message_is_safe(capsys, language, reader):
    status, said, _wrong = spot(capsys, "--language", language, "--for", reader, "hej, läget?")

    assert status == 0
    assert said.startswith("We saw no offer." if language == "en" else "Vi såg inget erbjudande.")
    assert "alltid" in said or "always" in said or reader == "professional"
    assert not any(word in said.lower() for word in ("safe", "trygg", "säker", "ofarlig"))


def test_words_without_quotation_marks_are_one_message(capsys):
    assert spot(capsys, *OFFER.split())[1] == spot(capsys, OFFER)[1]


@pytest.mark.parametrize("text", [OFFER, PRICE, "hej", "", "lexicon"])
def test_developer_gets_the_whole_finding_as_json(capsys, text):
    status, said, _wrong = spot(capsys, "--json", "--", text or " ")
    finding = recognise(text)

    assert status == 0
    held = json.loads(said)
    assert held == json.loads(json.dumps(command.as_json(finding)))
    assert held["is_offer"] == finding.is_offer
    assert [(s["start"], s["end"], s["role"]) for s in held["spans"]] == [
        (s.start, s.end, s.role) for s in finding.spans
    ]
    assert held["version"] == lexicon.offers().version


@pytest.mark.parametrize("language", lexicon.languages())
def test_every_language_has_words_for_the_terminal_and_for_every_role(language):
    english, own = explain.words("en"), explain.words(language)

    assert own["says"].keys() == english["says"].keys()
    assert own["after"].keys() == {"child", "professional"}
    told = {
        name for name, role in lexicon.ROLES.items() if role.group in ("asks", "gives", "pressure")
    }
    assert told <= own["roles"].keys()


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("sv_SE.UTF-8", "sv"),
        ("sv", "sv"),
        ("en_GB", "en"),
        ("C", "en"),
        ("", "en"),
        ("fi_FI", "en"),
    ],
)
def test_language_is_the_terminals_where_there_is_a_lexicon(locale, language):
    assert explain.language_of(locale) == language


@given(st.text(max_size=60))
def test_terminal_is_never_steered_by_a_message(text):
    written = f"{text} {OFFER}\x1b[2J\u202e\x07"
    said = "\n".join(
        explain.lines(written, recognise(written), language="en", reader="professional")
    )

    assert all(sign.isprintable() or sign in "\n\t\u200d" for sign in said)


@given(st.text(alphabet="ab [:]å\n", max_size=30))
def test_marked_text_is_the_text_with_brackets_added(before):
    text = f"{before} {OFFER}"
    finding = recognise(text)
    said = explain.marked(text, finding, language="en")

    for span in finding.spans:
        said = said.replace(f"[{text[span.start : span.end]}: ", "", 1)
    assert finding.is_offer
    assert len(said) < len(text) + 60


def test_words_of_a_message_are_marked_in_colour_on_a_terminal_only(capsys, monkeypatch):
    assert "\x1b" not in spot(capsys, OFFER)[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    command.main([OFFER])
    assert "\x1b[" in capsys.readouterr().out


# --- a file of messages ------------------------------------------------------------------------

BODIES = ["hej", OFFER, "", PRICE, "kommer du imorgon?", OFFER.upper()]


def write(path: Path, bodies: list[str | None]) -> Path:
    """A file of messages with ids, in the format of its ending."""
    ids = list(range(100, 100 + len(bodies)))
    table = pa.table({"id": ids, "body": pa.array(bodies, pa.string())})
    match path.suffix:
        case ".parquet":
            pa.parquet.write_table(table, path, row_group_size=2)
        case ".csv":
            pa.csv.write_csv(table, path)
        case ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
        case ".txt":
            path.write_text("".join(f"{body}\n" for body in bodies))
    return path


def read(path: Path) -> list[dict]:
    """What a run wrote, as rows."""
    match path.suffix:
        case ".parquet":
            return pa.parquet.read_table(path).to_pylist()
        case ".csv":
            return pa.csv.read_csv(path).to_pylist()
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("out", [".parquet", ".csv", ".jsonl"])
@pytest.mark.parametrize("source", [".parquet", ".csv", ".jsonl"])
def test_safety_team_gets_each_offer_with_its_row_and_id(
    capsys, monkeypatch, tmp_path, source, out
):
    monkeypatch.setattr(sources, "ROWS", 2)
    file, made = write(tmp_path / f"in{source}", BODIES), tmp_path / f"out{out}"
    status, said, wrong = spot(
        capsys, "--in", str(file), "--column", "body", "--id", "id", "--out", str(made)
    )

    assert (status, wrong) == (0, "")
    rows = read(made)
    assert [row["row"] for row in rows] == [1, 3, 5]
    assert [str(row["id"]) for row in rows] == ["101", "103", "105"]
    assert [row["kind"] for row in rows] == ["offer", "price", "offer"]
    assert said.splitlines()[:4] == [
        "messages        6", "offers          3", "  kind offer    2", "  kind price    1",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([file.name, made.name])


def test_findings_as_csv_hold_roles_and_places_a_person_can_read(capsys, tmp_path):
    file, made = write(tmp_path / "in.txt", BODIES), tmp_path / "out.csv"
    spot(capsys, "--in", str(file), "--out", str(made))

    assert made.read_text().splitlines()[:2] == [
        "row,kind,roles,reasons,spans,frames,version",
        "1,offer,picture money,picture money,0-8:picture 11-16:money,0-16:to_reader,"
        + lexicon.offers().version,
    ]


@pytest.mark.parametrize("typed", [["-"], [], ["--in", "-"], ["-", "--format", "lines"]])
def test_lines_of_a_pipe_are_recognised_and_findings_come_as_json_lines(capsys, monkeypatch, typed):
    piped(monkeypatch, f"hej\n{OFFER}\r\n\n{PRICE}".encode())
    status, said, counts = spot(capsys, *typed)

    assert status == 0
    assert [json.loads(line)["row"] for line in said.splitlines()] == [1, 3]
    assert counts.startswith("messages        4\n")


@pytest.mark.parametrize("typed", [["--column", "t"], ["-"], ["--format", "jsonl"]])
def test_json_lines_of_a_pipe_are_known_by_their_shape(capsys, monkeypatch, typed):
    piped(monkeypatch, json.dumps({"t": OFFER}).encode() + b"\n")
    assert json.loads(spot(capsys, *typed)[1])["row"] == 0


def test_empty_pipe_is_no_message(capsys, monkeypatch):
    piped(monkeypatch, b"")
    status, said, counts = spot(capsys, "-")
    assert (status, said, counts.splitlines()[0]) == (0, "", "messages       0")


BROKEN = {
    ".csv": b'id,body\n1,hej\n2,\xff\xfe\n3\n4,"%b"\n5,x,y\n' % OFFER.encode(),
    ".jsonl": b'{"body": "hej"}\n{"body": 4}\n{"body": null}\n{"body": "%b"}\nno JSON\n{}\n[]\n'
    b'{"body": "\\ud800"}\n{"body": "\xff"}\n\n' % OFFER.encode(),
    ".txt": b"hej\n\xff\xfe\n%b\n" % OFFER.encode(),
}


@pytest.mark.parametrize(
    ("ending", "offer", "invalid"),
    [
        (".csv", 3, "3  (rows 1, 2, 4; the first row is 0)"),
        (".jsonl", 3, "8  (rows 1, 2, 4, 5, 6, …; the first row is 0)"),
        (".txt", 2, "1  (rows 1; the first row is 0)"),
    ],
)
def test_row_that_is_no_valid_text_is_counted_and_named(capsys, tmp_path, ending, offer, invalid):
    file, made = tmp_path / f"in{ending}", tmp_path / "out.jsonl"
    file.write_bytes(BROKEN[ending])
    column = [] if ending == ".txt" else ["--column", "body"]
    status, said, wrong = spot(capsys, "--in", str(file), *column, "--out", str(made))

    assert (status, wrong) == (0, "")
    assert [row["row"] for row in read(made)] == [offer]
    assert said.splitlines()[-1].split("no valid text")[1].strip() == invalid


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.string_view()])
def test_parquet_of_any_kind_of_text_is_read_and_its_broken_rows_named(capsys, tmp_path, kind):
    file, made = tmp_path / "in.parquet", tmp_path / "out.jsonl"
    raw = pa.array([b"hej", None, b"\xff\xfe", OFFER.encode()], pa.binary())
    body = raw if kind == pa.binary() else raw.cast(pa.large_binary())
    if kind != pa.binary():
        # Nothing of pyarrow's own makes a string of broken bytes; a careless writer does.
        body = pa.Array.from_buffers(pa.large_string(), 4, body.buffers(), 1)
    if kind == pa.string():
        body = pa.Array.from_buffers(pa.string(), 4, raw.buffers(), 1)
    if kind == pa.string_view():
        body = pa.array(["hej", None, None, OFFER], kind)
    pa.parquet.write_table(pa.table({"body": body}), file)
    status, said, wrong = spot(capsys, "--in", str(file), "--out", str(made))

    assert (status, wrong) == (0, "")
    assert [row["row"] for row in read(made)] == [3]
    assert said.endswith("no valid text   2  (rows 1, 2; the first row is 0)\n")


def test_column_that_is_nothing_at_all_is_rows_without_text(capsys, tmp_path):
    file = tmp_path / "in.parquet"
    pa.parquet.write_table(pa.table({"body": pa.nulls(2)}), file)
    said = spot(capsys, "--in", str(file), "--out", str(tmp_path / "out.jsonl"))[1]
    assert said.endswith("no valid text  2  (rows 0, 1; the first row is 0)\n")


def test_text_in_a_dictionary_is_read(capsys, tmp_path):
    file, made = tmp_path / "in.parquet", tmp_path / "out.parquet"
    body = pa.array([OFFER, "hej", OFFER]).dictionary_encode()
    pa.parquet.write_table(pa.table({"body": body}), file)
    spot(capsys, "--in", str(file), "--column", "body", "--id", "body", "--out", str(made))
    assert [(row["row"], row["id"]) for row in read(made)] == [(0, OFFER), (2, OFFER)]


rows = st.lists(
    st.one_of(
        st.builds(lambda text: {"t": text}, st.text(max_size=8)),
        st.builds(lambda number: {"t": "a", "id": number}, st.integers(-9, 10**20)),
        st.builds(lambda text: {"t": "a", "id": text, "x": [{}]}, st.text(max_size=4)),
        st.sampled_from(
            [{"t": 4}, {"t": None}, {}, [], "t", {"t": {"t": "a"}}, {"x": "2024-01-01"}]
        ),
    ).map(json.dumps)
    | st.sampled_from(
        ["", " ", "{", '{"t": "a"} {"t": "b"}', '{"t": "\\ud800"}', '{"t":"b","t":"c"}']
    ),
    max_size=6,
)


@given(rows)
def test_json_lines_read_at_once_are_as_read_one_by_one(lines):
    data = '{"t": "first", "id": "a"}\n' + "".join(f"{line}\n" for line in lines)
    source = sources._JsonSource("x", sources.Stream(io.BytesIO(data.encode())), "t", "id")
    slow = source._row_by_row(data.encode())
    (piece,) = source.pieces()

    assert len(piece) == len(lines) + 1
    assert piece.text.to_pylist() == slow.column("t").to_pylist()
    assert piece.ids.to_pylist() == slow.column("id").to_pylist()


cells = st.text(alphabet='a,"\n\r å;', max_size=5)


@given(st.lists(st.tuples(cells, cells, st.integers(0, 9)), max_size=12), st.integers(0, 13))
def test_csv_rows_keep_their_places_whatever_is_broken_between_them(rows, skip):
    wanted, lines = [], ["id,body"]
    for _first, second, kind in rows:
        cell = '"' + second.replace('"', '""') + '"'
        broken = kind < 3
        lines.append("alone" if kind == 0 else f"1,{cell},3" if broken else f"x,{cell}")
        wanted.append(None if broken else second)
    data = "\n".join(lines) + "\n"
    source = sources._CsvSource("x", sources.Stream(io.BytesIO(data.encode())), "body", "id", ",")
    pieces = list(source.pieces(skip))

    assert [text for piece in pieces for text in piece.text.to_pylist()] == wanted[skip:]
    row = skip
    for piece in pieces:
        assert piece.first_row == row
        row += len(piece)


@given(st.binary(max_size=60).filter(lambda data: not data.startswith(b"\xef\xbb\xbf")),
       st.integers(0, 8), st.integers(1, 9))  # fmt: skip
def test_lines_are_the_same_in_whatever_blocks_they_come(data, skip, block):
    whole = data.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n") if data else []
    before, sources._BLOCK = sources._BLOCK, block
    try:
        source = sources._LineSource("x", sources.Stream(io.BytesIO(data)))
        pieces = list(source.pieces(skip))
    finally:
        sources._BLOCK = before

    assert sum(map(len, pieces)) == max(0, len(whole) - skip)
    said = [text for piece in pieces for text in piece.text.to_pylist()]
    assert said == [sources._decoded(line) for line in whole[skip:]]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".txt"])
def test_mark_of_the_order_of_bytes_is_no_part_of_a_column_or_message(capsys, tmp_path, ending):
    text = {".csv": "body,id\n%s,1\n", ".tsv": "body\tid\n%s\t1\n",
            ".jsonl": '{"body": "%s"}\n', ".txt": "%s\n"}[ending]  # fmt: skip
    file, made = tmp_path / f"in{ending}", tmp_path / "out.jsonl"
    file.write_text("\ufeff" + text % "hur mycket för en bild?", encoding="utf-8")
    column = [] if ending == ".txt" else ["--column", "body"]
    spot(capsys, "--in", str(file), *column, "--out", str(made))
    assert read(made)[0]["spans"][0]["start"] == 0


def test_semicolons_part_columns_where_that_is_said(capsys, tmp_path):
    file, made = tmp_path / "in.csv", tmp_path / "out.jsonl"
    file.write_text(f"id;body\n1;{OFFER}\n")
    spot(capsys, "--in", str(file), "--column", "body", "--delimiter", ";", "--out", str(made))
    assert len(read(made)) == 1


# --- what cannot be done -----------------------------------------------------------------------


def test_file_that_is_missing_is_one_sentence(capsys, tmp_path):
    for name in ("in.csv", "in.parquet", "in.jsonl"):
        said = refused(capsys, "--in", str(tmp_path / name), "--column", "b", "--out", "o.csv")
        assert said.startswith(f"{tmp_path / name} cannot be read (")


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_column_that_is_not_there_is_answered_with_those_that_are(capsys, tmp_path, ending):
    file = write(tmp_path / f"in{ending}", BODIES)
    out = ["--out", str(tmp_path / "o.csv")]
    for typed in (["--column", "text"], ["--column", "body", "--id", "text"], []):
        said = refused(capsys, "--in", str(file), *typed, *out)
        assert said.endswith("The columns are: id, body.\n")
    assert not (tmp_path / "o.csv.part").exists()


def test_column_of_numbers_is_answered_with_those_that_hold_text(capsys, tmp_path):
    file = write(tmp_path / "in.parquet", BODIES)
    said = refused(capsys, "--in", str(file), "--column", "id", "--out", str(tmp_path / "o.csv"))
    assert said == (
        f"The column id of {file} holds no text but int64. Columns of text are: body.\n"
    )


def test_output_that_exists_is_written_over_by_force_only(capsys, tmp_path):
    file, made = write(tmp_path / "in.csv", BODIES), tmp_path / "out.csv"
    made.write_text("precious")
    typed = ["--in", str(file), "--column", "body", "--out", str(made)]
    assert "is there already" in refused(capsys, *typed)
    assert made.read_text() == "precious"
    assert spot(capsys, *typed, "--force")[0] == 0
    assert made.read_text().startswith("row,")


def test_findings_never_take_the_place_of_what_is_read(capsys, tmp_path):
    file = write(tmp_path / "in.csv", BODIES)
    before = file.read_text()
    refused(capsys, "--in", str(file), "--column", "body", "--out", str(file), "--force")
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--in", "in.doc", "--out", "o.csv"], "The ending of in.doc does not tell what it is."),
        (["--in", "in.csv", "--out", "o.doc"], "What o.doc is to be cannot be told"),
        (["--in", "-", "--format", "parquet"], "Parquet is read from its end"),
        (["--in", "in.csv", "text"], "Give either a message or --in FILE, not both."),
        (["--out", "o.csv", "text"], "--out is for files of messages."),
        (["--jobs", "0", "--in", "in.csv"], "--jobs is the number of processes: 1 or more."),
        (["--jobs", "x", "--in", "in.csv"], "Argument --jobs: invalid int value: 'x'."),
        (["--resume", "--in", "in.csv"], "Only a run that writes a file can be gone on with."),
        (["--nothing"], "Unrecognized arguments: --nothing."),
        (["--for", "nobody", "text"], "Argument --for: invalid choice: 'nobody'"),
        (["lexicon"], "The following arguments are required: check | show."),
        (["lexicon", "check", "--path", "nowhere"], "There is no folder nowhere."),
    ],
)
def test_what_is_mistyped_is_answered_with_a_sentence(capsys, monkeypatch, tmp_path, typed, said):
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, *typed).startswith(said)


def test_nothing_typed_at_a_terminal_is_answered_with_how(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert refused(capsys).startswith("There is no message.")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("in.parquet", b"PAR1 this is none", "is no Parquet file"),
        ("in.csv", b"", "has no column body. There are none."),
        ("in.csv", b"body,body\n1,2\n", "has more than one column body."),
    ],
)
def test_file_that_is_none_is_one_sentence(capsys, tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    typed = ["--in", str(tmp_path / name), "--column", "body", "--out", str(tmp_path / "o.csv")]
    assert said in refused(capsys, *typed)


def test_quotation_mark_that_is_never_closed_is_one_sentence(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "_CSV_BLOCK", 100)
    file = tmp_path / "in.csv"
    file.write_text('id,body\n1,hej\n2,"' + "hej\n" * 100)
    typed = ["--in", str(file), "--column", "body", "--out", str(tmp_path / "o.csv")]
    assert "a quotation mark is not closed" in refused(capsys, *typed)


def test_folder_that_is_not_there_is_one_sentence(capsys, tmp_path):
    file, made = write(tmp_path / "in.csv", BODIES), tmp_path / "no" / "out.csv"
    said = refused(capsys, "--in", str(file), "--column", "body", "--out", str(made))
    assert said.startswith(f"{made} cannot be written (No such file or directory).")


@pytest.mark.parametrize("package", ["pyarrow", "numba"])
def test_without_the_extra_a_file_is_answered_with_what_to_install(
    capsys, monkeypatch, tmp_path, package
):
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "alltid.spot.files":
                raise ModuleNotFoundError(f"No module named '{package}'", name=package)

    monkeypatch.delitem(sys.modules, "alltid.spot.files")
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    said = refused(capsys, "--in", str(tmp_path / "in.csv"), "--out", "o.csv")
    assert said.count("\n") == 1
    assert "`pip install 'alltid[bulk]'`" in said
    assert package in said


# --- going on ----------------------------------------------------------------------------------


def run(tmp_path: Path, ending: str, **more) -> tuple[files.Order, Path]:
    file, made = tmp_path / "in.txt", tmp_path / f"out{ending}"
    if not file.exists():
        write(file, BODIES * 5)
    return files.Order(str(file), str(made), **more), made


def test_run_that_was_interrupted_is_refused_until_it_is_said_how(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "_BLOCK", 30)
    order, _made = run(tmp_path, ".csv")

    def broken(array, first_row=0):
        if first_row > 5:
            raise KeyboardInterrupt
        return standin.find(array, first_row)

    with monkeypatch.context() as patched:
        patched.setattr(files.bulk, "find", broken)
        assert files.recognise_file(order) == 130
    assert "Go on by the same command with --resume." in capsys.readouterr().err

    typed = ["--in", order.source, "--out", order.out]
    assert "was interrupted. Go on with it by --resume" in refused(capsys, *typed)
    told = refused(capsys, *typed, "--resume", "--format", "lines")
    assert "what differs: --format." in told
    Path(order.source).write_text("another")
    assert "its size" in refused(capsys, *typed, "--resume")
    assert spot(capsys, *typed, "--force")[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.txt", "out.csv"]


def test_run_that_is_done_is_not_done_again(capsys, tmp_path):
    order, made = run(tmp_path, ".csv")
    files.recognise_file(order)
    made.write_text("kept as it is")
    status, _said, told = spot(capsys, "--in", order.source, "--out", order.out, "--resume")
    assert (status, made.read_text()) == (0, "kept as it is")
    assert "nothing to go on with" in told


def test_two_runs_at_once_do_not_write_into_each_other(capsys, tmp_path):
    order, made = run(tmp_path, ".csv")
    first = results.Kept(order.out, files.bulk.SCHEMA, files._of(order), resume=False, force=False)
    said = refused(capsys, "--in", order.source, "--out", order.out, "--resume")
    assert said == f"Another run is making {made} right now. Wait for it.\n"
    first.close()
    assert spot(capsys, "--in", order.source, "--out", order.out, "--resume")[0] == 0


# --- what a person sees ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "line"),
    [
        ((500, 500, 10.0, 50, 0, 100), " 50% ████████████░░░░░░░░░░░░  500 rows  50/s  0:10 left"),
        ((2_000_000, 2_000_000, 0.5, 1, 0, 10_000),
         "  0% ░░░░░░░░░░░░░░░░░░░░░░░░  2,000,000 rows  4.0 M/s  1:23:20 left"),
        ((900, 100, 1.0, 900, 800, 1000),
         " 90% █████████████████████░░░  900 rows  100/s  0:01 left"),
        ((4000, 4000, 1.0, 10, 0, 0), "4,000 rows  4.0 k/s"),
        ((0, 0, 0.0, 0, 0, 10), "  0% ░░░░░░░░░░░░░░░░░░░░░░░░  0 rows  0/s  0:00 left"),
    ],
)  # fmt: skip
def test_line_of_progress_tells_share_rate_and_time_left(figures, line):
    assert files.progress(*figures) == line


def test_bar_is_drawn_on_a_terminal_only_and_gives_its_line_back(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_DRAWN_EVERY", 0)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    source = sources.open_source(str(write(tmp_path / "in.parquet", BODIES)), column="body")
    for terminal, drawn in ((Terminal(), True), (io.StringIO(), False)):
        bar = files.Bar(source, terminal)
        bar.begin(0)
        for piece in source.pieces():
            bar.draw(piece.first_row + len(piece))
        bar.clear()
        assert ("100% █" in terminal.getvalue()) == drawn
        assert terminal.getvalue().endswith("\r\x1b[K") == drawn


# --- the lexicons ------------------------------------------------------------------------------


@pytest.fixture
def lexicons(tmp_path) -> Path:
    """A copy of the lexicons, to break."""
    return few.copy(tmp_path / "lexicons")


def test_counsellor_checks_lexicons_that_are_sound(capsys, lexicons):
    for typed in ([], ["--path", str(lexicons)]):
        status, said, wrong = spot(capsys, "lexicon", "check", *typed)
        assert (status, wrong) == (0, "")
        assert said.startswith("The lexicons are sound: en, sv;")


ROLE = "\n[{role}]\nwords = [\n    {row},\n]\n"


@pytest.mark.parametrize(
    ("file", "added", "said"),
    [
        ("offer", ROLE.format(role="nonsense", row='{ lemma = "blomma" }'), "no role `nonsense`"),
        ("offer", "thing", "is a `picture` already at sv/offer.toml:"),
        ("offer", "head", "`bil` is too short to stand last in a compound"),
        ("offer", "explain", "`riddle` is not explained in en/explain.toml"),
        ("offer", "class", "there is no class `oddly`"),
        ("offer", "key", "`weight` is none of lemma"),
    ],
)
def test_counsellor_is_told_what_is_wrong_and_where(capsys, lexicons, file, added, said):
    path = lexicons / "sv" / f"{file}.toml"
    rows = {
        "thing": '{ lemma = "bild", inflect = "er" }',
        "head": '{ lemma = "bil", head = true }',
        "explain": '{ lemma = "blomster", explain = "riddle" }',
        "class": '{ lemma = "blomster", inflect = "oddly" }',
        "key": '{ lemma = "blomster", weight = 3 }',
    }
    text = path.read_text()
    if added in rows:
        head = "[picture]\nwords = [\n"
        assert head in text
        text = text.replace(head, f"{head}    {rows[added]},\n")
        line = text[: text.index(rows[added])].count("\n") + 1
    else:
        line = text.count("\n") + added[: added.index("{")].count("\n") + 1
        text += added
    path.write_text(text)
    status, told, _wrong = spot(capsys, "lexicon", "check", "--path", str(lexicons))

    *problems, count = told.splitlines()
    assert status == 1
    matching = [problem for problem in problems if said in problem]
    assert matching, told
    assert any(problem.startswith("sv/offer.toml:") for problem in matching)
    if added != "thing":
        assert matching[0].startswith(f"sv/offer.toml:{line}: ")
    assert count.startswith(f"{len(problems)} problem")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (
            lambda root: (root / "sv" / "explain.toml").unlink(),
            "sv/explain.toml:1: there is no such",
        ),
        (
            lambda root: (root / "sv" / "offer.toml").write_text("[picture\n"),
            "sv/offer.toml:1: it is",
        ),
        (
            lambda root: (root / "sv" / "offer.toml").write_text("a = 1\n"),
            "sv/offer.toml:1: [a] has no",
        ),
        (
            lambda root: (root / "en" / "offer.toml").write_bytes(b"# \xff\n"),
            "en/offer.toml:1: it is not",
        ),
        (lambda root: (root / "fi").mkdir(), "fi/offer.toml:1: there is no such file"),
    ],
)
def test_file_of_a_lexicon_that_cannot_be_read_is_named(capsys, lexicons, break_it, said):
    break_it(lexicons)
    status, told, wrong = spot(capsys, "lexicon", "check", "--path", str(lexicons))
    assert (status, wrong) == (1, "")
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bilder", ["bild: picture (asks), sv", "  forms: bild, bilden, bilder, bilderna"]),
        ("BILDER", ["bild: picture (asks), sv"]),
        ("b1lder", ["bild: picture (asks), sv"]),
        ("how much", ["how much: price (asks), en", "  to a professional: Asks for a price"]),
        ("💵", ["💵: money (gives), sv", "💵: money (gives), en"]),
        (
            "spegelbilden",
            ["it is read as a compound that ends in this:", "bild: picture (asks), sv"],
        ),
        ("piccccs", ["it is read as this, with letters repeated:", "picture (asks), en"]),
    ],
)
def test_counsellor_sees_what_a_word_is_and_where_it_stands(capsys, word, said):
    status, told, _wrong = spot(capsys, "lexicon", "show", word)

    assert status == 0
    for line in said:
        assert line in told
    stands = [line for line in told.splitlines() if line.startswith("  stands in: ")]
    assert stands
    for line in stands:
        path, _, number = line.removeprefix("  stands in: ").rpartition(":")
        assert "lemma" in Path(path).read_text().splitlines()[int(number) - 1]


def test_counsellor_reads_explanations_in_swedish(capsys):
    told = spot(capsys, "lexicon", "show", "bild", "--language", "sv")[1]
    assert "  to a child: Någon vill ha en bild på dig." in told


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bildq", "bildq stands in no lexicon. The nearest: bild"),
        ("qqqqqqqqqq", "qqqqqqqqqq stands in no lexicon, and nothing there is like it."),
    ],
)
def test_word_that_is_none_is_answered_with_the_nearest(capsys, word, said):
    status, told, _wrong = spot(capsys, "lexicon", "show", word)
    assert status == 1
    assert told.startswith(said)


def test_every_form_of_every_row_is_found_by_show():
    shown = {form for lemma in keeping._lemmas(lexicon.folder()) for form in lemma.forms}
    spelled = {form for row in keeping.rows(lexicon.folder()) for form in row.spelled()}
    assert shown >= spelled
