"""The page on which a member takes the whole case out, in two steps."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alltid.answer.documents import case_file
from alltid.answer.documents.case_file import About, CaseFile, Entry
from alltid.answer.documents.leaving import MustStay
from alltid.people.doors import StaffRequest, unlocked_required
from alltid.people.forms import StaffForm
from alltid.people.printing import NotPrinted

from .. import access
from ..access import OpenDisclosure
from ..casework.attempt import tried
from ..casework.events import MadeAs
from ..casework.taking_out import take_out
from ..casework.turn import Place
from ..guard import guarded
from .leaving import TYPES, Leaving, hand_out
from .whole import Whole, whole
from .whole import case_file as as_document

MARKS = {
    About.THIRD_PARTY: gettext_lazy("somebody else too"),
    About.CHILD: gettext_lazy("the child alone"),
    About.STAFF: gettext_lazy("those who work here"),
}


class TakeOutForm(StaffForm):
    """What for, what each entry tells of, and the second yes."""

    why = forms.CharField(
        label=gettext_lazy("What for"),
        help_text=gettext_lazy("Who asks for the case, and under which right."),
        max_length=500,
        error_messages={
            "required": gettext_lazy("The reason is missing. One sentence is enough."),
            "max_length": gettext_lazy("That is too long for a reason. Say it in a sentence."),
        },
    )
    seen = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("This page is not whole any more. Mark the entries again.")
        },
    )
    sure = forms.BooleanField(
        label=gettext_lazy(
            "I have looked at the marks. I take the whole case out, to be reviewed before anybody "
            "else gets it."
        ),
        required=False,
    )

    def __init__(self, whole: Whole, data: QueryDict | None = None) -> None:
        """Without data, the marks that nobody has looked at yet."""
        super().__init__(data, initial={"seen": whole.seen})
        self.whole = whole

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries as they are marked, as far as it was said."""
        marks, concerns = {}, {}
        for at in range(len(self.whole.entries)):
            if (mark := str(self.data.get(f"about-{at}", ""))) in set(About):
                marks[at] = About(mark)
            if f"concerns-{at}" in self.data:
                concerns[at] = str(self.data[f"concerns-{at}"])[:200]
        return self.whole.marked(marks, concerns)

    @property
    def stale(self) -> bool:
        """Whether something was added to the case after the page was made."""
        return str(self.data.get("seen", self.whole.seen)) != self.whole.seen


@require_http_methods(["GET", "POST"])
@guarded
@unlocked_required
def take_whole(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Mark the entries, then confirm, then have the file."""
    opened, now = access.open_disclosure(request.unlocked, pk), timezone.now()
    entries = whole(opened, now)
    try:
        Leaving(opened).require()
    except MustStay as stays:
        return _page(request, opened, TakeOutForm(entries), str(stays), 409, stays=True)
    if request.method == "GET":
        return _page(request, opened, TakeOutForm(entries))
    form = TakeOutForm(entries, request.POST)
    if form.stale:
        return _page(request, opened, TakeOutForm(entries), _stale(), 409)
    if not form.is_valid() or "again" in request.POST:
        return _page(request, opened, form, status=422 if form.errors else 200)
    if not form.cleaned_data["sure"]:
        if "paper" in request.POST or "file" in request.POST:
            return _confirm(request, opened, form, _not_sure(), 422)
        return _confirm(request, opened, form)
    return _give(request, opened, form, now)


def _not_sure() -> str:
    return _("Nothing was taken out. Tick that you have looked at the marks, then download.")


def _stale() -> str:
    return _(
        "Nothing was taken out: something was added to the case meanwhile. It stands below now. "
        "Mark the entries again."
    )


def _give(
    request: StaffRequest, opened: OpenDisclosure, form: TakeOutForm, now: datetime
) -> HttpResponse:
    made_as = MadeAs.FILE if "file" in request.POST else MadeAs.PAPER
    why = form.cleaned_data["why"]
    document = as_document(opened, form.entries, why, now)
    try:
        content = _written(opened, document, made_as)
    except NotPrinted:
        return _confirm(request, opened, form, _not_printed(), 503)
    place = Place(opened.unlocked, opened.disclosure, opened.case.sequence, now)
    if sentence := tried(partial(take_out, made_as=made_as, because=why), place):
        return _page(request, opened, form, sentence, 409)
    ending, content_type = TYPES[made_as]
    return hand_out(opened, content, f"{document.reference}.{ending}", content_type)


def _written(opened: OpenDisclosure, document: CaseFile, made_as: MadeAs) -> bytes:
    terms = Leaving(opened).terms_of_whole()
    if made_as is MadeAs.FILE:
        return case_file.write(document, terms).encode()
    return case_file.pdf(document, terms, get_language() or "en")


def _not_printed() -> str:
    return _(
        "The paper could not be made just now. Nothing was taken out, and your marks stand here. "
        "Try again in a minute, or take the file; if it stays so, tell whoever runs this "
        "installation."
    )


def _page(
    request: HttpRequest,
    opened: OpenDisclosure,
    form: TakeOutForm,
    sentence: str = "",
    status: int = 200,
    *,
    stays: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "thread": opened.disclosure.pk,
        "entries": enumerate(form.entries),
        "marks": MARKS.items(),
        "sentence": sentence,
        "stays": stays,
        "here": "inbox",
    }
    return render(request, "answer/reports/whole.html", context, status=status)


def _confirm(
    request: HttpRequest,
    opened: OpenDisclosure,
    form: TakeOutForm,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The second step: how many entries are marked as what, and the yes."""
    counts = [
        (name, sum(one.about is mark for one in form.entries)) for mark, name in MARKS.items()
    ]
    context = {
        "form": form,
        "thread": opened.disclosure.pk,
        "entries": enumerate(form.entries),
        "counts": counts,
        "sentence": sentence,
        "here": "inbox",
    }
    return render(request, "answer/reports/whole_confirm.html", context, status=status)
