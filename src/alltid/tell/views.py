"""The child's pages. No cookie, no session, no redirect; whatever happens, the text is kept."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alltid.people.models import Team
from alltid.vault import words
from alltid.vault.errors import KdfBusy
from alltid.web.errors import not_now
from alltid.web.throttle import COMING_BACK

from .erasing import end as end_talk
from .feelings import FEELINGS, send_feeling
from .forms import TellForm
from .models import Card, Disclosure, Door, NoKey, find_door
from .pages import View, comes_back, from_our_page, in_language, never_lost, page, tells
from .reading import Reading, address, front_team, other_teams, promise
from .remembered import Remembered
from .telling import (
    TalkEnded,
    Told,
    come_back,
    mark_read_by_child,
    tell,
    tell_by_card,
    tell_more,
    was_told,
)
from .threads import ending_context, thread_context
from .visit import (
    NONCE_MINUTES,
    Capsule,
    FormOld,
    VisitOver,
    is_spent,
    new_form,
    read_form,
    was_sent_before,
)

# Pages that thirty children get at once are made once; what is each child's own is put in last.
_OWN = {"form_id": "@form@", "capsule": "@capsule@", "words": [f"@word{i}@" for i in range(6)]}
_ready: Remembered[tuple[object, ...], bytes] = Remembered(15)
# Whether the team's key is there and its intake open is looked up at every telling, all the same.
_taking: Remembered[str, tuple[Team, bool]] = Remembered(5)


def forget_remembered() -> None:
    """Look up teams and make first pages anew: between tests."""
    _ready.forget()
    _taking.forget()


def _team(slug: str | None) -> Team | None:
    if slug is None:
        return front_team()
    return get_object_or_404(Team.objects.select_related("cover"), slug=slug, opened__isnull=False)


def _team_and_whether_it_takes(slug: str | None) -> tuple[Team, bool] | None:
    """The team of an address, and whether a child can tell it now; None where there is no team."""
    known = _taking.get(slug or "")
    if known is None and (team := _team(slug)) is not None:
        known = _taking.keep(slug or "", (team, team.accepts(timezone.now())))
    return known


def first_page(
    request: HttpRequest,
    team: Team,
    language: str,
    status: int = 200,
    *,
    links: str | None = None,
    **kept: Any,
) -> HttpResponse:
    """The page to tell a team on, with what is kept on it, or that nobody reads there now (503).

    links: where the language links lead, behind the language; else here.
    """
    reading = Reading.of(team, timezone.now())
    if not reading.accepts:
        return _nobody_reads(request, reading, language)
    context = reading.context(language) | {
        "form_action": address(team, language),
        "form_id": new_form(),
        "error": None,
        "other_teams": None,
    }
    return page(request, "tell/first.html", context | kept, status=status, rest=links)


def _nobody_reads(request: HttpRequest, reading: Reading, language: str) -> HttpResponse:
    """Say that this team cannot read now, and who can; the text is kept."""
    return not_now(request, "no_team", 503, **reading.context(language))


@in_language
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest, language: str, slug: str | None = None) -> HttpResponse:
    """Show the first page, or receive what was written on it."""
    if request.method == "POST":
        return _tell(request, language, slug)
    body = _ready.get((slug or "", language))
    if body is None:
        team = _team(slug)
        if team is None:
            return not_now(request, "no_team", 503)
        response = first_page(request, team, language, form_id=_OWN["form_id"])
        if response.status_code != 200:
            return response
        body = _ready.keep((slug or "", language), response.content)
    return _with_own(body, form_id=new_form())


def _with_own(body: bytes, **own: str) -> HttpResponse:
    """A page that was ready, with what is this child's own; base64 and words of the lists."""
    for name, value in own.items():
        body = body.replace(f"@{name.removesuffix('_id')}@".encode(), value.encode())
    return HttpResponse(body)


@never_lost
@tells
def _tell(request: HttpRequest, language: str, slug: str | None) -> HttpResponse:
    form = TellForm.read(request)
    found = _team_and_whether_it_takes(slug)
    if found is None:
        return not_now(request, "no_team", 503)
    (team, takes), now = found, timezone.now()
    if form.do != "send":
        others = other_teams(team, language, now) if form.do == "other" else None
        return first_page(request, team, language, other_teams=others, **form.kept())
    if form.error:
        return first_page(request, team, language, 422, error=form.error, **form.kept())
    try:
        form_id = read_form(form.form_id)
    except FormOld:
        if _was_told_long_ago(form):
            return first_page(request, team, language)
        return first_page(request, team, language, 422, error="old", **form.kept())
    if not takes:
        return _nobody_reads(request, Reading.of(team, now), language)
    try:
        told = tell(team, form.body(), form=form_id, language=language, acute=form.acute, now=now)
    except NoKey:
        return _nobody_reads(request, Reading.of(team, now), language)
    except TalkEnded:
        return _spent_page(request)
    return _kept_page(request, form, told, language, now)


def _kept_page(
    request: HttpRequest, form: TellForm, told: Told, language: str, now: datetime
) -> HttpResponse:
    team = told.disclosure.team
    context = {
        "team": team,
        "not_safe": form.acute,
        "promise": promise(team, told.disclosure.due, now),
        "form_action": f"/{language}/more/",
        "pictures_cut": form.pictures_cut,
        "came": bool(form.text.strip()),
        "text": form.rest,
    }
    # Who sends it again when the words are no longer shown is not let into the talk either.
    own = {"form_id": new_form(), "capsule": told.capsule.seal(now) if told.words else ""}
    if form.rest:
        context |= own | {"words": told.words}
        return page(request, "tell/kept.html", context, rest="words/")
    key = (language, told.words is None, *map(str, context.values()))
    body = _ready.get(key)
    if body is None:
        context |= _OWN if told.words else _OWN | {"words": None}
        response = page(request, "tell/kept.html", context, rest="words/")
        body = _ready.keep(key, response.content)
    return _with_own(body, **own, **{f"word{i}": word for i, word in enumerate(told.words or ())})


def _was_told_long_ago(form: TellForm) -> bool:
    """Whether an old form is a Reload of one that was received: its text is not shown again."""
    try:
        return was_told(form.body(), form=read_form(form.form_id, minutes=None))
    except FormOld:
        return False


def _words_typed(request: HttpRequest) -> list[str]:
    return words.split(" ".join(request.POST.get(f"w{i}", "") for i in range(1, 7)))


def _words_page(request: HttpRequest, status: int = 200, **said: Any) -> HttpResponse:
    """Ask for six words; those typed stay, and so does a message that waits for them."""
    context = TellForm.read(request).kept() | {
        "form_id": new_form(),
        "typed": _words_typed(request),
        "unknown": [],
        "error": None,
    }
    return page(request, "tell/words.html", context | said, status=status, rest="words/")


def _spent_page(request: HttpRequest, status: int = 200, **kept: Any) -> HttpResponse:
    context = kept | {"form_id": new_form()}
    return page(request, "tell/spent.html", context, status=status, rest="words/")


@in_language
@require_http_methods(["GET", "POST"])
@never_lost
def back(request: HttpRequest, language: str) -> HttpResponse:
    """Ask for the six words, or open the talk behind them."""
    if request.method == "GET":
        return _words_page(request)
    return _open_by_words(request, language)


@from_our_page
def _open_by_words(request: HttpRequest, language: str) -> HttpResponse:
    form, typed, now = TellForm.read(request), _words_typed(request), timezone.now()
    if form.do == "language":
        return _words_page(request)
    if was_sent_before(form.form_id, now):
        return _spent_page(request)
    try:
        read_form(form.form_id, NONCE_MINUTES)
    except FormOld:
        return _words_page(request, 422, error="old")
    if len(typed) != 6:
        return _words_page(request, 422, error="count")
    reading = words.read(typed, language)
    if reading.unknown:
        unknown = [
            {"position": word.position + 1, "typed": word.typed, "suggestions": word.suggestions}
            for word in reading.unknown
        ]
        return _words_page(request, 422, unknown=unknown)
    if not COMING_BACK.allows(request.visitor):  # type: ignore[attr-defined]
        return _words_page(request, 429, error="too_many")
    try:
        found = next(filter(None, map(come_back, reading.numbers)), None)
    except KdfBusy:
        return _words_page(request, 503, error="busy")
    if found is None:
        return _words_page(request, 404, error="nothing")
    return show_door(request, found, language, now, **form.kept())


def show_door(
    request: HttpRequest,
    door: Door,
    language: str,
    now: datetime,
    /,
    status: int = 200,
    **kept: Any,
) -> HttpResponse:
    """A card that nobody wrote with yet shows the form; a talk shows its newest answer."""
    context = {
        "capsule": Capsule(bytes(door.held.locator or b""), door.identity).seal(now),
        "form_id": new_form(),
        "form_action": f"/{language}/more/",
        "error": None,
    }
    if isinstance(door.held, Card):
        context |= Reading.of(door.held.team, now).context(language)
        template = "tell/card_write.html"
    else:
        context |= thread_context(door.held, door.identity, now)
        mark_read_by_child(door.held)
        template = "tell/thread.html"
    return page(request, template, context | kept, status=status, rest="more/")


def visiting(view: Callable[[HttpRequest, str, Door, datetime], HttpResponse]) -> View:
    """Hand on what the capsule of a POST opens; when the visit is over, ask for the words again."""

    @wraps(view)
    def answer(request: HttpRequest, language: str) -> HttpResponse:
        now = timezone.now()
        try:
            capsule = Capsule.open(request.POST.get("capsule", ""), now)
            door = find_door([(capsule.locator, capsule.identity)])
        except VisitOver:
            door = None
        if door is None:
            return _visit_over(request, TellForm.read(request), language)
        return view(request, language, door, now)

    return answer


def _visit_over(request: HttpRequest, form: TellForm, language: str) -> HttpResponse:
    """The quarter of an hour is over: the words are asked for again, what was typed is kept."""
    if form.text.strip() and not was_sent_before(form.form_id, timezone.now()):
        return _spent_page(request, 422, **form.kept())
    return _spent_page(request)


def _store(door: Door, form: TellForm, form_id: bytes, language: str, now: datetime) -> Disclosure:
    """Keep what was written behind a door; raises NoKey, VaultError."""
    body, identity, acute = form.body(), door.identity, form.acute
    if isinstance(door.held, Card):
        body |= {"language": language}
        return tell_by_card(door.held, identity, body, form=form_id, acute=acute, now=now)
    tell_more(door.held, identity, body, form=form_id, acute=acute, now=now)
    return door.held


@in_language
@require_POST
@never_lost
@tells
@visiting
def more(request: HttpRequest, language: str, door: Door, now: datetime) -> HttpResponse:
    """Add a message to a talk, or the first one behind a card."""
    form = TellForm.read(request)
    try:
        form_id = read_form(form.form_id)
    except FormOld:
        return _visit_over(request, form, language)
    if form.do != "send":
        return show_door(request, door, language, now, **form.kept())
    if form.error:
        return show_door(request, door, language, now, 422, error=form.error, **form.kept())
    if is_spent(form_id, now):
        return _spent_page(request)
    try:
        disclosure = _store(door, form, form_id, language, now)
    except NoKey:
        return _nobody_reads(request, Reading.of(door.held.team, now), language)
    return show_door(
        request,
        Door(door.identity, disclosure),
        language,
        now,
        sent=True,
        pictures_cut=form.pictures_cut,
        came=bool(form.text.strip()),
        text=form.rest,
    )


@in_language
@require_POST
@never_lost
@comes_back
@visiting
def feeling(request: HttpRequest, language: str, door: Door, now: datetime) -> HttpResponse:
    """Take in how an answer felt; only the team's leads can open it."""
    chosen = request.POST.get("feeling", "")
    if isinstance(door.held, Disclosure) and chosen in FEELINGS:
        send_feeling(door.held, chosen)
    return show_door(request, door, language, now, feeling_sent=True)


@in_language
@require_POST
@never_lost
@comes_back
@visiting
def end(request: HttpRequest, language: str, door: Door, now: datetime) -> HttpResponse:
    """Say what is erased and what is kept; then end the talk."""
    if isinstance(door.held, Card):
        return show_door(request, door, language, now)
    disclosure = door.held
    done = request.POST.get("do") == "end"
    if done:
        end_talk(disclosure, now)
    context = ending_context(disclosure, now) | {
        "done": done,
        "capsule": ""
        if done
        else Capsule(bytes(disclosure.locator or b""), door.identity).seal(now),
        "form_id": new_form(),
    }
    return page(request, "tell/end.html", context, rest="words/")


@in_language
@require_GET
def adult(request: HttpRequest, language: str) -> HttpResponse:
    """What an adult who found the page can do tonight."""
    return page(request, "tell/adult.html", {})


@in_language
@require_GET
def what_next(request: HttpRequest, language: str) -> HttpResponse:
    """What happens if social services or the police come in."""
    return page(request, "tell/next.html", {})
