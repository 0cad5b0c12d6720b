"""The static files as they are served: the child's script pressed small, all compressed and named
by what they hold."""

import re
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage


def press_script(script: str) -> str:
    """Give the same script without comments and indentation; every line stays a line."""
    script = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", script).strip() + "\n"


class PressedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Presses what a child's telephone waits for on a slow line."""

    def _save(self, name: str, content: "File[bytes]") -> Any:
        # Under its plain name and, from its source again, under the one with its hash.
        if PurePath(name).match("child.*js"):
            content.seek(0)
            content = ContentFile(press_script(content.read().decode()).encode(), name)
        return super()._save(name, content)
