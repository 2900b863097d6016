"""C11 for Nuclear Medicine, where the standard places slices by Spacing Between Slices (PS3.3 C.8.4.11, C.8.4.15)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.made import frame, image, record, stack, written
from viewer_app.imaging.geometry import Calibration

NM = "1.2.840.10008.5.1.4.1.1.20"
AXIAL, CORONAL = ["1", "0", "0", "0", "1", "0"], ["1", "0", "0", "0", "0", "-1"]


def detector(position: Any = ("10", "20", "30"), orientation: Any = AXIAL) -> Dataset:
    made = Dataset()
    if position is not None:
        made.ImagePositionPatient = list(position)
    if orientation is not None:
        made.ImageOrientationPatient = list(orientation)
    return made


def nuclear(kind: str = "RECON TOMO", frames: int = 4, spacing: str | None = "-5", **values: Any) -> Any:
    made: dict[str, Any] = {
        "SOPClassUID": NM,
        "Modality": "NM",
        "ImageType": ["ORIGINAL", "PRIMARY", kind, "EMISSION"],
        "NumberOfFrames": frames,
        "PixelSpacing": ["4", "3"],
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "SpacingBetweenSlices": spacing,
        "SliceVector": list(range(1, frames + 1)),
        "DetectorInformationSequence": Sequence([detector()]),
    }
    return image(**made | values)


@pytest.mark.parametrize("spacing", [5.0, -5.0, 2.5, -0.75])
def test_c11_slices_follow_the_sign_of_their_spacing(spacing: float) -> None:
    """The normal of an axial image points to the head, that of a coronal one to the back."""
    for orientation, axis, way in ((AXIAL, 2, 1), (CORONAL, 1, 1)):
        made = nuclear(spacing=str(spacing), DetectorInformationSequence=Sequence([detector(orientation=orientation)]))
        for index, found in enumerate(record(made).frames):
            wanted = np.array([10.0, 20.0, 30.0])
            wanted[axis] += way * spacing * index
            assert found.plane.located
            assert found.plane.origin == pytest.approx(tuple(wanted), abs=1e-12)
            assert (found.plane.spacing, found.plane.calibration) == ((4.0, 3.0), Calibration.IMAGE_PLANE)
            assert any("Spacing Between Slices" in doubt for doubt in found.doubts)


def test_c11_a_reconstructed_stack_is_a_volume_of_even_steps() -> None:
    found = stack([nuclear(frames=8)])
    assert found.report.is_volume
    assert found.report.step_mm == pytest.approx(5.0)
    assert [image.frame.number for image in found.images] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_c11_a_file_on_the_disk_tells_the_same_places(tmp_path: Path) -> None:
    """Read from bytes the vector is another kind of list; beyond 128 frames it is longer than what is remembered."""
    made = nuclear(frames=200, spacing="-2")
    made.PixelData = bytes(2 * 16 * 200)
    with written(tmp_path, [made]) as study:
        (series,) = study.series
        assert {image.frame.number: image.plane.origin[2] for image in series.stack.images} == {
            number: 30.0 - 2 * (number - 1) for number in range(1, 201)
        }


def test_c11_gated_slices_repeat_their_places() -> None:
    made = nuclear("RECON GATED TOMO", frames=4, SliceVector=[1, 2, 1, 2])
    assert [found.plane.origin[2] for found in record(made).frames] == [30.0, 25.0, 30.0, 25.0]


def test_c11_one_slice_of_its_own_file_lies_where_its_detector_says() -> None:
    for sequence in (Sequence([detector()]), None):
        made = nuclear(frames=1, SliceVector=17, spacing=None, DetectorInformationSequence=sequence)
        if sequence is None:
            made.ImagePositionPatient, made.ImageOrientationPatient = ["10", "20", "30"], AXIAL
        assert frame(made).plane.origin == (10.0, 20.0, 30.0)
        assert frame(made).doubts == ()


UNPROVEN: list[dict[str, Any]] = [
    {"SpacingBetweenSlices": None},
    {"SpacingBetweenSlices": "0"},
    {"SpacingBetweenSlices": "1e300"},
    {"SliceVector": None},
    {"SliceVector": [1, 2, 3]},
    {"SliceVector": [4, 3, 2, 1]},
    {"DetectorInformationSequence": None},
    {"DetectorInformationSequence": Sequence([detector(), detector(("0", "0", "0"))])},
    {"DetectorInformationSequence": Sequence([detector(position=None)])},
    {"DetectorInformationSequence": Sequence([detector(orientation=["1", "0", "0", "1", "0", "0"])])},
]


@pytest.mark.parametrize("values", UNPROVEN)
def test_c11_what_is_not_proven_has_no_place(values: dict[str, Any]) -> None:
    for found in record(nuclear(**values)).frames:
        assert not found.plane.located
        assert (found.plane.unit, found.plane.calibration) == ("mm", Calibration.IMAGE_PLANE)
        assert any("does not prove where" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("kind", ["STATIC", "WHOLE BODY", "DYNAMIC", "GATED", "TOMO", "GATED TOMO"])
def test_c05_planar_nuclear_images_hold_at_the_detector(kind: str) -> None:
    for found in record(nuclear(kind)).frames:
        assert (found.plane.located, found.plane.calibration) == (False, Calibration.DETECTOR)
        assert found.plane.spacing == (4.0, 3.0)
        assert found.doubts == ("A planar nuclear image: lengths hold at the detector.",)


def test_c09_a_nuclear_image_without_a_spacing_is_in_pixels() -> None:
    assert {found.plane.unit for found in record(nuclear(PixelSpacing=None)).frames} == {"px"}
    assert {found.plane.unit for found in record(nuclear("STATIC", PixelSpacing=["0", "0"])).frames} == {"px"}
