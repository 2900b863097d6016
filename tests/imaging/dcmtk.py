"""DCMTK's dcm2pnm as the second opinion on greys: another reading of PS3.3 C.11, in another language."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray


def greys(file: Path, *options: str, bits: int = 8) -> NDArray[np.uint16]:
    """The image as DCMTK shows it, (rows, columns), 0 to 2 ** bits - 1; the test is skipped without DCMTK."""
    program = shutil.which("dcm2pnm")
    if program is None:
        pytest.skip("DCMTK's dcm2pnm is not installed")
    # +opn writes plain text: the grey values after width, height and the largest grey.
    target = file.with_suffix(".pgm")
    subprocess.run(
        [program, "-O", *options, "+opn", str(bits), str(file), str(target)], check=True, capture_output=True
    )
    words = [word for line in target.read_text().splitlines() if not line.startswith("#") for word in line.split()]
    columns, rows, largest = (int(word) for word in words[1:4])
    assert (words[0], largest) == ("P2", (1 << bits) - 1)
    return np.array(words[4:], dtype=np.uint16).reshape(rows, columns)
