"""What validation says of a response."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fatal", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with a response, for whoever must mend it.

    `code` is one word of docs/questionnaire.md; `location` is a FHIRPath from the response's root,
    as in `QuestionnaireResponse.item[0].answer[1]`; `sentence` is English and whole.
    """

    severity: Severity
    code: str
    location: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing in a questionnaire that is refused or left unused: where it stands, and why."""

    path: str
    reason: str


class Refused(ValueError):
    """A questionnaire that cannot be asked here; `remarks` says where and why."""

    def __init__(self, remarks: list[Remark]) -> None:
        super().__init__(" ".join(f"{each.path}: {each.reason}" for each in remarks))
        self.remarks = remarks
