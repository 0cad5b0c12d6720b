"""Read by Python at its start in a server under test, whose clock it lets the tests put forward.

CLOCK_FILE names a file that holds by how many seconds. Only what tells the time of day is moved, so
that nothing that merely waits wakes early.
"""

import os
import time
from pathlib import Path

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
