"""How stored values become modality values, and which windows the file proposes (C16, C19-C22, C24)."""

from __future__ import annotations

from pydicom import Dataset

from viewer_app.imaging import tags
from viewer_app.imaging.groups import Groups
from viewer_app.imaging.headers import PixelFormat, Rescale, Window

Doubts = tuple[str, ...]

# PS3.3 C.11.1.1.2, Rescale Type; what is not a defined term proves no unit.
_RESCALE_TYPES = {"HU": "HU", "HU_MOD": "HU", "OD": "mOD", "MGML": "mg/ml", "PCT": "%"}
# PS3.3 C.8.9.1.1.3, Units of a PET series.
_PET_UNITS = {"BQML": "Bq/ml", "CNTS": "counts", "PROPCNTS": "proportional counts", "GML": "g/ml"}


def frame_rescale(groups: Groups, number: int, modality: str) -> tuple[Rescale, Doubts]:
    """Slope, intercept and unit of frame `number` (PS3.3 C.11.1), identity without a unit where doubtful."""
    holder = groups.holder(number, "PixelValueTransformationSequence")
    if tags.items(groups.dataset, "ModalityLUTSequence"):
        return Rescale(), ("Values pass a Modality LUT that Caliper does not apply yet; stored values are shown.",)
    present = [name in holder for name in ("RescaleSlope", "RescaleIntercept")]
    if not any(present):
        return Rescale(unit=_pet_unit(groups.dataset, modality)), ()
    slope, intercept = tags.number(holder, "RescaleSlope"), tags.number(holder, "RescaleIntercept")
    if slope is None or intercept is None or slope == 0:
        return Rescale(), ("Rescale Slope and Intercept are incomplete; stored values are shown, without a unit.",)
    return Rescale(slope, intercept, _unit(groups.dataset, holder, modality)), ()


def _unit(dataset: Dataset, holder: Dataset, modality: str) -> str:
    if modality == "PT":
        return _pet_unit(dataset, modality)
    rescale_type = tags.text(holder, "RescaleType")
    if rescale_type:
        return _RESCALE_TYPES.get(rescale_type, "")
    return "HU" if modality == "CT" else ""


def _pet_unit(dataset: Dataset, modality: str) -> str:
    units = tags.text(dataset, "Units")
    return _PET_UNITS.get(units, "") if modality == "PT" else ""


def frame_windows(groups: Groups, number: int) -> tuple[Window, ...]:
    """The usable windows of frame `number`, in the file's order; () where it proposes none."""
    holder = groups.holder(number, "FrameVOILUTSequence")
    centers, widths = tags.numbers(holder, "WindowCenter"), tags.numbers(holder, "WindowWidth")
    if not centers or not widths or len(centers) != len(widths):
        return ()
    function = tags.text(holder, "VOILUTFunction") or "LINEAR"
    names = tags.text(holder, "WindowCenterWidthExplanation").split("\\")
    names += [""] * (len(centers) - len(names))
    smallest = 1.0 if function == "LINEAR" else 0.0
    return tuple(
        Window(center, width, name.strip(), function)
        for center, width, name in zip(centers, widths, names, strict=False)
        if width >= smallest and width > 0
    )


def padding_range(dataset: Dataset, pixel_format: PixelFormat) -> tuple[float, float] | None:
    """Smallest and largest STORED value that means "no pixel here" (PS3.3 C.7.5.1.1.2), or None."""
    first = tags.number(dataset, "PixelPaddingValue")
    if first is None or pixel_format.is_colour:
        return None
    limit = tags.number(dataset, "PixelPaddingRangeLimit")
    ends = sorted(_as_stored(number, pixel_format) for number in (first, first if limit is None else limit))
    return ends[0], ends[1]


def _as_stored(number: float, pixel_format: PixelFormat) -> float:
    """A padding value written with the wrong VR sign (US for SS) as the stored value it stands for."""
    if pixel_format.is_signed and number > pixel_format.stored_range[1]:
        return number - (1 << pixel_format.bits_allocated)
    return number
