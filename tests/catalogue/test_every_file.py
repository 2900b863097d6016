"""Every file of the real cases, each alone: shown as an independent reader reads it, or told in the expected words."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset

from tests import cases
from tests.catalogue import oracle
from viewer_app.errors import CaliperError, NothingToShow
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.objects import object_name
from viewer_app.imaging.pixels import shutdown
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.progress import Watch
from viewer_app.sources import FolderSource
from viewer_app.sources.loading import load

pytestmark = [pytest.mark.real_data]


# No DICOM: licences, notes, tables, pictures and archives that lie beside the cases.
_BESIDE = re.compile(r"(LICENSE|README)(\.\w+)?|.*\.(txt|json|dump|png|icc|gz|zip)")
_DIRECTORY = re.compile(r"DICOMDIR.*|DIRFILE")

# What is not shown, and the words that say why.
REFUSED = {
    "chrJapMulti.dcm": "ends before the pixels its header announces",
    "chrJapMultiExplicitIR6.dcm": "ends before the pixels its header announces",
    "chrKoreanMulti.dcm": "ends before the pixels its header announces",
    "chrSQEncoding.dcm": "no SOP Instance UID",
    "chrSQEncoding1.dcm": "no SOP Instance UID",
    "GDCMJ2K_TextGBR.dcm": "wrapped in a JP2 file",
    "JPEG2000-embedded-sequence-delimiter.dcm": "head of the compressed frame is broken",
    "MR_truncated.dcm": "only 8130 are there",
    "UN_sequence.dcm": "no SOP Instance UID",
    "empty_charset_LEI.dcm": "no SOP Instance UID",
    "meta_missing_tsyntax.dcm": "no SOP Instance UID",
    "nested_priv_SQ.dcm": "no SOP Instance UID",
    "no_meta.dcm": "not DICOM",
    "no_meta_group_length.dcm": "no SOP Instance UID",
    "priv_SQ.dcm": "no SOP Instance UID",
    "JLSL_RGB_ILV0.dcm": "no SOP Instance UID",
    "JLSL_RGB_ILV1.dcm": "no SOP Instance UID",
    "JLSL_RGB_ILV2.dcm": "no SOP Instance UID",
    "JLSN_RGB_ILV0.dcm": "no SOP Instance UID",
    "emri_small_jpeg_2k_lossless_too_short.dcm": "breaks off inside its compressed pixels",
}

# A folder of images of which somebody has left only the names.
_WITHOUT_PIXELS = "TINY_ALPHA"

# Where no second reader is right: a palette of 16 bits in a big endian file. Their little endian twins are compared.
NO_ORACLE = oracle.WRONG
# Lossy colours by two ways from YCbCr to RGB may be one step apart.
ROUNDED = frozenset({"1.2.840.10008.1.2.4.50"})
# A lossy frame whose values leave the twelve stored bits: ours end there, pydicom's do not.
OVERSHOOT = "jpeg2000-multiframe-multifragments.dcm"

CASES = sorted(path.name for path in cases.folder().glob("*/")) if cases.folder().is_dir() else []


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    yield
    shutdown()


@dataclass
class Outcome:
    """What became of one file: volumes, names of objects that are no images, and sentences."""

    volumes: list[Volume]
    others: list[str]
    told: list[str]


def outcome(path: Path) -> Outcome:
    """Open one file as the viewer does, to the last frame."""
    source = FolderSource(path)
    try:
        listing = source.find(Watch())
    except NothingToShow as error:
        return Outcome([], [], [str(error)])
    found = Outcome([], [], [problem.why for problem in listing.problems])
    for study in listing.studies:
        for series in study.series:
            stacks = stacks_of(series)
            shown = {image.sop_instance_uid for stack in stacks for image in stack.images}
            found.others += [object_name(one) for one in series.instances if one.sop_instance_uid not in shown]
            for stack in stacks:
                try:
                    volume = Volume(stack)
                    load(source, volume, Watch())
                except CaliperError as error:
                    found.told.append(str(error))
                    continue
                found.told += volume.failed.values()
                found.volumes.append(volume)
    return found


@pytest.mark.parametrize("name", CASES or ["any"])
@pytest.mark.filterwarnings("ignore")
def test_every_file_of(name: str) -> None:
    root = cases.case(name)
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # the oracle may warn, the product may not
            found = outcome(path)
        if _BESIDE.fullmatch(path.name):
            assert "not DICOM" in found.told[0], path.name
        elif _DIRECTORY.fullmatch(path.name):
            assert (found.volumes, found.others) == ([], []), path.name
        elif words := _words(path):
            assert found.told, path.name
            assert all(words in sentence for sentence in found.told), (path.name, found.told)
        else:
            assert found.told == [], path.name
            assert found.volumes or found.others, path.name
        if found.volumes:
            _compare(found.volumes, path)


def _words(path: Path) -> str:
    """Why the file is not shown; "" where it must be."""
    return "says nothing of pixels" if _WITHOUT_PIXELS in path.parts else REFUSED.get(path.name, "")


def _compare(volumes: list[Volume], path: Path) -> None:
    """Stored values, modality values and places of every frame that is shown, against the oracle's."""
    dataset = oracle.dataset(path)
    theirs = oracle.stored(path, dataset)
    if theirs is None:
        assert path.name in NO_ORACLE or path.name in REFUSED, path.name
        return
    if path.name == OVERSHOOT:
        theirs = np.minimum(theirs, 4095)
    for volume in volumes:
        for index, image in enumerate(volume.stack.images):
            if not volume.has(index):
                assert index in volume.failed, path.name
                continue
            tile, pixels = image.frame.tile, image.instance.pixel_format
            assert pixels is not None
            number = 1 if tile else image.frame.number
            values = theirs[number - 1]
            if tile:
                rows, columns = (
                    slice(first, first + size)
                    for first, size in ((tile.first_row, pixels.rows), (tile.first_column, pixels.columns))
                )
                values = values[rows, columns]
            else:
                _same_place(image.plane, dataset, number, path)
            _same_pixels(volume, index, values, path)
            if volume.stored_values[index].ndim == 2:
                _same_values(volume.image(index), oracle.modality(dataset, values, number), dataset, path)


def _same_pixels(volume: Volume, index: int, theirs: oracle.Array, path: Path) -> None:
    ours = volume.stored_values[index]
    if volume.stack.images[index].instance.transfer_syntax_uid in ROUNDED:
        assert np.abs(ours.astype(int) - theirs).max() <= 1, path.name
    else:
        np.testing.assert_array_equal(ours, theirs, err_msg=path.name)


def _same_values(ours: PlanarImage, theirs: oracle.Array, dataset: Dataset, path: Path) -> None:
    """Modality values; what is padding is none."""
    if ours.unit == "SUVbw":
        theirs = theirs * oracle.suv_factor(dataset)
    values = ours.modality_values()
    shown = np.isfinite(values)
    assert shown.any() or ours.padding is not None, path.name
    np.testing.assert_allclose(values[shown], theirs[shown], rtol=1e-12, atol=0, err_msg=path.name)


def _same_place(plane: Plane, dataset: Dataset, number: int, path: Path) -> None:
    place = oracle.place(dataset, number)
    if not plane.located:
        assert place is None or "MOSAIC" in dataset.ImageType, path.name
        return
    assert place is not None, path.name
    position, orientation, spacing = place
    np.testing.assert_array_equal(plane.origin, position, err_msg=path.name)
    np.testing.assert_array_equal((*plane.row_direction, *plane.column_direction), orientation, err_msg=path.name)
    np.testing.assert_array_equal(plane.spacing, spacing, err_msg=path.name)
