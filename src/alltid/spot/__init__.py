"""Recognises an offer in a message, and blame in a reply, and says why; plain Python."""

from .recogniser import Finding, Frame, Span, recognise

__all__ = ["Finding", "Frame", "Span", "recognise"]
