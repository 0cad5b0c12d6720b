"""What holds for every file here: nothing of one machine, no drawers, nothing grown too long."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

DRAWERS = {"utils", "helpers", "common", "services", "misc", "lib"}
MODELS_LINES = 500
VIEW_LINES = 40

# Where packages come from is each installer's own setting, and where the tree lies is nobody's
# business: an address or a folder in it works for one person only.
REGISTRY = re.compile(
    r"(?:index-url|find-links)[ =]|https?://[^\s\"'<>)]*/(?:simple|packages|npm)/"
)
FOLDER = re.compile(r"(?<![\w.~$})-])/(?:root|home|work|farm|Users)/")


def tree() -> list[Path]:
    """Return every file of the project: what git tracks, or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return sorted(path for path in set(paths) if path.is_file())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> list[tuple[str, str]]:
    """Return the name and text of every file that is text, but for the examples in this one."""
    found = []
    for path in tree():
        raw = path.read_bytes()
        if b"\0" not in raw and path != Path(__file__):
            found.append((named(path), raw.decode("utf-8")))
    return found


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def functions(path: Path) -> list[tuple[str, int]]:
    """Return each function of a file with its length in lines, from def to its end."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [
        (node.name, (node.end_lineno or 0) - node.lineno + 1)
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize(
    ("pattern", "found", "passed"),
    [
        (REGISTRY, "pip install --index-url=x", "uv pip compile pyproject.toml"),
        (REGISTRY, "https://pypi.example/simple/django", "https://example.org/simple"),
        (FOLDER, "cd /home/ada/alltid", "cd ~/code/alltid"),
        (FOLDER, 'Path("/Users/bo")', 'path("/staff/home/")'),
    ],
)
def test_what_one_machine_leaves_behind_is_recognised(pattern, found, passed):
    assert pattern.search(found)
    assert not pattern.search(passed)


def test_no_file_names_a_package_registry():
    assert lines_with(REGISTRY) == []


def test_no_file_names_a_folder_of_one_machine():
    assert lines_with(FOLDER) == []


def test_no_file_is_a_drawer_without_a_name_of_its_own():
    drawers = [
        named(path)
        for path in tree()
        if path.suffix == ".py" and DRAWERS & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert drawers == []


def test_no_models_file_is_longer_than_a_reader_holds():
    long = [
        f"{named(path)}: {length} lines"
        for path in tree()
        if path.name == "models.py"
        and (length := len(path.read_text(encoding="utf-8").splitlines())) > MODELS_LINES
    ]
    assert long == []


def test_no_view_is_longer_than_a_screen():
    long = [
        f"{named(path)}: {name} has {length} lines"
        for path in tree()
        if path.name.endswith("views.py")
        for name, length in functions(path)
        if length > VIEW_LINES
    ]
    assert long == []


def test_every_decision_has_a_number_of_its_own_and_a_title():
    decisions = sorted((ROOT / "docs" / "adr").glob("*"))

    assert [
        path.name for path in decisions if not re.match(r"\d{4}-[a-z0-9-]+\.md$", path.name)
    ] == []
    numbers = [path.name[:4] for path in decisions]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in decisions)


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{name}: {link}"
        for name, text in texts()
        if name.endswith(".md")
        for link in re.findall(r"(?:\]\(|src=\")(?!https?:|#)([^)#\s\"]+)", text)
        if not ((ROOT / name).parent / link).exists()
    ]
    assert broken == []


def test_reader_finds_the_two_commands_and_the_licence_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert {"make run", "make test"} <= set(readme.splitlines())
    assert "Apache" in readme


def test_every_requirement_is_pinned_to_one_version_with_hashes():
    for path in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))
        for entry in entries:
            if not entry.startswith("#"):
                assert re.match(r"[a-z0-9.-]+(\[[a-z]+\])?==\S+", entry), entry[:80]
                assert "--hash=sha256:" in entry, entry[:80]


def test_process_that_opens_envelopes_loads_no_heavy_library():
    code = """
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(sorted({"typst", "vl_convert", "pyarrow", "numba", "numpy", "pyspark"} & set(sys.modules)))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (told.stdout.strip(), told.stderr) == ("[]", "")
