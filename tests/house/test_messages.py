"""The catalogues of texts hold what the code says, in Swedish; and the tool that keeps them so."""

import gettext
import re
from pathlib import Path

import pytest

from scripts import messages
from scripts.messages import Package, faults, packages, update

TEMPLATE = """\
{% comment %}Translators: hi{% endcomment %}{% load i18n %}<h1>{% translate "Thank you." %}</h1>
{% if late %}
      <p title="{{ title|default:_('a title') }}">{% blocktranslate trimmed with name=who %}
        {{ name }} reads
        100 %.{% endblocktranslate %}</p>
{% endif %}
{% blocktranslate count n=answers %}One answer{% plural %}{{ n }} answers{% endblocktranslate %}
{% translate "Open" context "a door" %}
"""
PYTHON = """\
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

LATE = gettext_lazy("We are late.")
OPEN = pgettext("a case", "Open")


def texts(count):
    return _("It's empty."), ngettext("%(n)d child", "%(n)d children", count), OPEN
"""
SAID = {
    "Thank you.",
    "a title",
    "%(name)s reads 100 %%.",
    ("One answer", "%(n)s answers"),
    "Open",
    "We are late.",
    "It's empty.",
    ("%(n)d child", "%(n)d children"),
}
# docs/words.md: what never stands on a child's page; and no page of theirs raises its voice.
NEVER = re.compile(
    r"\b(disclosures?|service|confidential\w*|report\w*|token|victim"
    r"|konfidentiell\w*|sekretess\w*|rapport\w*|anmäl\w*)\b|!",
    re.IGNORECASE,
)
CHILDS = re.compile(r"templates/(tell/(?!adult)|web/(?!staff))")


@pytest.fixture
def package(tmp_path: Path) -> Package:
    folder = tmp_path / "door"
    (folder / "templates" / "door").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "templates" / "door" / "page.html").write_text(TEMPLATE)
    (folder / "texts.py").write_text(PYTHON)
    (folder / "tests" / "test_texts.py").write_text("_('Not met by a person')")
    return Package(folder)


def translate(package: Package, text: str, swedish: str) -> None:
    po = package.po.read_text()
    entry = f'msgid "{text}"\nmsgstr ""'
    assert entry in po
    package.po.write_text(po.replace(entry, entry[:-1] + swedish + '"'))


def test_every_text_is_in_its_catalogue_in_swedish_and_compiled():
    assert list(faults(packages([]))) == []


def test_every_text_of_code_and_pages_is_found(package):
    said = [(message.context, message.id) for message in package.written() if message.id]

    assert {text for _, text in said} == SAID
    assert {context for context, text in said if text == "Open"} == {"a door", "a case"}


def test_translator_keeps_their_words_when_the_list_is_brought_up_to_date(package, capsys):
    update([package])
    translate(package, "Thank you.", "Tack.")
    update([package])
    first = package.po.read_bytes(), package.mo.read_bytes()
    update([package])

    assert (package.po.read_bytes(), package.mo.read_bytes()) == first
    with package.mo.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Thank you.") == "Tack."
    assert "9 texts, 8 to translate" in capsys.readouterr().out


def test_translator_sees_the_words_of_a_text_that_went(package, capsys):
    update([package])
    translate(package, "We are late.", "Vi är sena.")
    (package.folder / "texts.py").write_text("")
    assert any("'We are late.' is no longer said" in fault for fault in faults([package]))

    update([package])

    assert "'We are late.' = 'Vi är sena.'" in capsys.readouterr().out
    assert "We are late" not in package.po.read_text()


def test_translator_is_told_what_is_missing_or_stale(package):
    update([package])
    translate(package, "Thank you.", "Tack.")
    (package.folder / "more.py").write_text("_('A new text')")

    found = "\n".join(faults([package]))

    assert "door/sv: 'A new text' is not in the catalogue." in found
    assert "door/sv: 'We are late.' is not translated." in found
    assert "door/sv: django.mo does not hold what django.po says." in found
    assert "'Thank you.'" not in found


def test_translator_is_told_of_a_place_to_fill_that_is_lost(package):
    update([package])
    translate(package, "%(name)s reads 100 %%.", "%(namn)s läser 100 %%.")

    assert any("differ in %(name)s, %(namn)s" in fault for fault in faults([package]))


def test_translator_is_told_of_one_text_with_two_translations(package, tmp_path):
    other = Package(tmp_path / "window")
    other.folder.mkdir()
    (other.folder / "texts.py").write_text("_('Thank you.')")
    update([package, other])
    translate(package, "Thank you.", "Tack.")
    translate(other, "Thank you.", "Tackar.")

    assert any("translated otherwise in door/sv" in fault for fault in faults([package, other]))


def test_unknown_package_is_refused_by_name():
    with pytest.raises(SystemExit, match="no package nothing"):
        messages.packages(["nothing"])


def test_no_word_that_frightens_stands_on_a_childs_page():
    childs = [
        message
        for package in packages(["tell", "web"])
        for message in package.merged()
        if any(CHILDS.match(place) for place, _line in message.locations)
    ]
    said = {
        text
        for message in childs
        for side in (message.id, message.string)
        for text in ([side] if isinstance(side, str) else side)
    }
    assert {"You can always tell.", "Du kan alltid berätta.", "Something broke here."} <= said
    assert [text for text in said if NEVER.search(text)] == []
