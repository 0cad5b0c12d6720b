"""The child's style sheet, script and template tags: small, exact, and quiet to the browser."""

import base64
import hashlib
import re
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.template import Context, Template
from django.utils import translation

from alltid.web import inline
from alltid.web.files import PressedFiles, press_script
from alltid.web.inline import child_css, child_css_source, press
from alltid.web.templatetags.child import names, six, tap

SCRIPT = Path(inline.__file__).parent / "static" / "web" / "child.js"


def test_a_pressed_sheet_says_the_same_in_fewer_bytes():
    css = "/* why */\na  b > c {\n  color: red;\n  font: 1rem / 2 x, y;\n}\n@media (a: b) { d {} }"
    assert press(css) == "a b>c{color:red;font:1rem / 2 x,y}@media (a:b){d{}}"


def test_a_pressed_sheet_keeps_the_space_before_a_colon_that_selects_a_descendant():
    assert press("form :checked { a: b }") == "form :checked{a:b}"
    assert press("form:has(:checked) { a: b }") == "form:has(:checked){a:b}"


def test_the_policy_allows_exactly_the_style_that_stands_in_the_page():
    page = Template("{% load child %}<style>{% child_css %}</style>").render(Context())
    style = page.removeprefix("<style>").removesuffix("</style>")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert child_css_source() == f"'sha256-{digest}'"


def test_the_style_asks_no_one_for_anything_and_nothing_moves():
    assert not re.search(r"url\(|@import|@font-face|</|animation|transition", child_css())


def test_the_script_stores_nothing_and_runs_nothing_typed():
    script = SCRIPT.read_text()
    for word in ("Storage", "cookie", "indexedDB", "innerHTML", "eval(", "sendBeacon", "http"):
        assert word not in script


def test_a_pressed_script_loses_its_comments_and_keeps_its_lines():
    script = "/* why\n   and how */\n(() => {\n  /* Leaving */\n\n  go('/' + x);\n})();\n"
    assert press_script(script) == "(() => {\ngo('/' + x);\n})();\n"


def test_the_childs_script_is_served_pressed(tmp_path):
    files = PressedFiles(location=tmp_path, base_url="/static/")
    with SCRIPT.open("rb") as script:
        files.save("web/child.js", File(script))
    list(
        files.post_process({"web/child.js": (FileSystemStorage(SCRIPT.parents[1]), "web/child.js")})
    )
    served = tmp_path / files.stored_name("web/child.js")
    assert served.name != "child.js"
    assert served.read_text() == press_script(SCRIPT.read_text())
    assert "/*" not in served.read_text()
    assert "'use strict';" in served.read_text()


def test_a_tap_that_was_kept_is_chosen_and_no_other():
    context = {"now": "not_safe"}
    assert " checked>" in tap(context, "now", "not_safe", "not safe")
    assert " checked" not in tap(context, "now", "okay", "okay")
    assert " checked" not in tap(context, "age", "not_safe", "")


def test_names_are_said_as_people_say_them():
    with translation.override("en"):
        assert names(["Bo"]) == "Bo"
        assert names(["Bo", "Lo"]) == "Bo and Lo"
        assert names(["Bo", "Lo", "Mio"]) == "Bo, Lo and Mio"
    with translation.override("sv"):
        assert names(["Bo", "Lo"]) == "Bo och Lo"


def test_there_are_always_six_fields_for_six_words():
    assert six(None) == six([]) == six("") == [""] * 6
    assert six(["fox"]) == ["fox", "", "", "", "", ""]
    assert six(list("abcdefgh")) == list("abcdef")


def test_a_field_tells_the_browser_to_keep_nothing_and_send_nothing():
    field = Template("{% load child %}<textarea {% quiet %}></textarea>").render(Context())
    for said in (
        "spellcheck=false",
        "autocomplete=off",
        "autocapitalize=none",
        "autocorrect=off",
        "writingsuggestions=false",
        "translate=no",
    ):
        assert said in field
    assert "maxlength" not in field
