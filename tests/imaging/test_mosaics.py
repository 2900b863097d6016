"""Siemens mosaics become slices where the private header proves them, and stay whole, told, where it does not."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from tests.cases import case
from tests.made import record, rotation, stacks
from viewer_app import scripting
from viewer_app.imaging.geometry import Floats, Plane, vector
from viewer_app.imaging.reading.csa import csa_numbers
from viewer_app.phantom.dicom import image_dataset, write_series

ROWS, COLUMNS, STEP_MM = 6, 8, 3.6


def csa(values: dict[str, list[str]]) -> bytes:
    """A CSA header of the second kind, as VB and VE software writes it."""
    made = b"SV10\4\3\2\1" + struct.pack("<II", len(values), 77)
    for name, texts in values.items():
        made += struct.pack("<64si4siii", name.encode(), len(texts), b"FD", 4, len(texts), 77)
        for text in texts:
            raw = text.encode() + b"\0"
            made += struct.pack("<4i", len(raw), len(raw), 77, len(raw)) + raw + b"\0" * (-len(raw) % 4)
    return made


def mosaic(
    turn: Floats, sign: int, count: int = 7, number: int = 1, header: Mapping[str, list[str]] = MappingProxyType({})
) -> Any:
    """A mosaic of `count` slices whose stored value tells slice, row and column."""
    side = int(np.ceil(np.sqrt(count)))
    stored = np.zeros((side * ROWS, side * COLUMNS), dtype=np.uint16)
    for k in range(count):
        row, column = divmod(k, side)
        tile = 100 * (k + 1) + 10 * np.arange(ROWS)[:, None] + np.arange(COLUMNS)
        stored[row * ROWS : (row + 1) * ROWS, column * COLUMNS : (column + 1) * COLUMNS] = tile
    plane = Plane((-40.0, 25.5, 7.25), vector(turn[0]), vector(turn[1]), 2.5, 3.0, frame_of_reference_uid="2.25.5")
    made = image_dataset(stored, plane, modality="MR", name="mosaic", number=number)
    made.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    made.SpacingBetweenSlices = str(STEP_MM)
    normal = sign * np.cross(turn[0], turn[1])
    wanted = {"NumberOfImagesInMosaic": [str(count)], "SliceNormalVector": [f"{part:.8f}" for part in normal]}
    block = made.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "OB", csa(wanted | dict(header)))
    return made


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("count", [1, 4, 7, 9])
def test_slices_lie_where_the_closed_form_says(tmp_path: Path, sign: int, count: int) -> None:
    turn = rotation(np.random.default_rng(7))
    write_series(tmp_path, [mosaic(turn, sign, count)])
    side = int(np.ceil(np.sqrt(count)))
    with scripting.open_study(tmp_path) as study:
        (series,) = study.series
        volume = series.volume()
        frames = {shown.frame.number: (index, shown.plane) for index, shown in enumerate(series.stack.images)}
        assert sorted(frames) == list(range(1, count + 1))
        for number, (index, plane) in frames.items():
            half = ((side - 1) * COLUMNS / 2 * 3.0, (side - 1) * ROWS / 2 * 2.5)
            corner = np.array((-40.0, 25.5, 7.25)) + half[0] * turn[0] + half[1] * turn[1]
            wanted = corner + sign * (number - 1) * STEP_MM * np.cross(turn[0], turn[1])
            np.testing.assert_allclose(plane.origin, wanted, atol=1e-6)
            tile = 100 * number + 10 * np.arange(ROWS)[:, None] + np.arange(COLUMNS)
            np.testing.assert_array_equal(volume.stored_values[index], tile)
            np.testing.assert_array_equal(series.image(index).stored, tile)
    if count > 1:
        assert (series.geometry.is_volume, series.geometry.warnings) == (True, ())
        assert series.geometry.step_mm == pytest.approx(STEP_MM, abs=1e-6)


def test_mosaics_of_one_time_are_stacks_of_their_own() -> None:
    turn = np.eye(3)
    found = stacks([mosaic(turn, 1, number=1), mosaic(turn, 1, number=2)])
    assert [entry.label for entry in found] == ["Object 1 of 2", "Object 2 of 2"]
    assert all(entry.report.is_volume for entry in found)


def unfit(**header: list[str]) -> Any:
    return mosaic(np.eye(3), 1, header=header)


def stripped() -> Any:
    made = unfit()
    made.remove_private_tags()
    return made


def foreign() -> Any:
    made = unfit()
    made[0x0029, 0x0010].value = "SOMEBODY ELSE"
    return made


def cut_off() -> Any:
    made = unfit()
    made[0x0029, 0x1010].value = made[0x0029, 0x1010].value[:100]
    return made


def without_step() -> Any:
    made = unfit()
    made.SpacingBetweenSlices = None
    return made


REFUSED = {
    "no private header": (stripped, "private header is missing"),
    "of another maker": (foreign, "private header is missing"),
    "a header cut off": (cut_off, "private header is missing"),
    "no number": (lambda: unfit(NumberOfImagesInMosaic=[]), "private header is missing"),
    "a number that does not fit": (lambda: unfit(NumberOfImagesInMosaic=["26"]), "does not fit"),
    "a number of nothing": (lambda: unfit(NumberOfImagesInMosaic=["0"]), "does not fit"),
    "half a slice": (lambda: unfit(NumberOfImagesInMosaic=["6.5"]), "does not fit"),
    "a direction along the slices": (lambda: unfit(SliceNormalVector=["1", "0", "0"]), "contradicts"),
    "no step": (without_step, "spacing is missing"),
}


@pytest.mark.parametrize(("make", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_proven_is_shown_whole_in_pixels(make: Any, words: str) -> None:
    found = record(make())
    (frame,) = found.frames
    assert found.pixel_format is not None
    assert (found.pixel_format.rows, found.pixel_format.columns) == (3 * ROWS, 3 * COLUMNS)
    assert (frame.tile, frame.plane.unit, frame.plane.located) == (None, "px", False)
    assert any(words in doubt and "shown whole" in doubt for doubt in frame.doubts)


@pytest.mark.parametrize("data", [b"", b"SV10", b"SV10\4\3\2\1" + b"\xff" * 200, bytes(500), b"\xff" * 64])
def test_a_damaged_private_header_has_no_values(data: bytes) -> None:
    assert csa_numbers(data, frozenset({"NumberOfImagesInMosaic"})) == {}


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_private_header_cut_anywhere_is_no_crash(cut: int) -> None:
    whole = csa({"NumberOfImagesInMosaic": ["7"], "SliceNormalVector": ["0", "0", "1"]})
    found = csa_numbers(whole[:cut], frozenset({"NumberOfImagesInMosaic", "SliceNormalVector"}))
    assert found == {} or cut >= len(whole)


@pytest.mark.real_data
def test_a_real_mosaic_lies_where_dcm2niix_puts_it() -> None:
    """Corner voxels of the NIfTI file that the makers of the case keep as the reference, in LPS mm."""
    truth = {
        1: (-102.5, -128.87136364, -48.63711241),
        6: (-102.5, -126.64653698, -30.77513817),
        36: (-102.5, -113.29757699, 76.39670727),
    }
    with scripting.open_study(case("mr-mosaic-siemens") / "dcm_qa_mosaic") as study:
        stack = study.series[0].stack
        assert [entry.stack.label for entry in study.series] == [f"Acquisition {number}" for number in range(1, 7)]
    assert (len(stack.images), stack.report.is_volume) == (36, True)
    origins = {shown.frame.number: shown.plane.origin for shown in stack.images}
    for number, wanted in truth.items():
        np.testing.assert_allclose(origins[number], wanted, atol=5e-5)


@pytest.mark.real_data
def test_seven_syntaxes_give_the_same_slices() -> None:
    volumes = []
    with scripting.open_study(case("mr-mosaic-siemens") / "dcm_qa_ts") as study:
        assert len({series.instances[0].transfer_syntax_uid for series in study.series}) == 7
        for series in study.series:
            assert series.geometry.is_volume
            volumes.append(series.volume().stored_values)
    assert volumes[0].shape == (35, 64, 64)
    for volume in volumes[1:]:
        np.testing.assert_array_equal(volume, volumes[0])
