"""What staff type into: the way in, one's own settings, a team's hours and people."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alltid.web.context import own_names

from .models import Membership, Team, User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A promise in open minutes: not sooner than anybody can read, not later than a week's work.
_SOONEST, _LATEST = 15, 2400
# Where the team telephones when a child is in danger.
_NUMBERS = ("municipality", "social_number", "social_hours", "night_number")


def day_name(number: int) -> str:
    """A weekday as a line begins with it, Monday being 0, in the active language."""
    return str(WEEKDAYS[number]).capitalize()


class StaffForm(forms.Form):
    """A form whose errors are sentences and whose fields the browser does not judge."""

    use_required_attribute = False
    # What an old form gives back typed when it has to be offered anew.
    keeps: tuple[str, ...] = ()


def _code(label: "StrOrPromise", hint: "StrOrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        error_messages={
            "required": gettext_lazy(
                "The six-digit code is missing. Your authenticator app shows it."
            )
        },
        widget=forms.TextInput(
            attrs={"class": "code", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )


def _passphrase(label: "StrOrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=gettext_lazy("Five words. Capitals, spaces and hyphens do not matter."),
        error_messages={"required": gettext_lazy("The passphrase is missing. It is five words.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SignInForm(StaffForm):
    """Name, passphrase and code, all three at once."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        error_messages={"required": gettext_lazy("Your name is missing.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    passphrase = _passphrase(gettext_lazy("Passphrase"))
    code = _code(
        gettext_lazy("Six-digit code"), gettext_lazy("From the authenticator app on your phone.")
    )


class InvitationCodeForm(StaffForm):
    """The code that a colleague told."""

    code = forms.CharField(
        label=gettext_lazy("Invitation code"),
        help_text=gettext_lazy("Twelve letters and digits, told to you by a colleague."),
        error_messages={
            "required": gettext_lazy("The code is missing. A colleague gives it to you.")
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class OfferForm(StaffForm):
    """Confirms new secrets: the words are written down, the app shows the right code."""

    offer = forms.CharField(widget=forms.HiddenInput)
    code = _code(
        gettext_lazy("The code that the app shows now"),
        gettext_lazy("Six digits. This is how we know that the app works."),
    )
    kept = forms.BooleanField(
        label=gettext_lazy(
            "I have written down the five words and keep them where only I can see."
        ),
        error_messages={
            "required": gettext_lazy("Write the five words down first, then tick this.")
        },
    )


_NAMELESS = {"required": gettext_lazy("Children want to know who reads. Write a first name.")}
_NO_ADDRESS = {
    "invalid": gettext_lazy("That is not an e-mail address. Correct it or leave it empty.")
}


class NewAccountForm(OfferForm):
    """A new member's names and language, with the confirmed secrets."""

    name = forms.CharField(
        label=gettext_lazy("Name to sign in with"),
        max_length=60,
        error_messages={"required": gettext_lazy("Choose a name to sign in with.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        help_text=gettext_lazy("Children see it: “Bo and Lo read this.”"),
        max_length=40,
        error_messages=_NAMELESS,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address for notices"),
        help_text=gettext_lazy(
            "You may leave it empty. Notices say that something waits, never what."
        ),
        required=False,
        error_messages=_NO_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["offer", "name", "first_name", "email", "code", "kept"]
    keeps = ("name", "first_name", "email")

    def clean_name(self) -> str:
        """A name that nobody signs in with yet."""
        name: str = self.cleaned_data["name"].strip()
        if User.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(
                _("Somebody signs in with that name already. Choose another.")
            )
        return name


class NewPassphraseForm(StaffForm):
    """Proves who changes the passphrase; the new one lies in the offer."""

    offer = forms.CharField(widget=forms.HiddenInput)
    passphrase = _passphrase(gettext_lazy("The passphrase you have now"))
    code = _code(
        gettext_lazy("Six-digit code"), gettext_lazy("From the authenticator app on your phone.")
    )
    kept = forms.BooleanField(
        label=gettext_lazy(
            "I have written down the five new words and keep them where only I can see."
        ),
        error_messages={
            "required": gettext_lazy("Write the five words down first, then tick this.")
        },
    )


class NewCodeForm(StaffForm):
    """Proves who changes the second factor, and that the new one works."""

    offer = forms.CharField(widget=forms.HiddenInput)
    passphrase = _passphrase(gettext_lazy("Your passphrase"))
    code = _code(
        gettext_lazy("The code of the old entry"), gettext_lazy("The one you sign in with today.")
    )
    new_code = _code(
        gettext_lazy("The code of the new entry"),
        gettext_lazy("Six digits. This is how we know that the app works."),
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # only subscriptable in stubs
    """What a member may change about themselves at once."""

    use_required_attribute = False

    class Meta:
        model = User
        fields = ["first_name", "email", "language"]
        labels = {
            "first_name": gettext_lazy("First name"),
            "email": gettext_lazy("E-mail address for notices"),
            "language": gettext_lazy("Language of these pages"),
        }
        help_texts = {
            "first_name": gettext_lazy("Children see it."),
            "email": gettext_lazy("Notices say that something waits, never what."),
        }
        error_messages = {"first_name": _NAMELESS, "email": _NO_ADDRESS}
        widgets = {"language": forms.Select(choices=own_names().items(), attrs={"class": "short"})}


def _day(label: "StrOrPromise") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        error_messages={"invalid": gettext_lazy("That is not a day. Write it as 2026-08-10.")},
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )


class AwayForm(StaffForm):
    """The first and the last day away; both empty means here."""

    first = _day(gettext_lazy("First day away"))
    last = _day(gettext_lazy("Last day away"))

    @classmethod
    def of(cls, membership: Membership, data: Any = None) -> "AwayForm":
        """The form that begins with the absence a membership has."""
        zone = ZoneInfo(membership.team.timezone)
        initial = {}
        if membership.away_from and membership.away_until:
            initial["first"] = membership.away_from.astimezone(zone).date()
            end = membership.away_until.astimezone(zone).date()
            initial["last"] = date.fromordinal(end.toordinal() - 1)
        return cls(data, initial=initial, prefix=membership.team.slug)

    def clean(self) -> dict[str, Any]:
        """Both days or none, in order."""
        held = super().clean() or {}
        first, last = held.get("first"), held.get("last")
        if not self.errors and (first is None) != (last is None):
            raise forms.ValidationError(_("Write both days, or leave both empty."))
        if first and last and last < first:
            raise forms.ValidationError(_("The last day is before the first. Change one of them."))
        return held

    def apply(self, membership: Membership) -> None:
        """Note the absence, from the first midnight to the one after the last day."""
        zone = ZoneInfo(membership.team.timezone)
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        membership.away_from = datetime.combine(first, time.min, zone) if first else None
        membership.away_until = (
            datetime.combine(date.fromordinal(last.toordinal() + 1), time.min, zone)
            if last
            else None
        )
        membership.save(update_fields=["away_from", "away_until"])


class InviteForm(StaffForm):
    """What the new member will do."""

    role = forms.ChoiceField(
        label=gettext_lazy("What they will do"),
        choices=Membership.Role.choices,
        widget=forms.Select(attrs={"class": "short"}),
    )


def _minutes(label: "StrOrPromise") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=gettext_lazy("Counted in open hours only. Promise what you can keep."),
        min_value=_SOONEST,
        max_value=_LATEST,
        error_messages={
            name: gettext_lazy("Write a number of minutes, from 15 to 2400.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
        widget=forms.NumberInput(attrs={"class": "short"}),
    )


def _telephone(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.RegexField:
    wrong = gettext_lazy(
        "That is no telephone number. Write digits and spaces, such as 08-465 004 01."
    )
    return forms.RegexField(
        r"^\+?[\d][\d /()-]{1,28}$",
        label=label,
        help_text=help_text,
        required=False,
        max_length=30,
        error_messages={"invalid": wrong, "max_length": wrong},
        widget=forms.TextInput(attrs={"class": "short", "type": "tel", "autocomplete": "off"}),
    )


class HoursForm(StaffForm):
    """A team's week, the days without readers, who reads then, how soon, and whom it telephones."""

    closures = forms.CharField(
        label=gettext_lazy("Days without readers"),
        help_text=gettext_lazy(
            "One stretch a line: 2026-06-20 to 2026-08-10. Public holidays are known already."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    reads_within = _minutes(gettext_lazy("Minutes to a first reading"))
    acute_within = _minutes(gettext_lazy("Minutes to a first reading, when a child is not safe"))
    cover = forms.ModelChoiceField(
        label=gettext_lazy("Cover team"),
        help_text=gettext_lazy("It takes over when you are late or shut."),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.Select(attrs={"class": "short"}),
        empty_label=gettext_lazy("none yet"),
    )

    municipality = forms.CharField(
        label=gettext_lazy("Municipality"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("Write it in at most 60 letters.")},
    )
    social_number = _telephone(gettext_lazy("Social services, in the day"))
    social_hours = forms.CharField(
        label=gettext_lazy("They answer Monday to Friday"),
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "placeholder": "08:00-16:30"}),
    )
    night_number = _telephone(gettext_lazy("Social services in an emergency, at all other times"))

    def __init__(self, team: Team, data: QueryDict | None = None) -> None:
        """Begin with what the team has."""
        self.team = team
        initial: dict[str, Any] = {
            "closures": "\n".join(f"{first} to {last}" for first, last in team.closures),
            "cover": team.cover_id,
            "reads_within": team.reads_within,
            "acute_within": team.acute_within,
        } | {name: getattr(team, name) for name in _NUMBERS}
        for number in range(7):
            initial[f"day{number}"] = ", ".join(
                f"{begin}-{end}" for begin, end in team.opening.get(str(number), ())
            )
        super().__init__(data, initial=initial)
        self.fields["cover"].queryset = Team.objects.exclude(pk=team.pk)  # type: ignore[attr-defined]
        for number in range(7):
            self.fields[f"day{number}"] = forms.CharField(
                label=day_name(number),
                required=False,
                widget=forms.TextInput(attrs={"class": "short", "placeholder": "–"}),
            )

    def days(self) -> list[forms.BoundField]:
        """The seven weekday fields, Monday first."""
        return [self[f"day{number}"] for number in range(7)]

    def clean(self) -> dict[str, Any]:
        """Read every stretch; say which line cannot be read."""
        held = super().clean() or {}
        held["opening"] = {}
        for number in range(7):
            stretches = [part for part in held.get(f"day{number}", "").split(",") if part.strip()]
            try:
                read = [_stretch(part) for part in stretches]
            except ValueError:
                self.add_error(
                    f"day{number}",
                    _("%(day)s cannot be read. Write it as 08:00-16:00, or leave it empty.")
                    % {"day": day_name(number)},
                )
            else:
                if read:
                    held["opening"][str(number)] = read
        try:
            held["closed"] = [
                _closure(line) for line in held.get("closures", "").splitlines() if line.strip()
            ]
        except ValueError:
            self.add_error(
                "closures",
                _(
                    "One of the lines cannot be read. Write the first and the last day: "
                    "2026-06-20 to 2026-08-10."
                ),
            )
        try:
            held["social_hours"] = "-".join(_stretch(held.get("social_hours") or "08:00-16:30"))
        except ValueError:
            self.add_error("social_hours", _("That cannot be read. Write it as 08:00-16:30."))
        return held

    def apply(self) -> None:
        """Give the team these hours and this cover."""
        self.team.opening = self.cleaned_data["opening"]
        self.team.closures = self.cleaned_data["closed"]
        plain = ("cover", "reads_within", "acute_within", *_NUMBERS)
        for name in plain:
            setattr(self.team, name, self.cleaned_data[name])
        self.team.save(update_fields=["opening", "closures", *plain])


def _stretch(text: str) -> list[str]:
    begin, end = (time.fromisoformat(part.strip()) for part in text.replace("–", "-").split("-"))
    if begin >= end:
        raise ValueError("ends before it begins")
    return [begin.strftime("%H:%M"), end.strftime("%H:%M")]


def _closure(line: str) -> list[str]:
    days = [date.fromisoformat(part) for part in line.split() if part[0].isdigit()]
    if len(days) == 1:
        days *= 2
    first, last = days
    if first > last:
        raise ValueError("ends before it begins")
    return [first.isoformat(), last.isoformat()]
