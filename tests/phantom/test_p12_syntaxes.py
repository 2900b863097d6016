"""P12, G14: the same pixels through every transfer syntax Caliper reads; lossless ones to the bit."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.made import written
from viewer_app.imaging.pixels import shutdown
from viewer_app.imaging.pixels.codecs import CODECS
from viewer_app.imaging.pixels.door import NATIVE
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.encoders import EXTENDED, LOSSLESS, RLE, SV1
from viewer_app.phantom.syntaxes import (
    LARGEST_ERROR,
    LOSSLESS_SYNTAXES,
    LOSSY_SYNTAXES,
    NATIVE_SYNTAXES,
    in_syntax,
    pixels,
)


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    shutdown()


def test_every_syntax_the_product_reads_is_here() -> None:
    assert set(NATIVE_SYNTAXES) == NATIVE
    compressed = {*LOSSLESS_SYNTAXES, *LOSSY_SYNTAXES} - NATIVE
    assert compressed == set(CODECS)
    assert set(LOSSY_SYNTAXES) == {syntax for syntax, codec in CODECS.items() if codec.is_lossy}


@pytest.mark.parametrize("syntax", LOSSLESS_SYNTAXES)
def test_lossless_is_equal_to_the_bit(tmp_path: Path, syntax: str) -> None:
    with written(tmp_path, [in_syntax(syntax)]) as study:
        (series,) = study.series
        assert series.instances[0].transfer_syntax_uid == syntax
        stored = series.image(0).stored
    assert stored.dtype == np.uint16
    np.testing.assert_array_equal(stored, pixels())


@pytest.mark.parametrize("syntax", LOSSY_SYNTAXES)
def test_lossy_stays_within_its_error(tmp_path: Path, syntax: str) -> None:
    with written(tmp_path, [in_syntax(syntax)]) as study:
        (series,) = study.series
        assert series.instances[0].details["LossyImageCompression"] == "01"
        stored = series.image(0).stored.astype(int)
    assert 0 < np.abs(stored - pixels(syntax)).max() <= LARGEST_ERROR[syntax]


# What DCMTK's dcmdjpeg reads: baseline to lossless JPEG; RLE by dcmdrle.
ORACLES = {LOSSLESS: "dcmdjpeg", SV1: "dcmdjpeg", EXTENDED: "dcmdjpeg", RLE: "dcmdrle"}


@pytest.mark.parametrize("syntax", ORACLES)
def test_dcmtk_reads_the_same(tmp_path: Path, syntax: str) -> None:
    tool = shutil.which(ORACLES[syntax])
    if tool is None:
        pytest.skip(f"{ORACLES[syntax]} (DCMTK) is not installed")
    (path,) = write_series(tmp_path, [in_syntax(syntax)])
    subprocess.run([tool, str(path), str(tmp_path / "native.dcm")], check=True, capture_output=True)
    theirs = pydicom.dcmread(tmp_path / "native.dcm").pixel_array.astype(int)
    assert np.abs(theirs - pixels(syntax)).max() <= LARGEST_ERROR.get(syntax, 0)
