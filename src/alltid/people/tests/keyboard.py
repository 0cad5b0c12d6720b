"""Somebody at the keyboard of a command: answers each question when it is asked."""

import io
import re
from collections.abc import Callable

import pyotp
import pytest
from django.core.management import call_command


class Keyboard(io.TextIOBase):
    """Standard input that reads the question on the screen before it answers.

    answers: the beginning of a question, and its answer, or several in turn, or what makes one
    from the question; the input ends (as when somebody leaves) at a question that is not there.
    """

    def __init__(self, answers: dict[str, str | list[str] | Callable[[str], str]]) -> None:
        self.screen = io.StringIO()
        self.answers = answers
        self.asked: list[str] = []

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Answer the question that stands on the last line of the screen."""
        question = self.screen.getvalue().splitlines()[-1]
        self.asked.append(question)
        for beginning, answer in self.answers.items():
            if question.startswith(beginning):
                if isinstance(answer, list):
                    answer = answer.pop(0) if answer else ""
                line = f"{answer(question) if callable(answer) else answer}\n"
                self.screen.write(line)  # as a terminal shows what is typed
                return line
        return ""

    def type(self, monkeypatch: pytest.MonkeyPatch, *command: str) -> str:
        """Run a command with this keyboard; what stands on the screen at the end."""
        monkeypatch.setattr("sys.stdin", self)
        call_command(*command, stdout=self.screen)
        return self.screen.getvalue()

    def passphrase(self) -> str:
        """The passphrase that stands on the screen, as the person writes it down."""
        return self._after("passphrase")

    def app(self, _question: str = "") -> str:
        """What an app shows now that was given the secret on the screen."""
        return pyotp.TOTP(self._after("authenticator app").replace(" ", "")).now()

    def _after(self, label: str) -> str:
        found = re.search(rf"{label}\s+(\S.*)", self.screen.getvalue())
        assert found, f"There is no {label} on the screen."
        return found[1].strip()
