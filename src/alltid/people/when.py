"""How a moment is said: to a child "Tuesday at 8", to a colleague "in 42 min"."""

from datetime import datetime

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def clock(moment: datetime) -> str:
    """The hour, with minutes only where there are any: "8", "14:30"."""
    return f"{moment.hour}:{moment.minute:02}" if moment.minute else f"{moment.hour}"


def spoken(moment: datetime, now: datetime) -> str:
    """A moment within a week by its day's name, a later one by its date; the active language.

    moment: aware, already in the zone it is said in.
    """
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    words = {"time": clock(moment), "day": str(WEEKDAYS[moment.weekday()])}
    if days == 0:
        return _("today at %(time)s") % words
    if days == 1:
        return _("tomorrow at %(time)s") % words
    if 1 < days < 7:
        return _("%(day)s at %(time)s") % words
    return _("%(date)s at %(time)s") % {"date": spoken_day(moment), "time": clock(moment)}


def spoken_day(moment: datetime) -> str:
    """A date as it is said: "11 August"."""
    return formats.date_format(moment, "j F")


def spoken_date(moment: datetime) -> str:
    """A date that may be years away: "11 August 2031"."""
    return formats.date_format(moment, "j F Y")


def spoken_term(months: int) -> str:
    """A length of time as it is said: "5 years", "18 months"."""
    if months % 12:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": months // 12}


def time_left(due: datetime, now: datetime) -> str:
    """The time until a promise, or since it was broken, in the largest fitting unit."""
    minutes = round((due - now).total_seconds() / 60)
    size = abs(minutes)
    if size < 60:
        amount = ngettext("%(n)s min", "%(n)s min", size) % {"n": size}
    elif size < 48 * 60:
        amount = ngettext("%(n)s h", "%(n)s h", size // 60) % {"n": size // 60}
    else:
        days = size // (24 * 60)
        amount = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return (
        _("late by %(amount)s") % {"amount": amount}
        if minutes < 0
        else (_("in %(amount)s") % {"amount": amount})
    )
