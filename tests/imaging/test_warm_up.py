"""What is on show is compiled first."""

import subprocess
import sys

_ASK_BEFORE = """
import numpy as np
from viewer_app.imaging.sampler import engine, plain
assert engine.sampler_for(np.zeros((1, 1, 1), np.uint8)) is plain
engine.warm_up().join()
print(*engine._ready)
"""


def test_what_is_on_show_is_compiled_first() -> None:
    """A clip of 8 bits does not wait for the kinds of CT."""
    told = subprocess.run([sys.executable, "-c", _ASK_BEFORE], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["uint8", "int16", "uint16", "float32"]
