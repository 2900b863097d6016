"""C22: VOI LUTs before windows, each selectable by name; second opinions are pydicom and DCMTK."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_voi

from tests import cases
from tests.imaging import dcmtk
from tests.imaging.luts import lut_item
from tests.imaging.staircase import staircase
from tests.made import frame, written
from viewer_app.imaging.headers import Window
from viewer_app.scripting import open_study

RANDOM = np.random.default_rng(22)


def scrambled(count: int, bits: int) -> list[int]:
    """Random entries, the largest one among them."""
    return [(1 << bits) - 1, *(int(entry) for entry in RANDOM.integers(0, 1 << bits, count - 1))]


RESCALES: list[dict[str, Any]] = [
    {},
    {"RescaleIntercept": "-1024", "RescaleType": "HU"},
]
TABLES = [
    (RESCALES[0], lut_item(scrambled(4096, 16), 0, 16)),
    (RESCALES[0], lut_item(scrambled(4096, 8), 0, 8)),
    (RESCALES[0], lut_item(scrambled(4096, 8), 0, 8, vr="packed")),
    (RESCALES[0], lut_item(scrambled(4096, 12), 0, 12, vr="US")),
    (RESCALES[0], lut_item(scrambled(700, 16), 900, 16)),
    (RESCALES[1], lut_item(scrambled(4096, 16), -1024, 16)),
    (RESCALES[1], lut_item(scrambled(4096, 16), -1024, 16, signed=False)),
    (RESCALES[1], lut_item(scrambled(300, 10), -100, 10)),
]


@pytest.mark.parametrize(("rescale", "item"), TABLES)
def test_each_value_finds_its_entry(tmp_path: Path, rescale: dict[str, Any], item: Dataset) -> None:
    made = staircase(VOILUTSequence=[item], WindowCenter="40", WindowWidth="400", **rescale)
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
        window = volume.default_window(0)
        values, shown = volume.image(0).modality_values(), volume.greys(0, window).astype(int)
    assert window.function == "LUT"
    (path,) = tmp_path.iterdir()
    assert np.abs(shown - dcmtk.greys(path, "+Wl", "1")).max() <= 1
    dataset = dcmread(path)
    _, first, bits = dataset.VOILUTSequence[0].LUTDescriptor
    # pydicom fails at 9 to 15 bits, at bytes in words (#2317, #2326) and at a first value of the wrong sign.
    if bits == 16 and first <= 32767:
        theirs = apply_voi(values.astype(np.int32), dataset).astype(float) * 255 / ((1 << bits) - 1)
        assert np.abs(shown - theirs).max() <= 0.5 + 1e-9


def test_all_are_there_in_order_with_their_names() -> None:
    items = [lut_item([0, 255], 0, 8, name="Bone"), lut_item([1], 0, 7), lut_item([0, 9, 255], 5, 8, name="Soft")]
    made = staircase(VOILUTSequence=items, WindowCenter=["1", "2"], WindowWidth=["3", "4"])
    made.WindowCenterWidthExplanation = ["Harder", "Softer"]
    found = frame(made).windows
    assert [(window.function, window.explanation) for window in found] == [
        ("LUT", "Bone"),
        ("LUT", "Soft"),
        ("LINEAR", "Harder"),
        ("LINEAR", "Softer"),
    ]


def test_a_lut_spans_the_inputs_over_which_it_changes(tmp_path: Path) -> None:
    """A drag begins there, as a LINEAR window."""
    table = [0] * 1000 + list(range(0, 4096, 4)) + [4095] * 2072
    made = staircase(VOILUTSequence=[lut_item(table, 0, 12)])
    with written(tmp_path, [made]) as study:
        volume = study.series[0].volume()
        window = volume.default_window(0)
        by_lut = volume.greys(0, window)
        by_window = volume.greys(0, Window(window.center, window.width))
    assert np.abs(by_lut.astype(int) - by_window).max() <= 1


def test_entries_of_fewer_bits_than_said_are_not_shown_black(tmp_path: Path) -> None:
    """Some scanners write 16 for the width of a word that holds 12 bits (dicom-rs #825)."""
    greys = []
    for bits in (12, 16):
        made = staircase(VOILUTSequence=[lut_item(list(range(4096)), 0, bits)])
        with written(tmp_path / str(bits), [made]) as study:
            volume = study.series[0].volume()
            greys.append(volume.greys(0, volume.default_window(0)))
    np.testing.assert_array_equal(greys[0], greys[1])
    assert (greys[0].min(), greys[0].max()) == (0, 255)


@pytest.mark.real_data
def test_a_lut_of_the_ihe_image_display_set(tmp_path: Path) -> None:
    source = cases.case("syntax-pydicom-data") / "vlut_04.dcm"
    copied = tmp_path / source.name
    copied.write_bytes(source.read_bytes())
    with open_study(tmp_path) as study:
        volume = study.series[0].volume()
        shown = volume.greys(0, volume.default_window(0)).astype(int)
    assert np.abs(shown - dcmtk.greys(copied, "+Wl", "1")).max() <= 1
    dataset = dcmread(copied)
    assert np.abs(shown - apply_voi(dataset.pixel_array, dataset).astype(float) * 255 / 65535).max() <= 0.5 + 1e-9
