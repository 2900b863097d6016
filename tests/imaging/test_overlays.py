"""Overlay planes of PS3.3 C.9.2: their own data, bits of the pixels, frames, origins, damage."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset

from tests.cases import case
from viewer_app.imaging.overlays import Overlays, read_overlays
from viewer_app.imaging.pixels import read_frame
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset
from viewer_app.progress import Watch
from viewer_app.sources.header import read_header

_SHAPE = (6, 10)


def _packed(bits: NDArray[np.generic]) -> bytes:
    packed = np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little").tobytes()
    return packed + b"\0" * (len(packed) % 2)


def _image(**values: Any) -> FileDataset:
    stored = np.arange(60, dtype=np.uint16).reshape(_SHAPE)
    return image_dataset(stored, axial_plane((0.0, 0.0, 0.0), 1.0, 1.0), **values)


def _with_overlay(dataset: FileDataset, bits: NDArray[np.generic], group: int = 0x6000, **values: Any) -> FileDataset:
    block = {
        0x10: ("US", bits.shape[-2]),
        0x11: ("US", bits.shape[-1]),
        0x40: ("CS", "G"),
        0x50: ("SS", values.get("origin", [1, 1])),
        0x100: ("US", values.get("allocated", 1)),
        0x102: ("US", values.get("position", 0)),
    }
    if "first_frame" in values:
        block[0x15], block[0x51] = ("IS", bits.shape[0]), ("US", values["first_frame"])
    if values.get("data", True):
        block[0x3000] = ("OW", values.get("raw", _packed(bits)))
    for element, (vr, value) in block.items():
        dataset.add_new(group << 16 | element, vr, value)
    return dataset


def _read(dataset: FileDataset, number: int = 1) -> Overlays:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    instance = read_header(buffer, Watch(), locator="made", size_bytes=len(buffer.getvalue()))
    return read_overlays(buffer, instance, number, Watch())


def _bits(seed: int = 1, shape: tuple[int, ...] = _SHAPE) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random(shape) < 0.3


def _mask(found: Overlays) -> NDArray[np.bool_]:
    assert found.problems == ()
    assert found.mask is not None
    return found.mask


def test_a_plane_with_its_own_data() -> None:
    assert np.array_equal(_mask(_read(_with_overlay(_image(), _bits()))), _bits())


def test_planes_of_two_groups_are_drawn_together() -> None:
    dataset = _with_overlay(_with_overlay(_image(), _bits(1), 0x6002), _bits(2), 0x601E)
    assert np.array_equal(_mask(_read(dataset)), _bits(1) | _bits(2))


@pytest.mark.parametrize("origin", [[3, 4], [-1, 0], [1, 1], [7, 1], [-9, -9]])
def test_the_origin_may_lie_anywhere(origin: list[int]) -> None:
    bits = np.ones((3, 4), dtype=bool)
    expected = np.zeros(_SHAPE, dtype=bool)
    for row in range(3):
        for column in range(4):
            at = row + origin[0] - 1, column + origin[1] - 1
            if 0 <= at[0] < _SHAPE[0] and 0 <= at[1] < _SHAPE[1]:
                expected[at] = True
    assert np.array_equal(_mask(_read(_with_overlay(_image(), bits, origin=origin))), expected)


def test_a_bit_of_the_pixels_the_image_does_not_use() -> None:
    """Retired, and still written: bit 15 of 12-bit pixels. The stored values stay what they are."""
    stored = np.arange(60, dtype=np.uint16).reshape(_SHAPE)
    dataset = _image(PixelData=(stored | _bits().astype(np.uint16) << 15).astype("<u2").tobytes())
    _with_overlay(dataset, _bits(), data=False, allocated=16, position=15)
    assert np.array_equal(_mask(_read(dataset)), _bits())
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    instance = read_header(buffer, Watch(), locator="made", size_bytes=len(buffer.getvalue()))
    buffer.seek(0)
    assert np.array_equal(read_frame(buffer, instance, 1, Watch()), stored)


def test_frames_of_an_overlay_belong_to_frames_of_the_image() -> None:
    stored = np.zeros((3, *_SHAPE), dtype="<u2")
    dataset = _image(NumberOfFrames=3, PixelData=stored.tobytes())
    bits = _bits(3, (2, *_SHAPE))
    _with_overlay(dataset, bits, first_frame=2)
    assert _read(dataset, 1).mask is None
    assert np.array_equal(_mask(_read(dataset, 2)), bits[0])
    assert np.array_equal(_mask(_read(dataset, 3)), bits[1])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"raw": b"\1\2"}, "too short"),
        ({"data": False}, "missing"),
        ({"data": False, "position": 3}, "missing"),
        ({"origin": [1, 1, 1]}, "place"),
    ],
)
def test_a_damaged_plane_is_told_and_the_others_are_drawn(values: dict[str, Any], words: str) -> None:
    dataset = _with_overlay(_with_overlay(_image(), _bits(1), 0x6000, **values), _bits(2), 0x6002)
    found = _read(dataset)
    assert found.mask is not None
    assert np.array_equal(found.mask, _bits(2))
    (problem,) = found.problems
    assert words in problem
    assert "6000" in problem


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("odd-files-pydicom", "test_files/examples_overlay.dcm"),
        ("syntax-pydicom-data", "MR-SIEMENS-DICOM-WithOverlays.dcm"),
        ("ct-phantom-philips-study", "S21570/S4010/I10"),
    ],
)
def test_real_overlays_equal_pydicoms(name: str, path: str) -> None:
    file = case(name) / path
    with file.open("rb") as stream:
        instance = read_header(stream, Watch(), locator=path, size_bytes=file.stat().st_size)
        found = read_overlays(stream, instance, 1, Watch())
    expected = dcmread(file).overlay_array(0x6000) > 0
    assert expected.any()
    assert np.array_equal(_mask(found), expected)


def test_real_overlays_in_the_pixels() -> None:
    file = case("pr-lut-overlay-weasis") / "org/dcm4che3/img/overlay.dcm"
    with file.open("rb") as stream:
        instance = read_header(stream, Watch(), locator="overlay", size_bytes=file.stat().st_size)
        assert instance.overlay_groups == (0x6000, 0x6002, 0x6004, 0x6006)
        found = read_overlays(stream, instance, 1, Watch())
    dataset = dcmread(file)
    words = np.frombuffer(dataset.PixelData, dtype=">u2" if not dataset.original_encoding[1] else "<u2")
    expected = (words.reshape(_mask(found).shape) >> 14) > 0
    expected |= (dataset.overlay_array(0x6004) > 0) | (dataset.overlay_array(0x6006) > 0)
    assert np.array_equal(_mask(found), expected)
