"""The Django application answer."""

from django.apps import AppConfig


class AnswerConfig(AppConfig):
    """The answer package."""

    name = "alltid.answer"
