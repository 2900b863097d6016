"""SUV by body weight, where the file proves it (C36).

The rules are those of the QIBA profile FDG-PET/CT, appendix on vendor-neutral SUV, on the attributes of
PS3.3 C.8.9.1 (PET Series), C.8.9.2 (PET Isotope) and C.7.2.2 (Patient Study). Whatever is missing,
contradictory or implausible gives no SUV and a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pydicom import Dataset

from viewer_app.imaging.headers import Suv
from viewer_app.imaging.reading import private, tags
from viewer_app.imaging.values.decay import NoScanTime, Timing, decay_time, nuclide_half_life

SUV_UNIT = "SUVbw"

SUV_TAGS = (
    "Units", "SUVType", "CorrectedImage", "DecayCorrection", "DecayCorrectionDateTime", "PatientWeight",
    "FrameReferenceTime", "ActualFrameDuration", "RadiopharmaceuticalInformationSequence",
)  # fmt: skip

# Outside these a number was written in another unit (MBq, g, ...), or wrongly.
_HEAVIEST_KG = 500.0
_LEAST_BQ_PER_KG, _MOST_BQ_PER_KG = 5e4, 1e10
_HALF_LIFE_TOLERANCE = 0.02
_MEGA = 1e6
# Of Corrected Image (PS3.3 C.8.9.1).
_NEEDED = {"ATTN": "attenuation", "DECY": "decay"}


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What the header says; text as it is written, None and "" where it says nothing usable."""

    is_rescaled: bool
    units: str
    suv_type: str
    corrected: tuple[str, ...]
    weight: float | None
    radiopharmaceuticals: int
    dose: float | None
    half_life: float | None
    nuclide: str
    timing: Timing
    suv_scale: float | None
    activity_scale: float | None


class _NoSuv(Exception):
    """Why there is no SUV, as a clause."""


def suv_of(dataset: Dataset, *, is_rescaled: bool) -> Suv:
    """The factor for the header of one PET image, rescaled or not; slices that agree share the work."""
    return _suv(_inputs(dataset, is_rescaled))


def _inputs(dataset: Dataset, is_rescaled: bool) -> _Inputs:
    items = tags.items(dataset, "RadiopharmaceuticalInformationSequence")
    drug = items[0] if items else Dataset()
    codes = tags.items(drug, "RadionuclideCodeSequence")
    return _Inputs(
        is_rescaled=is_rescaled,
        units=tags.text(dataset, "Units"),
        suv_type=tags.text(dataset, "SUVType"),
        corrected=tuple(tags.text(dataset, "CorrectedImage").split("\\")),
        weight=tags.number(dataset, "PatientWeight"),
        radiopharmaceuticals=len(items),
        dose=tags.number(drug, "RadionuclideTotalDose"),
        half_life=tags.number(drug, "RadionuclideHalfLife"),
        nuclide=tags.text(codes[0], "CodeValue") if codes else "",
        timing=_timing(dataset, drug),
        suv_scale=_private_number(dataset, private.PHILIPS_SUV_SCALE),
        activity_scale=_private_number(dataset, private.PHILIPS_ACTIVITY_SCALE),
    )


def _timing(dataset: Dataset, drug: Dataset) -> Timing:
    return Timing(
        correction=tags.text(dataset, "DecayCorrection"),
        reference=tags.text(dataset, "DecayCorrectionDateTime"),
        series=(tags.text(dataset, "SeriesDate"), tags.text(dataset, "SeriesTime")),
        acquisition=(tags.text(dataset, "AcquisitionDate"), tags.text(dataset, "AcquisitionTime")),
        frame_reference_ms=tags.number(dataset, "FrameReferenceTime"),
        frame_duration_ms=tags.number(dataset, "ActualFrameDuration"),
        ge_scan_start=private.text(dataset, private.GE_SCAN_START),
        injection=tags.text(drug, "RadiopharmaceuticalStartDateTime"),
        injection_time=tags.text(drug, "RadiopharmaceuticalStartTime"),
    )


def _private_number(dataset: Dataset, wanted: private.PrivateElement) -> float | None:
    try:
        found = float(private.text(dataset, wanted))
    except ValueError:
        return None
    return found if 0 < found < float("inf") else None


@lru_cache(maxsize=1024)
def _suv(inputs: _Inputs) -> Suv:
    try:
        return _proven(inputs)
    except (_NoSuv, NoScanTime) as error:
        return Suv(None, f"No SUV: {error}.")


def _proven(inputs: _Inputs) -> Suv:
    if not inputs.is_rescaled:
        raise _NoSuv("the images have no rescale slope")
    if inputs.units == "GML":
        return _direct(inputs)
    if missing := [told for name, told in _NEEDED.items() if name not in inputs.corrected]:
        raise _NoSuv(f"the images are not corrected for {' and '.join(missing)}")
    if inputs.units == "BQML":
        return _from_activity(inputs, 1.0)
    if inputs.units != "CNTS":
        raise _NoSuv(f"the unit of the images ({inputs.units or 'missing'}) cannot be converted")
    if inputs.suv_scale is not None:
        told = f"counts × {inputs.suv_scale:.6g}"
        return Suv(inputs.suv_scale, f"SUVbw = {told}, the factor of the scanner (Philips).", f"SUVbw, {told}")
    if inputs.activity_scale is not None:
        return _from_activity(inputs, inputs.activity_scale)
    raise _NoSuv("the images are in counts and have no factor to activity")


def _direct(inputs: _Inputs) -> Suv:
    """PS3.3 C.8.9.1, SUV Type: absent means body weight."""
    if inputs.suv_type not in ("", "BW"):
        raise _NoSuv(f"the images hold SUV of another kind ({inputs.suv_type})")
    return Suv(1.0, "SUVbw as written by the sender (g/ml).", "SUVbw, written by the sender")


def _from_activity(inputs: _Inputs, scale: float) -> Suv:
    """Values times `scale` are Bq/ml."""
    weight, dose, half_life = _weight(inputs), _dose(inputs), _half_life(inputs)
    seconds, told = _decay(inputs.timing, half_life)
    factor = scale * weight * 1000.0 / (dose * 2.0 ** (-seconds / half_life))
    unit = "counts" if inputs.units == "CNTS" else "Bq/ml"
    short = f"{unit} × {factor:.6g}"
    return Suv(factor, f"SUVbw = {short} ({weight:g} kg, {dose / _MEGA:g} MBq, {told}).", f"SUVbw, {short}")


def _decay(timing: Timing, half_life: float) -> tuple[float, str]:
    """Over how many seconds the dose has decayed when the images were (as if) taken, and that in words."""
    if timing.correction == "ADMIN":
        return 0.0, "images corrected to the injection"
    if timing.correction != "START":
        told = "not corrected" if timing.correction == "NONE" else "corrected to an unknown time"
        raise _NoSuv(f"the decay of the images is {told}")
    injected, scanned = decay_time(timing, half_life)
    seconds = (scanned - injected).total_seconds()
    between = f"from {injected:%H:%M:%S} to {scanned:%H:%M:%S}"
    return seconds, f"decayed {seconds:g} s {between} with a half-life of {half_life:g} s"


def _weight(inputs: _Inputs) -> float:
    if inputs.weight is None or inputs.weight <= 0:
        raise _NoSuv("the patient's weight is missing")
    if inputs.weight > _HEAVIEST_KG:
        raise _NoSuv(f"a weight of {inputs.weight:g} kg is not plausible")
    return inputs.weight


def _dose(inputs: _Inputs) -> float:
    if inputs.radiopharmaceuticals != 1:
        raise _NoSuv("there is more than one injection" if inputs.radiopharmaceuticals else "the injection is missing")
    if inputs.dose is None or inputs.dose <= 0:
        raise _NoSuv("the injected dose is missing")
    if not _LEAST_BQ_PER_KG <= inputs.dose / _weight(inputs) <= _MOST_BQ_PER_KG:
        raise _NoSuv(f"an injected dose of {inputs.dose:g} Bq is not plausible")
    return inputs.dose


def _half_life(inputs: _Inputs) -> float:
    found = inputs.half_life
    if found is None or found <= 0:
        raise _NoSuv("the half-life of the nuclide is missing")
    known = nuclide_half_life(inputs.nuclide)
    if known is not None and abs(found / known - 1) > _HALF_LIFE_TOLERANCE:
        raise _NoSuv(f"a half-life of {found:g} s is not that of the nuclide ({known:g} s)")
    return found
