"""What a child's form may hold. Nothing typed is refused but an empty or a too long message."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from alltid.web.pictures import cut_pictures

LONGEST = 10_000
ABOUT = ("me", "friend", "something_i_did", "dont_know")
NOW = ("okay", "not_safe", "threatened", "dont_know")
AGE = ("under_10", "10_12", "13_15", "16_17")
_ACUTE = ("not_safe", "threatened")


def _chosen(data: QueryDict, name: str, allowed: tuple[str, ...]) -> str:
    value = data.get(name, "")
    return value if value in allowed else ""


@dataclass(frozen=True)
class TellForm:
    """One message as it was sent: the words, the taps, and what was cut out of it."""

    text: str
    rest: str = ""
    about: str = ""
    now: str = ""
    age: str = ""
    linked: bool = False
    do: str = "send"
    form_id: str = field(default="", repr=False)
    capsule: str = field(default="", repr=False)
    pictures_cut: bool = False

    @classmethod
    def read(cls, request: HttpRequest) -> "TellForm":
        """Read a POST; pictures are cut out of the text, file parts were skipped unread."""
        data = request.POST
        text, cut = cut_pictures(data.get("text", "").replace("\r\n", "\n"))
        rest, cut_rest = cut_pictures(data.get("rest", "").replace("\r\n", "\n"))
        return cls(
            text=text,
            rest=rest,
            about=_chosen(data, "about", ABOUT),
            now=_chosen(data, "now", NOW),
            age=_chosen(data, "age", AGE),
            linked=data.get("linked") == "1",
            do=data.get("do", "send"),
            form_id=data.get("id", ""),
            capsule=data.get("capsule", ""),
            pictures_cut=bool(cut or cut_rest or getattr(request, "pictures_skipped", False)),
        )

    @property
    def acute(self) -> bool:
        """Whether the child tapped that they are not safe or are threatened."""
        return self.now in _ACUTE

    @property
    def error(self) -> str | None:
        """`empty`, `long`, or None; a single word is enough, and so is a single tap."""
        if len(self.text) > LONGEST:
            return "long"
        if not (self.text.strip() or self.about or self.now or self.age or self.pictures_cut):
            return "empty"
        return None

    def body(self) -> dict[str, Any]:
        """What is sealed; the receipt is made from it."""
        return {
            "text": self.text,
            "about": self.about,
            "now": self.now,
            "age": self.age,
            "linked": self.linked,
        }

    def kept(self) -> dict[str, Any]:
        """What a page shows again, with what did not fit in a field of its own."""
        text, rest = self.text, self.rest
        if len(text) > LONGEST:
            cut = max(
                text.rfind(" ", LONGEST // 2, LONGEST), text.rfind("\n", LONGEST // 2, LONGEST)
            )
            cut = cut + 1 if cut > 0 else LONGEST
            text, rest = text[:cut], text[cut:] + (f"\n{rest}" if rest else "")
        return {
            "text": text,
            "rest": rest,
            "about": self.about,
            "now": self.now,
            "age": self.age,
            "linked": self.linked,
            "pictures_cut": self.pictures_cut,
        }
