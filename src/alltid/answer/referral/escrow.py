"""A key that lies ready for another team and opens only once that team has said yes.

The responder who asks seals the keys of talk and case to the other team's generation, for nobody of
their team may be there when it says yes. That envelope is sealed once more, to an identity that the
server makes from its pepper and the id of the referral, and makes only on a yes:

    shut = seal(server's identity, seal(team's generation, {"talk": …, "case": …}))

So neither a member of the other team with the whole database, nor whoever has put a key of their
own in that team's place, opens it before; a running server that is taken over can, together with
that member (docs/threat-model.md).
"""

import base64
from dataclasses import dataclass

from alltid.people.models import Team, TeamKey
from alltid.people.secrets import newest_pepper, pepper
from alltid.people.unlocking import Unlocked
from alltid.tell.models import Handing, KeyCopy
from alltid.tell.rotation import retire_empty_generations
from alltid.vault.envelope import Label, open_text, seal_text
from alltid.vault.errors import KeySubstituted
from alltid.vault.identity import Identity
from alltid.vault.kdf import keyed

from ..models import Case, CaseKeyCopy, Referral


@dataclass(frozen=True)
class Keys:
    """What opens a talk and what opens the case beside it."""

    talk: Identity
    case: Identity


@dataclass(frozen=True)
class Contents:
    """What a referral holds, opened: who asked, in which words, and the keys."""

    author: str
    text: str
    keys: Keys


def _server(referral: Referral) -> Identity:
    secret = pepper(referral.pepper_version)
    return Identity.from_bytes(keyed(secret, "referral", referral.pk.bytes))


def _label(kind: str, referral: Referral) -> Label:
    return Label(kind, str(referral.pk))


def seal(handing: Handing, contents: Contents, key: TeamKey) -> Referral:
    """A referral to the team of a generation; not saved."""
    version, _secret = newest_pepper()
    referral = Referral(handing=handing, team_key=key, pepper_version=version)
    _seal_into(referral, contents)
    return referral


def _seal_into(referral: Referral, contents: Contents) -> None:
    to, keys = [referral.team_key.recipient], contents.keys
    body = {"talk": keys.talk.reveal(), "case": keys.case.reveal()}
    inner = seal_text(_label("referred keys", referral), "", body, to)
    outer = {"sealed": base64.b64encode(inner).decode()}
    referral.shut = seal_text(_label("shut", referral), "", outer, [_server(referral).recipient])
    referral.words = seal_text(
        _label("referral", referral), contents.author, {"text": contents.text}, to
    )


def read_words(referral: Referral, unlocked: Unlocked) -> str:
    """What was written to the team that is asked; raises a VaultError."""
    return _words(referral, unlocked.team_identity(referral.team_key))[1]


def _words(referral: Referral, holder: Identity) -> tuple[str, str]:
    opened = open_text(bytes(referral.words), holder, _label("referral", referral))
    return opened.author, opened.body["text"]


def open_keys(referral: Referral, unlocked: Unlocked) -> Keys:
    """The keys, for a member who says yes.

    Raises PepperWrong and a VaultError, KeySubstituted where they are not those of talk and case.
    """
    keys = _open_keys(referral, unlocked.team_identity(referral.team_key))
    disclosure = referral.handing.disclosure
    case = Case.objects.get(disclosure=disclosure)
    if (keys.talk.recipient, keys.case.recipient) != (disclosure.recipient, case.recipient):
        raise KeySubstituted("These are not the keys of this talk and its case.")
    return keys


def _open_keys(referral: Referral, holder: Identity) -> Keys:
    outer = open_text(bytes(referral.shut), _server(referral), _label("shut", referral)).body
    inner = base64.b64decode(outer["sealed"])
    body = open_text(inner, holder, _label("referred keys", referral)).body
    return Keys(Identity(body["talk"]), Identity(body["case"]))


def reseal(referral: Referral, holder: Identity, key: TeamKey) -> None:
    """Seal a referral to another generation of the same team, when a member leaves it."""
    author, text = _words(referral, holder)
    contents = Contents(author, text, _open_keys(referral, holder))
    referral.team_key = key
    _seal_into(referral, contents)
    referral.save(update_fields=["team_key", "words", "shut"])


def hand_keys(case: Case, keys: Keys, handing: Handing, to: TeamKey) -> None:
    """Give the team that said yes its copies, and take from the others what they keep no more.

    The team that asked keeps the key of the talk where that was said, of the case never.
    """
    case.copies.all().delete()
    CaseKeyCopy.of(case, keys.case, to).save(force_insert=True)
    gone = [handing.receiving] if handing.keeps else [handing.receiving, handing.giving]
    disclosure = case.disclosure
    KeyCopy.objects.filter(disclosure=disclosure, team_key__team__in=gone).delete()
    KeyCopy.of(disclosure, keys.talk, team_key=to).save(force_insert=True)


def forget(handing: Handing, *teams: Team) -> None:
    """Let the words and the shut key go, and the generations of these teams that open no more."""
    Referral.objects.filter(handing=handing).delete()
    for team in teams:
        retire_empty_generations(team)
