"""No pictures, ever: file parts are skipped unread, pictures pasted as text are cut out."""

import re
from typing import Any, NoReturn

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

# Shorter than this it is no picture that anybody could see something on.
SHORTEST = 200

_ALPHABET = "A-Za-z0-9+/"
# How a file of each kind begins once it is written in base64 (RFC 4648).
_BEGINNINGS = (
    "/9j/[w-z0-9+/]",  # JPEG: FF D8 FF, then a marker from C0
    "iVBORw0KGgo",  # PNG: 89 "PNG" 0D 0A 1A 0A
    "R0lGOD",  # GIF: "GIF8"
    "UklGR[g-v]",  # WebP and its kin: "RIFF"
    "AAAA.[GWm2]Z0eX[AB]",  # HEIC, MP4: a box of less than 256 bytes, "ftyp", a letter or digit
    "JVBERi",  # PDF: "%PDF"
    "UEsDB",  # ZIP: "PK" 03 04
)
_START = re.compile(
    r"(?P<named>[Dd]ata:(?:image|video|application)/[^,\s]{0,100},)|" + "|".join(_BEGINNINGS)
)
_LINE = re.compile(rf"[{_ALPHABET}]*={{0,2}}")
_NEXT_LINE = re.compile(rf"[ \t>]*\r?\n[ \t>]*([{_ALPHABET}]+={{0,2}})")
# What a line of a picture looks like and a word on a line of its own does not.
_MIXED = re.compile(r".*=|(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9+/]).*")
_LONGER_THAN_WORDS = 40


class SkipEveryFile(FileUploadHandler):
    """Skips each file part before a byte of it is kept, and notes it on the request."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse the file; the fields beside it are read as usual."""
        self.request.pictures_skipped = True  # type: ignore[union-attr]
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never comes to this."""

    def file_complete(self, file_size: int) -> None:
        """Never comes to this."""


def _end_of_picture(text: str, begin: int) -> tuple[int, int]:
    """Where base64 that begins here ends, in one line or broken into lines, and its length."""
    end = begin
    if first := _LINE.match(text, begin):
        end = first.end()
    length = width = end - begin
    while following := _NEXT_LINE.match(text, end):
        line, wrapped = following[1], length > width
        if len(line) != width and not (
            _MIXED.fullmatch(line) and (wrapped or len(line) >= _LONGER_THAN_WORDS)
        ):
            break
        end, length = following.end(), length + len(line)
        if len(line) < width:
            break
        width = len(line)
    return end, length


def cut_pictures(text: str) -> tuple[str, int]:
    """Give the text without the pictures that were pasted into it, and how many there were.

    A picture is at least SHORTEST characters of base64, standard or URL-safe, that begin as a
    JPEG, PNG, GIF, WebP, HEIC, MP4, PDF or ZIP file does or follow `data:image/…,`. Linear time.
    """
    standard = text.replace("-", "+").replace("_", "/")
    kept: list[str] = []
    here = look = count = 0
    while found := _START.search(standard, look):
        begin = found.end() if found["named"] else found.start()
        end, length = _end_of_picture(standard, begin)
        if length >= SHORTEST:
            kept.append(text[here : found.start()])
            here, count = end, count + 1
        look = end
    if not count:
        return text, 0
    kept.append(text[here:])
    return "".join(kept), count
