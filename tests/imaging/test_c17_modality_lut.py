"""C17: Modality LUTs by PS3.3 C.11.1.1; second opinions are pydicom and DCMTK."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_modality_lut

from tests import cases
from tests.imaging import dcmtk
from tests.imaging.luts import lut_item
from tests.made import frame, written
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.lookup import read_lookup, through
from viewer_app.phantom.dicom import image_dataset
from viewer_app.scripting import measure, open_study

PLANE = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0, frame_of_reference_uid="2.25.1")
RANDOM = np.random.default_rng(17)
ALL_16_BITS = Window(32768.0, 65536.0)


def made(stored: np.ndarray, item: Dataset, kind: str = "US", **values: Any) -> Any:
    item.ModalityLUTType = kind
    rescale: dict[str, Any] = dict.fromkeys(("RescaleSlope", "RescaleIntercept", "RescaleType"))
    return image_dataset(stored, PLANE, ModalityLUTSequence=[item], **rescale, **values)


def ramp(dtype: Any, low: int = 0) -> np.ndarray:
    return np.arange(low, low + 4096).astype(dtype).reshape(64, 64)


def scrambled(count: int, bits: int) -> list[int]:
    return [int(entry) for entry in RANDOM.integers(0, 1 << bits, count)]


def entries_of(item: Dataset) -> list[int]:
    """What the test wrote, by its own reading."""
    if not isinstance(item.LUTData, bytes):
        return list(item.LUTData)
    count = int(item.LUTDescriptor[0]) % 65536 or 65536
    kind = "<u2" if len(item.LUTData) == 2 * count else "u1"
    return [int(entry) for entry in np.frombuffer(item.LUTData, kind)]


TABLES = [
    (ramp(np.uint16), lut_item(scrambled(4096, 16), 0, 16)),
    (ramp(np.uint16), lut_item(scrambled(4096, 12), 0, 12)),
    (ramp(np.uint16), lut_item(scrambled(4096, 12), 0, 12, vr="US")),
    (ramp(np.uint16), lut_item(scrambled(65536, 16), 0, 16)),
    (ramp(np.uint16), lut_item(scrambled(1000, 10), 500, 10)),
    (ramp(np.uint16), lut_item(scrambled(1000, 10), 500, 10, signed=True)),
    (ramp(np.uint16), lut_item(scrambled(100, 16), 40000, 16)),
    (ramp(np.int16, -2048), lut_item(scrambled(4096, 16), -2048, 16)),
    (ramp(np.int16, -2048), lut_item(scrambled(4096, 16), -2048, 16, signed=False)),
    (ramp(np.int16, -2048), lut_item(scrambled(100, 14), -50, 14)),
    (ramp(np.uint16), lut_item(scrambled(4096, 8), 0, 8)),
    (ramp(np.uint16), lut_item(scrambled(4096, 8), 0, 8, vr="packed")),
    (ramp(np.uint16), lut_item(scrambled(4095, 8), 0, 8, vr="packed")),
]


@pytest.mark.parametrize(("stored", "item"), TABLES)
def test_each_stored_value_finds_its_entry_and_beyond_the_ends_the_end(
    tmp_path: Path, stored: np.ndarray, item: Dataset
) -> None:
    entered = entries_of(item)
    count = int(item.LUTDescriptor[0]) % 65536 or 65536
    first = int(item.LUTDescriptor[1])
    if stored.dtype.kind == "i" and first > 32767:
        first -= 65536
    places = [min(max(int(value) - first, 0), count - 1) for value in stored.flat]
    with written(tmp_path, [made(stored, item)]) as study:
        values = study.series[0].image(0).modality_values()
        one = measure("probe", study.series[0], (5, 40, 0))["value"]
    assert values.flatten().tolist() == [float(entered[place]) for place in places]
    assert (one.number, one.unit) == (values[40, 5], "")


@pytest.mark.parametrize(("stored", "item"), TABLES[:10])
def test_so_say_pydicom_and_dcmtk(tmp_path: Path, stored: np.ndarray, item: Dataset) -> None:
    with written(tmp_path, [made(stored, item)]) as study:
        volume = study.series[0].volume()
        ours, shown = volume.image(0).modality_values(), volume.greys(0, ALL_16_BITS)
    (path,) = tmp_path.iterdir()
    dataset = dcmread(path)
    _, first, bits = dataset.ModalityLUTSequence[0].LUTDescriptor
    # pydicom takes neither entries of 9 to 15 bits (#2317) nor a first value of the wrong sign.
    if bits == 16 and not (stored.dtype.kind == "i" and first > 32767):
        np.testing.assert_array_equal(ours, apply_modality_lut(stored, dataset))
    theirs = dcmtk.greys(path, "+Ww", "32768", "65536")
    assert np.abs(shown.astype(int) - theirs).max() <= 1


@pytest.mark.parametrize(
    ("kind", "unit"), [("HU", "HU"), ("OD", "mOD"), ("US", ""), ("MGML", "mg/ml"), ("", ""), ("NOISE", "")]
)
def test_the_unit_is_that_of_modality_lut_type(kind: str, unit: str) -> None:
    assert frame(made(ramp(np.uint16), lut_item([5, 6], 0, 16), kind)).rescale.unit == unit


def broken(**values: Any) -> Dataset:
    item = lut_item(list(range(16)), 0, 16)
    for name, value in values.items():
        if value is None:
            delattr(item, name)
        else:
            item.add_new(name, "US" if name == "LUTDescriptor" else "OW", value)
    return item


BROKEN = [
    broken(LUTData=None),
    broken(LUTData=b""),
    broken(LUTData=b"\1\0" * 15),
    broken(LUTData=b"\1\0" * 17),
    broken(LUTDescriptor=None),
    broken(LUTDescriptor=[16, 0]),
    broken(LUTDescriptor=[16, 0, 0]),
    broken(LUTDescriptor=[16, 0, 17]),
    broken(LUTDescriptor=[16, 0, 8], LUTData=b"\0\1" * 16),
    broken(LUTDescriptor=[0, 0, 16]),
]


@pytest.mark.parametrize("item", BROKEN)
def test_a_broken_table_is_refused_and_told(item: Dataset) -> None:
    found = frame(made(ramp(np.uint16), item, "HU"))
    assert (found.rescale.lookup, found.rescale.slope, found.rescale.unit) == (None, 1.0, "")
    assert any("Modality LUT is broken" in doubt for doubt in found.doubts)


def test_the_slices_of_a_series_share_one_table() -> None:
    tables = [frame(made(ramp(np.uint16), lut_item(list(range(4096)), 0, 12))).rescale.lookup for _ in range(3)]
    assert tables[0] is not None
    assert tables[0] is tables[1] is tables[2]


def test_padding_is_compared_before_the_table(tmp_path: Path) -> None:
    stored = ramp(np.uint16)
    item = lut_item([*range(4095, -1, -1)], 0, 12)
    with written(tmp_path, [made(stored, item, PixelPaddingValue=7)]) as study:
        values = study.series[0].image(0).modality_values()
    assert np.flatnonzero(np.isnan(values)).tolist() == [7]
    assert values[0, 8] == 4087


@pytest.mark.real_data
def test_a_signed_table_of_the_ihe_image_display_set(tmp_path: Path) -> None:
    source = cases.case("syntax-pydicom-data") / "mlut_18.dcm"
    copied = tmp_path / source.name
    copied.write_bytes(source.read_bytes())
    with open_study(tmp_path) as study:
        volume = study.series[0].volume()
        ours, shown = volume.image(0).modality_values(), volume.greys(0, ALL_16_BITS)
    dataset = dcmread(copied)
    np.testing.assert_array_equal(ours, apply_modality_lut(dataset.pixel_array, dataset))
    table = np.asarray(dataset.ModalityLUTSequence[0].LUTData)
    np.testing.assert_array_equal(ours, table[dataset.pixel_array.astype(int) + 2048])
    assert np.abs(shown.astype(int) - dcmtk.greys(copied, "+Ww", "32768", "65536")).max() <= 1


@pytest.mark.real_data
def test_three_tables_after_each_other_give_the_picture_another_program_expects() -> None:
    """The scrambled Modality, VOI and Presentation LUTs of a presentation state, and dcm4che's picture of them."""
    folder = cases.case("pr-lut-overlay-weasis") / "org" / "dcm4che3" / "img"
    state, values = dcmread(folder / "prLUTs.dcm"), dcmread(folder / "imageForPrLUTs.dcm").pixel_array.astype(float)
    for item in (
        state.ModalityLUTSequence[0],
        state.SoftcopyVOILUTSequence[0].VOILUTSequence[0],
        state.PresentationLUTSequence[0],
    ):
        lookup = read_lookup(item, signed_input=False)
        assert lookup is not None
        values = through(values, lookup)
    expected = np.asarray(Image.open(folder / "expected_imgForPrLUT.png").convert("L"))
    assert expected.shape == values.shape
    np.testing.assert_array_equal(values, expected)
