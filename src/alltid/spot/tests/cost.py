"""What a text costs the processor, for the tests that hold it to grow with its length."""

import gc
import time
from collections.abc import Callable


def cost(call: Callable[[str], object], piece: str, length: int) -> float:
    """Seconds of the processor for `length` characters of a repeated piece: the least of three.

    What else runs on the machine, and what the collector of a whole test run does, is not counted.
    """
    text = (piece * (length // len(piece) + 1))[:length]
    took = []
    gc.disable()
    try:
        for _again in range(3):
            began = time.process_time()
            call(text)
            took.append(time.process_time() - began)
    finally:
        gc.enable()
    return min(took)
