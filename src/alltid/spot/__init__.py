"""Recognises an offer in a message, and blame in a reply, and says why; plain Python."""

from .blame import Flag, Flags, blame
from .recogniser import Finding, Frame, Span, recognise
from .threat import threatens

__all__ = ["Finding", "Flag", "Flags", "Frame", "Span", "blame", "recognise", "threatens"]
