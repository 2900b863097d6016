"""C05, C08, C37, C40, BIR 26-28: what the corners say, before anybody measures."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import Dataset

from tests.made import image, record, stack
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.headers import Patient, StudyInfo, Window
from viewer_app.ui.views.corner_technique import TECHNIQUE
from viewer_app.ui.views.corner_text import Corners, Density, corner_text

# Characters that find room beside the letters in a viewport of 880 pixels.
_ROOM = 68


def corners(density: Density = Density.FULL, **values: Any) -> Corners:
    return corner_text(Patient(), StudyInfo("1"), stack([image(**values)]), 0, None, 1.0, density)


MAMMOGRAM: dict[str, Any] = {
    "Modality": "MG", "PixelSpacing": None, "ImagePositionPatient": None, "ImageOrientationPatient": None,
    "ImagerPixelSpacing": ["0.1", "0.1"], "EstimatedRadiographicMagnificationFactor": "1.07",
    "ImageLaterality": "R", "ViewPosition": "CC", "PatientOrientation": ["P", "L"],
}  # fmt: skip


def test_a_mammogram_tells_side_view_and_detector() -> None:
    shown = corners(**MAMMOGRAM)
    assert "Right · CC" in shown.top_right
    assert shown.badges == (
        "Lengths hold at the detector; the patient is magnified.",
        "Estimate: 100 mm here are about 93 mm in the patient (÷ 1.07).",
    )


@pytest.mark.parametrize("density", Density)
def test_how_lengths_are_known_is_never_hidden(density: Density) -> None:
    assert corners(density, **MAMMOGRAM).badges == corners(**MAMMOGRAM).badges


SIDES = [("L", "", "Left"), ("", "R", "Right"), ("B", "", "Both sides"), ("R", "L", "Right"), ("U", "", None)]


@pytest.mark.parametrize(("of_image", "of_series", "told"), SIDES)
def test_the_side_is_that_of_the_image_before_that_of_the_series(of_image: str, of_series: str, told: str) -> None:
    shown = corners(ImageLaterality=of_image or None, Laterality=of_series or None)
    assert (told in shown.top_right) if told else not {"Left", "Right", "Both sides"} & set(shown.top_right)


def test_a_contradicted_orientation_has_no_name_and_says_why() -> None:
    assert "Axial" in corners().top_right
    shown = corners(PatientOrientation=["R", "P"])
    assert "Axial" not in shown.top_right
    assert any("contradicts" in badge for badge in shown.badges)


CALIBRATED: list[dict[str, Any]] = [
    {"PixelSpacingCalibrationType": "FIDUCIAL"},
    {"PixelSpacingCalibrationType": "GEOMETRY"},
    {"ImagerPixelSpacing": ["0.05", "0.05"]},
    {"ImagerPixelSpacing": ["0.2", "0.2"]},
    {"ImagerPixelSpacing": ["0.1", "0.1"], "DistanceSourceToDetector": "1200", "DistanceSourceToPatient": "800"},
    {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
    {"Modality": "US"},
    {"Modality": "PX", "PixelAspectRatio": [4, 3]},
    {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.20"},
    {"PixelSpacing": None, "NominalScannedPixelSpacing": ["0.2", "0.2"]},
    {"PatientOrientation": ["L", "R"]},
    {"PixelSpacing": None, "PixelAspectRatio": [4, 3]},
]


@pytest.mark.parametrize("values", CALIBRATED, ids=str)
def test_every_sentence_fits_into_its_corner(values: dict[str, Any]) -> None:
    """What is cut off at the end might be the very word "pixels"."""
    nowhere = {
        "Modality": "XA",
        "PixelSpacing": ["0.1", "0.1"],
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
    }
    badges = corners(**nowhere | values).badges
    assert badges
    assert max(map(len, badges)) <= _ROOM, badges


DEMANDED: dict[str, Any] = {
    "PatientName": "Family^Given", "PatientID": "PID-4711", "PatientBirthDate": "19700130", "PatientSex": "F",
    "PatientAge": "051Y", "InstitutionName": "Hospital", "StudyDescription": "Head", "StudyID": "S-77",
    "AccessionNumber": "A-88", "StudyDate": "20210405", "StudyTime": "101500", "AcquisitionDate": "20210405",
    "AcquisitionTime": "102233", "SeriesNumber": 3, "ImageLaterality": "L", "ContrastBolusAgent": "Agent 300",
    "SeriesDescription": "Thin", "SliceThickness": "0.625", "BodyPartExamined": "HEAD",
}  # fmt: skip


def lines(datasets: list[Dataset], index: int = 0, window: Window | None = None, **options: Any) -> list[str]:
    """Every line of every corner, from the images' own patient and study."""
    of = record(datasets[0])
    found = corner_text(of.patient, of.study, stack(datasets), index, window, 1.0, Density.FULL, **options)
    return [*found.top_left, *found.top_right, *found.bottom_left, *found.bottom_right]


def test_bir_26_all_that_is_demanded_is_there() -> None:
    made = [image(number, origin=(0.0, 0.0, 2.5 * number), **DEMANDED) for number in (1, 2, 3)]
    assert lines(made, 1, Window(40, 400, "SOFT")) == [
        "Family, Given", "PID-4711 · 1970-01-30 · F · 51\u2009y",
        "Hospital", "Head", "Study ID S-77 · Acc. A-88", "CT #3 · Thin", "Study 2021-04-05 10:15 · Acquired 10:22",
        "Axial", "Left",
        "W 400 L 40 · SOFT · zoom 100\u2009%", "Image 2 / 3",
        "z 5.0\u2009mm · thickness 0.625\u2009mm · spacing 2.5\u2009mm", "Head", "Contrast Agent 300", "120\u2009kV",
    ]  # fmt: skip


def test_hidden_patients_are_in_no_field_not_even_in_what_people_wrote() -> None:
    free = {"StudyDescription": "GIVEN of 2021", "SeriesDescription": "for pid-4711", "ProtocolName": "A-88 again"}
    made = [image(**DEMANDED | free)]
    assert any("GIVEN" in line for line in lines(made))
    told = " ".join(lines(made, hidden=True)).casefold()
    for secret in ("family", "given", "4711", "1970", "51\u2009y", "hospital", "s-77", "a-88"):
        assert secret not in told
    assert "patient hidden" in told
    assert "ct #3" in told


def test_c40_all_is_of_the_image_and_study_that_are_given() -> None:
    others = DEMANDED | {
        "PatientName": "Other^Person",
        "PatientID": "X-1",
        "InstitutionName": "Elsewhere",
        "StudyID": "S-99",
    }
    first, second = lines([image(**DEMANDED)]), lines([image(**others)])
    assert not {line for line in first if "Family" in line or "Hospital" in line} & set(second)
    assert lines([image(**DEMANDED)]) == first


SPACINGS = [
    ((0.0, 2.5, 5.0), None, "spacing 2.5\u2009mm"),
    ((0.0, 2.5, 5.0), "9", "spacing 2.5\u2009mm"),
    ((0.0, 2.5, 6.1), "2.5", "spacing uneven"),
    ((0.0,), "3", "spacing 3\u2009mm (file)"),
    ((0.0,), "-3", None),
    ((0.0,), None, None),
]


@pytest.mark.parametrize(("places", "written", "told"), SPACINGS)
def test_bir_27_spacing_is_that_of_the_positions(places: tuple[float, ...], written: str, told: str | None) -> None:
    made = [
        image(number, origin=(0.0, 0.0, z), SpacingBetweenSlices=written, SliceThickness=None)
        for number, z in enumerate(places, start=1)
    ]
    found = [part for line in lines(made) for part in line.split(" · ") if part.startswith("spacing")]
    assert found == ([told] if told else [])


@pytest.mark.parametrize("density", Density)
def test_bir_28_lossy_compression_is_told_in_every_density(density: Density) -> None:
    lossy = {"LossyImageCompressionRatio": "12", "LossyImageCompressionMethod": "ISO_10918_1"}
    assert "Lossy compression 12:1, JPEG" in corners(density, LossyImageCompression="01", **lossy).badges


TECHNIQUES: list[tuple[str, dict[str, Any], str]] = [
    ("CT", {"KVP": "120", "XRayTubeCurrent": "170", "Exposure": "85"}, "120\u2009kV · 170\u2009mA · 85\u2009mAs"),
    ("CT", {"KVP": "0", "XRayTubeCurrent": "170"}, "170\u2009mA"),
    ("CT", {"ConvolutionKernel": "H31s"}, "Kernel H31s"),
    (
        "MR",
        {"RepetitionTime": "2530", "EchoTime": "1.655", "FlipAngle": "7"},
        "TR 2530\u2009ms · TE 1.655\u2009ms · flip 7°",
    ),
    ("MR", {"MagneticFieldStrength": "2.89362"}, "2.894\u2009T"),
    ("US", {"MechanicalIndex": "1.1", "BoneThermalIndex": "0.4"}, "MI 1.1 · TIB 0.4"),
    ("US", {"MechanicalIndex": "0.05", "SoftTissueThermalIndex": "0"}, "MI 0.05 · TIS 0"),
    ("XA", {"PositionerPrimaryAngle": "-32", "PositionerSecondaryAngle": "2.1"}, "RAO 32° · CRA 2.1°"),
    ("XA", {"PositionerPrimaryAngle": "30", "PositionerSecondaryAngle": "-15"}, "LAO 30° · CAU 15°"),
    ("RF", {"PositionerPrimaryAngle": "0", "PositionerMotion": "DYNAMIC"}, "starts at RAO/LAO 0°"),
    ("MG", {"BodyPartThickness": "55", "CompressionForce": "98"}, "compressed 55\u2009mm · 98\u2009N"),
    ("PT", {"ActualFrameDuration": "180000"}, "duration 180\u2009s"),
]


@pytest.mark.parametrize(("modality", "values", "told"), TECHNIQUES)
def test_technique_by_modality(modality: str, values: dict[str, Any], told: str) -> None:
    assert told in lines([image(Modality=modality, **values)])


@pytest.mark.parametrize("angle", ["181", "-200", "nan", "3\\4", ""])
def test_an_impossible_angle_is_not_told(angle: str) -> None:
    assert TECHNIQUE["positioner_angles"]({"PositionerPrimaryAngle": angle}) == ""


AGES = [
    ("066Y", "", "66\u2009y"), ("018M", "", "18\u2009months"), ("004D", "", "4\u2009days"), ("000Y", "", None),
    ("", "19800406", "40\u2009y"), ("", "19800405", "41\u2009y"), ("", "18000101", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "born", "told"), AGES)
def test_age_as_written_else_from_birth_to_study(written: str, born: str, told: str | None) -> None:
    made = image(PatientAge=written or None, PatientBirthDate=born, StudyDate="20210405", PatientSex="", PatientID="")
    ages = [part for part in lines([made])[1].split(" · ") if part.endswith((" y", "months", "days", "\u2009y"))]
    assert ages == ([told] if told else [])


def test_a_reconstruction_says_nothing_of_one_image() -> None:
    made = [image(number, origin=(0.0, 0.0, 2.5 * number), **DEMANDED | {"KVP": "120"}) for number in (1, 2, 3)]
    cut = Cut((1.0, 2.0, 3.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), 10.0, SlabMode.MAXIMUM)
    told = lines(made, cut=cut)
    assert "Coronal" in told
    assert "MIP 10\u2009mm · y 2.0\u2009mm · spacing 2.5\u2009mm" in told
    assert not [line for line in told if "Image" in line or "kV" in line or "thickness" in line]
