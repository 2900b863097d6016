"""H17, H18: pixels whose transfer syntax is not named are read as the data set around them is written, with a doubt."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmwrite
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.made import image
from viewer_app import scripting

STORED = np.arange(16, dtype=np.uint16).reshape(4, 4) * 255
UNNAMED = "The file does not say how its pixels are stored; they are read as uncompressed."


def bare(syntax: str) -> bytes:
    """An image as a data set alone: no preamble, no file meta."""
    made: Any = image(1)
    is_big = syntax == ExplicitVRBigEndian
    made.PixelData = STORED.astype(">u2" if is_big else "<u2").tobytes()
    made["PixelData"].VR = "OW"
    stream = io.BytesIO()
    dcmwrite(
        stream, Dataset(dict(made.items())), implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=not is_big
    )
    return stream.getvalue()


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_each_native_form_is_read_as_it_is_written(tmp_path: Path, syntax: str) -> None:
    (tmp_path / "bare.dcm").write_bytes(bare(syntax))
    with scripting.open_study(tmp_path / "bare.dcm") as study:
        volume = study.series[0].volume()
    assert np.array_equal(volume.stored_values[0], STORED)
    assert volume.doubts == {0: (UNNAMED,)}


def test_a_named_one_leaves_no_doubt(tmp_path: Path) -> None:
    image(1).save_as(tmp_path / "named.dcm", enforce_file_format=True)
    with scripting.open_study(tmp_path / "named.dcm") as study:
        assert study.series[0].volume().doubts == {}
