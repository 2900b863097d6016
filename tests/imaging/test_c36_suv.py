"""C36: SUV by body weight, by closed form over a table of clocks, vendors and faults, and on a real study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import PositronEmissionTomographyImageStorage

from tests import cases
from tests.made import frame, image, stack, written
from viewer_app.imaging.headers import Frame, Window
from viewer_app.imaging.values.voi import apply_window
from viewer_app.scripting import measure, open_study

F18 = 6586.2
DOSE, WEIGHT = 350e6, 70.0
DRUG: Mapping[str, Any] = {
    "RadiopharmaceuticalStartTime": "093000",
    "RadionuclideTotalDose": "350000000",
    "RadionuclideHalfLife": "6586.2",
}
PET: Mapping[str, Any] = {
    "Modality": "PT",
    "SOPClassUID": PositronEmissionTomographyImageStorage,
    "RescaleSlope": "2",
    "RescaleIntercept": "0",
    "RescaleType": None,
    "Units": "BQML",
    "CorrectedImage": ["NORM", "ATTN", "SCAT", "DECY"],
    "DecayCorrection": "START",
    "PatientWeight": "70",
    "SeriesDate": "20260110",
    "SeriesTime": "103000",
    "AcquisitionDate": "20260110",
    "AcquisitionTime": "103000.00",
    "WindowCenter": "5000",
    "WindowWidth": "10001",
}


def pet(drug: Mapping[str, Any] | None = None, private: Any = (), number: int = 1, **values: Any) -> Any:
    """A PET image; `drug` and `values` change the table above, `private` is (group, creator, element, VR, value)."""
    item = Dataset()
    for name, value in {**DRUG, **(drug or {})}.items():
        if value is not None:
            setattr(item, name, value)
    made = image(number, RadiopharmaceuticalInformationSequence=[item], **{**PET, **values})
    for group, creator, element, vr, value in private:
        made.private_block(group, creator, create=True).add_new(element, vr, value)
    return made


def factor(seconds: float, dose: float = DOSE, weight: float = WEIGHT, half_life: float = F18) -> float:
    """g/ml for each Bq/ml."""
    return weight * 1000 / (dose * math.exp(-math.log(2) * seconds / half_life))


def slope(found: Frame) -> float:
    """What the slope of 2 has become, for each of its units."""
    return found.rescale.slope / 2


GE, PHILIPS = "GEMS_PETD_01", "Philips PET Private Group"
LATE: dict[str, Any] = {"SeriesTime": "154500"}  # made in the afternoon from images of the morning
# When a frame of 180 s of fluorine 18 has its average count rate; the next term of the series is below a microsecond.
AVERAGE_OF_180_S = 90 - math.log(2) / F18 * 180**2 / 24
FRAME: dict[str, Any] = {"FrameReferenceTime": "389857.922", "ActualFrameDuration": "180000"}

PROVEN: list[tuple[str, Any, float]] = [
    ("START, time of the injection", pet(), factor(3600)),
    ("START, date and time", pet({"RadiopharmaceuticalStartDateTime": "20260110093000.00"}), factor(3600)),
    ("a date wins over a time", pet({"RadiopharmaceuticalStartDateTime": "20260110091500"}), factor(4500)),
    (
        "its offset from UTC is the scanner's own",
        pet({"RadiopharmaceuticalStartDateTime": "20260110093000+0100"}),
        factor(3600),
    ),
    ("fractions of seconds", pet(SeriesTime="102959.5", AcquisitionTime="102959.5"), factor(3599.5)),
    ("a later bed of the same scan", pet(AcquisitionTime="105130"), factor(3600)),
    ("ADMIN: no further decay", pet(DecayCorrection="ADMIN"), factor(0)),
    (
        "ADMIN needs no clock",
        pet({"RadiopharmaceuticalStartTime": None}, DecayCorrection="ADMIN", SeriesTime=None),
        factor(0),
    ),
    (
        "injection before midnight",
        pet({"RadiopharmaceuticalStartTime": "233000"}, SeriesTime="003000", AcquisitionTime="003000"),
        factor(3600),
    ),
    (
        "injection before midnight, with its date",
        pet({"RadiopharmaceuticalStartDateTime": "20260109233000"}, SeriesTime="003000", AcquisitionTime="003000"),
        factor(3600),
    ),
    (
        "a scan over midnight",
        pet(
            {"RadiopharmaceuticalStartTime": "225500"},
            SeriesTime="235500",
            AcquisitionDate="20260111",
            AcquisitionTime="001000",
        ),
        factor(3600),
    ),
    ("a dynamic scan begins before the injection", pet({"RadiopharmaceuticalStartTime": "103010"}), factor(-10)),
    ("GE, series made later", pet(private=[(9, GE, 0xD, "DT", "20260110103000.00")], **LATE), factor(3600)),
    ("GE, implicit", pet(private=[(9, GE, 0xD, "UN", b"20260110103000.00 ")], **LATE), factor(3600)),
    ("series made later, frame times", pet(AcquisitionTime="103500", **FRAME, **LATE), factor(3600)),
    ("the time of the correction is given", pet(DecayCorrectionDateTime="20260110104500", **LATE), factor(4500)),
    ("Philips, SUV scale", pet(private=[(0x7053, PHILIPS, 0, "DS", "0.000551")], Units="CNTS"), 0.000551),
    (
        "Philips, activity scale",
        pet(private=[(0x7053, PHILIPS, 0, "DS", "0"), (0x7053, PHILIPS, 9, "DS", "1.25")], Units="CNTS"),
        1.25 * factor(3600),
    ),
    ("SUV already", pet(Units="GML"), 1.0),
    ("SUV already, said to be by body weight", pet(Units="GML", SUVType="BW", PatientWeight=None), 1.0),
    (
        "gallium 68 by its code",
        pet({"RadionuclideHalfLife": "4080", "RadionuclideCodeSequence": [Dataset()]}),
        factor(3600, half_life=4080),
    ),
    (
        "zirconium 89 four days later",
        pet({"RadiopharmaceuticalStartDateTime": "20260106093000", "RadionuclideHalfLife": "282276"}),
        factor(4 * 86400 + 3600, half_life=282276),
    ),
    ("a mouse", pet({"RadionuclideTotalDose": "8000000"}, PatientWeight="0.022"), factor(3600, 8e6, 0.022)),
]
PROVEN[20][1].RadiopharmaceuticalInformationSequence[0].RadionuclideCodeSequence[0].CodeValue = "C-131A3"


@pytest.mark.parametrize(("made", "truth"), [row[1:] for row in PROVEN], ids=[row[0] for row in PROVEN])
def test_suv_is_proven(made: Any, truth: float) -> None:
    found = frame(made)
    assert slope(found) == pytest.approx(truth, rel=1e-6)  # the goal is 0.1 %
    assert found.rescale.unit == "SUVbw"
    assert any("SUVbw" in note for note in found.notes)
    assert not any("SUV" in doubt for doubt in found.doubts)


F18_CODE, WRONG_CODE = Dataset(), Dataset()
F18_CODE.CodeValue = "77004003"

REFUSED: list[tuple[str, Any, str]] = [
    ("no weight", pet(PatientWeight=None), "weight is missing"),
    ("weight zero", pet(PatientWeight="0"), "weight is missing"),
    ("weight in grams", pet(PatientWeight="70000"), "70000 kg is not plausible"),
    ("no dose", pet({"RadionuclideTotalDose": None}), "dose is missing"),
    ("dose zero", pet({"RadionuclideTotalDose": "0"}), "dose is missing"),
    ("dose in MBq", pet({"RadionuclideTotalDose": "350"}), "dose of 350 Bq is not plausible"),
    ("dose in kBq", pet({"RadionuclideTotalDose": "350000"}), "not plausible"),
    ("no half-life", pet({"RadionuclideHalfLife": None}), "half-life of the nuclide is missing"),
    (
        "half-life in minutes",
        pet({"RadionuclideHalfLife": "109.77", "RadionuclideCodeSequence": [F18_CODE]}),
        "not that of the nuclide",
    ),
    ("half-life in minutes, no code", pet({"RadionuclideHalfLife": "109.77"}), "too long for the nuclide"),
    ("no injection time", pet({"RadiopharmaceuticalStartTime": None}), "time of the injection is missing"),
    ("only the year of the injection", pet({"RadiopharmaceuticalStartDateTime": "2026"}), "injection cannot be read"),
    ("injection after the scan", pet({"RadiopharmaceuticalStartDateTime": "20260110120000"}), "later than the scan"),
    ("injection a day early", pet({"RadiopharmaceuticalStartDateTime": "20260109093000"}), "too long"),
    ("time only, long-lived", pet({"RadionuclideHalfLife": "282276"}), "date of the injection is missing"),
    ("series at midnight", pet(SeriesTime="000000", AcquisitionTime="103000"), "hours before"),
    ("series made later", pet(**LATE), "start is not given"),
    ("no series time", pet(SeriesTime=None), "time of the series"),
    ("no acquisition time", pet(AcquisitionTime=None), "time of the series or of its acquisition"),
    ("decay not corrected", pet(DecayCorrection="NONE"), "decay of the images is not corrected"),
    ("decay correction unknown", pet(DecayCorrection=None), "unknown time"),
    ("no attenuation correction", pet(CorrectedImage=["DECY", "SCAT"]), "not corrected for attenuation"),
    ("nothing corrected", pet(CorrectedImage=None), "not corrected for attenuation and decay"),
    ("counts", pet(Units="CNTS"), "no factor to activity"),
    ("counts, another creator", pet(private=[(0x7053, "OTHER", 0, "DS", "0.5")], Units="CNTS"), "no factor"),
    ("units missing", pet(Units=None), "missing"),
    ("no slope", pet(RescaleSlope=None, RescaleIntercept=None), "no rescale slope"),
    ("flow", pet(Units="MLMING"), "(MLMING) cannot be converted"),
    ("SUV by lean body mass", pet(Units="GML", SUVType="LBM"), "another kind (LBM)"),
]
UNITS = {"counts": "counts", "flow": "ml/(min g)", "SUV by lean body mass": "g/ml", "units missing": ""}


@pytest.mark.parametrize(("name", "made", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_suv_is_refused_with_the_reason(name: str, made: Any, reason: str) -> None:
    found = frame(made)
    assert found.rescale.slope == (1.0 if name == "no slope" else 2.0)
    assert found.rescale.unit == UNITS.get(name.partition(",")[0], "Bq/ml")
    (told,) = [doubt for doubt in found.doubts if "SUV" in doubt]
    assert told.startswith("No SUV: ")
    assert reason in told


def test_two_injections_are_refused() -> None:
    made = pet()
    made.RadiopharmaceuticalInformationSequence.append(made.RadiopharmaceuticalInformationSequence[0])
    assert any("more than one injection" in doubt for doubt in frame(made).doubts)
    del made.RadiopharmaceuticalInformationSequence
    assert any("injection is missing" in doubt for doubt in frame(made).doubts)


def test_no_other_modality_becomes_suv() -> None:
    assert frame(pet(Modality="NM")).rescale.slope == 2.0


def test_slopes_of_slices_stay_and_the_window_goes_along(tmp_path: Path) -> None:
    """GE writes a slope for each slice; the file's window is in Bq/ml."""
    made = [pet(number=k + 1, RescaleSlope=str(k + 1), ImagePositionPatient=[0, 0, k]) for k in range(3)]
    stored = np.full((4, 4), 6000, dtype=np.uint16)
    for one in made:
        one.PixelData, one.BitsStored, one.HighBit = (stored // int(one.RescaleSlope)).tobytes(), 16, 15
    with written(tmp_path, made) as study:
        (series,) = study.series
        volume = series.volume()
        for index in range(3):
            found = measure("probe", series, (1, 1, index))["value"]
            assert found.number == pytest.approx(6000 * factor(3600), rel=1e-6)
            assert found.unit == "SUVbw"
            assert f"{factor(3600):.6g}" in found.provenance
            window = volume.default_window(index)
            # c - 0.5 and w - 1 of LINEAR are Bq/ml, not SUV.
            expected = apply_window(np.array([6000.0]), Window(5000, 10001))
            assert set(volume.greys(index, window).flat) == set(expected)
    assert len([note for note in series.geometry.notes if "SUVbw" in note]) == 1


def test_without_a_window_suv_begins_at_zero() -> None:
    made = pet(WindowCenter=None, WindowWidth=None)
    assert frame(made).windows == ()


def test_images_share_the_answer() -> None:
    """The work is done once for equal inputs."""
    notes = {
        id(image.frame.notes[0])
        for image in stack([pet(number=k, ImagePositionPatient=[0, 0, k]) for k in range(5)]).images
    }
    assert len(notes) == 1


@pytest.mark.real_data
def test_a_head_and_neck_scan_and_its_segments() -> None:
    """The factor, an independent proof of its clock by Decay Factor, and the numbers of two segments."""
    folder = cases.case("pt-headneck-seg")
    headers = [dcmread(path, stop_before_pixels=True) for path in sorted((folder / "PET").iterdir())]
    with open_study(folder) as study:
        (series,) = [one for one in study.series if one.stack.info.modality == "PT"]
        volume = series.volume()
        values = np.stack([volume.image(index).modality_values() for index in range(len(series.stack.images))])
        uids = [one.sop_instance_uid for one in series.stack.images]
        assert {one.frame.rescale.unit for one in series.stack.images} == {"SUVbw"}
        assert {one.frame.rescale.slope for one in series.stack.images} == {2.0222414 * FACTOR}
    assert pytest.approx(0.00029448, rel=1e-5) == FACTOR
    for header in headers[::30]:
        # Decay Factor takes the frame to the time of correction: it must be Series Time (PS3.3 C.8.9.4).
        after = _seconds(header.AcquisitionTime) - _seconds(header.SeriesTime) + AVERAGE_OF_180_S
        assert float(header.DecayFactor) == pytest.approx(2 ** (after / F18), rel=1e-3)
    found = _segments(folder, uids, values)
    assert {number: (len(one), round(one.mean(), 2), round(one.max(), 2)) for number, one in found.items()} == {
        1: (54, 3.52, 4.43),
        2: (212, 3.71, 7.21),
    }


FACTOR = 66.2 * 1000 / (381470000 * 2.0 ** (-5024.678 / F18))


def _seconds(time: str) -> float:
    return int(time[:2]) * 3600 + int(time[2:4]) * 60 + float(time[4:])


def _segments(folder: Path, uids: list[str], values: np.ndarray) -> dict[int, np.ndarray]:
    """Voxels of each segment, by the image each frame of the SEG names as its source."""
    (path,) = [file for file in folder.rglob("*") if file.is_file() and _is_seg(file)]
    seg = dcmread(path)
    masks = seg.pixel_array.astype(bool)
    found: dict[int, list[np.ndarray]] = {}
    for mask, group in zip(masks, seg.PerFrameFunctionalGroupsSequence, strict=True):
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        found.setdefault(number, []).append(values[uids.index(source)][mask])
    return {number: np.concatenate(parts) for number, parts in found.items()}


def _is_seg(file: Path) -> bool:
    return str(dcmread(file, stop_before_pixels=True, force=True).get("Modality", "")) == "SEG"
