"""Read by Python at its start in a server under test: what the tests can do inside of it.

CLOCK_FILE names a file that holds by how many seconds its clock is ahead. Only what tells the time
of day is moved, so that nothing that merely waits wakes early.

FAULT_FILE names a file whose text, if there is one, makes every writing of JSON fail that holds
it, with all of what was to be written in the exception: the worst that a fault can say.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

if "CLOCK_FILE" in os.environ:
    from datetime import datetime, timedelta

    from django.utils import timezone

    _clock, _time, _now = Path(os.environ["CLOCK_FILE"]), time.time, timezone.now

    def _ahead() -> float:
        return float(_clock.read_text())

    def _later() -> float:
        return _time() + _ahead()

    def _then() -> datetime:
        return _now() + timedelta(seconds=_ahead())

    time.time, timezone.now = _later, _then

if "FAULT_FILE" in os.environ:
    _fault, _dumps = Path(os.environ["FAULT_FILE"]), json.dumps

    def _breaks(*args: Any, **kwargs: Any) -> str:
        text = _dumps(*args, **kwargs)
        if _fault.exists() and _fault.read_text() in text:
            raise RuntimeError(f"This cannot be written: {text}")
        return text

    json.dumps = _breaks
