"""The ordinary `age` command, which knows nothing of this project."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from alltid.vault.identity import Identity


def opened_by_age(
    sealed: bytes, identity: Identity, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run `age -d` on an age file with an identity. CI has the command; elsewhere it may lack."""
    age = shutil.which("age")
    if age is None:
        why = "The command age is not here (Debian's package age), so nothing was opened by it."
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    key, file = folder / "key", folder / "sealed.age"
    key.write_text(identity.reveal())
    file.write_bytes(sealed)
    return subprocess.run(
        [age, "-d", "-i", str(key), str(file)], capture_output=True, encoding="utf-8", check=False
    )
