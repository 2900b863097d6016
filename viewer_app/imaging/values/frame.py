"""How stored values become modality values, in which unit, and what of it is doubtful (C16-C18, C24, C36)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from pydicom import Dataset

from viewer_app.imaging.headers import PixelFormat, Rescale, Suv, Window
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups
from viewer_app.imaging.values.lookup import entries, read_lookup
from viewer_app.imaging.values.real_world import real_world_note
from viewer_app.imaging.values.suv import SUV_UNIT, suv_of
from viewer_app.imaging.values.windows import frame_windows, scaled

Texts = tuple[str, ...]

# PS3.3 C.11.1.1.2, Rescale Type and Modality LUT Type; what is not a defined term proves no unit.
_RESCALE_TYPES = {
    "HU": "HU", "HU_MOD": "HU", "OD": "mOD", "MGML": "mg/ml", "PCT": "%", "Z_EFF": "Z eff", "ED": "10²³/ml",
    "EDW": "N/Nw", "MGML_DENSITY": "mg/ml",
}  # fmt: skip
# PS3.3 C.8.9.1.1.3, Units of a PET series.
_PET_UNITS = {
    "BQML": "Bq/ml", "CNTS": "counts", "PROPCNTS": "proportional counts", "GML": "g/ml", "CPS": "counts/s",
    "PROPCPS": "proportional counts/s", "CM2ML": "cm²/ml", "PCNT": "%", "MLG": "ml/g", "MLMING": "ml/(min g)",
    "MGMINML": "mg/(min ml)", "UMOLMINML": "µmol/(min ml)", "UMOLML": "µmol/ml", "MLMINML": "ml/(min ml)",
    "MLML": "ml/ml", "1CM": "1/cm", "CM2": "cm²", "STDDEV": "standard deviations",
}  # fmt: skip
_CONE_BEAM_WORDS = ("CBCT", "CONE BEAM", "CONEBEAM", "CONE-BEAM")
_CONE_BEAM_TEXTS = ("SeriesDescription", "ProtocolName", "ManufacturerModelName", "ImageType")

_BROKEN_LUT = "The Modality LUT is broken; stored values are shown, without a unit."
_INCOMPLETE = "Rescale Slope and Intercept are incomplete; stored values are shown, without a unit."
_CONE_BEAM = "Cone beam CT: HU depend on place and field of view; do not compare them with those of a CT scanner."
_POLARITY = (
    "Photometric Interpretation and Presentation LUT Shape contradict each other; the first is followed. "
    "Black and white may be exchanged."
)


@dataclass(frozen=True, slots=True)
class FrameValues:
    """What a header says about the values of one frame; `doubts` and `notes` as in `Frame`."""

    rescale: Rescale
    windows: tuple[Window, ...]
    doubts: Texts = ()
    notes: Texts = ()


def frame_values(groups: Groups, number: int, modality: str, pixel_format: PixelFormat) -> FrameValues:
    """Rescale, unit and proposed windows of frame `number` (from 1); without a unit where doubtful."""
    rescale, doubts = frame_rescale(groups, number, modality)
    windows = frame_windows(groups, number, modality, rescale, pixel_format)
    told = (*doubts, *_polarity_doubt(groups.dataset))
    found = FrameValues(rescale, windows, told, real_world_note(groups, number, rescale.unit))
    if modality != "PT" or doubts:
        return found
    is_rescaled = "RescaleSlope" in groups.holder(number, "PixelValueTransformationSequence")
    return _with_suv(found, suv_of(groups.dataset, is_rescaled=is_rescaled))


def frame_rescale(groups: Groups, number: int, modality: str) -> tuple[Rescale, Texts]:
    """Slope, intercept (or table) and unit of frame `number` (PS3.3 C.11.1), and why it is doubtful.

    Identity without a unit where what is there cannot be used.
    """
    luts = tags.items(groups.dataset, "ModalityLUTSequence")
    if luts:
        return _lut_rescale(groups.dataset, luts[0])
    holder = groups.holder(number, "PixelValueTransformationSequence")
    if "RescaleSlope" not in holder and "RescaleIntercept" not in holder:
        return Rescale(unit=_pet_unit(groups.dataset) if modality == "PT" else ""), ()
    slope, intercept = tags.number(holder, "RescaleSlope"), tags.number(holder, "RescaleIntercept")
    if slope is None or intercept is None or slope == 0:
        return Rescale(), (_INCOMPLETE,)
    unit = _unit(groups.dataset, holder, modality)
    return Rescale(slope, intercept, unit), _cone_beam_doubt(groups.dataset) if unit == "HU" else ()


def _lut_rescale(dataset: Dataset, item: Dataset) -> tuple[Rescale, Texts]:
    """PS3.3 C.11.1.1: the first input has the sign of Pixel Representation, the entries have none."""
    lookup = read_lookup(item, signed_input=tags.integer(dataset, "PixelRepresentation") == 1)
    if lookup is None or int(entries(lookup).max()) >> lookup.bits:
        return Rescale(), (_BROKEN_LUT,)
    return Rescale(unit=_RESCALE_TYPES.get(tags.text(item, "ModalityLUTType"), ""), lookup=lookup), ()


def _unit(dataset: Dataset, holder: Dataset, modality: str) -> str:
    if modality == "PT":
        return _pet_unit(dataset)
    rescale_type = tags.text(holder, "RescaleType")
    if rescale_type:
        return _RESCALE_TYPES.get(rescale_type, "")
    return "HU" if modality == "CT" and _is_in_hu(dataset) else ""


def _is_in_hu(dataset: Dataset) -> bool:
    """PS3.3 C.8.2.1, Rescale Intercept: neither localizers nor spectral images are in HU unless they say so."""
    is_localizer = "LOCALIZER" in tags.text(dataset, "ImageType").split("\\")
    return not is_localizer and tags.text(dataset, "MultienergyCTAcquisition") != "YES"


def _pet_unit(dataset: Dataset) -> str:
    return _PET_UNITS.get(tags.text(dataset, "Units"), "")


def _cone_beam_doubt(dataset: Dataset) -> Texts:
    return (_CONE_BEAM,) if _names_cone_beam(tuple(tags.text(dataset, name) for name in _CONE_BEAM_TEXTS)) else ()


@lru_cache(maxsize=1024)
def _names_cone_beam(texts: Texts) -> bool:
    joined = " ".join(texts).upper()
    return any(word in joined for word in _CONE_BEAM_WORDS)


def _polarity_doubt(dataset: Dataset) -> Texts:
    """PS3.3 C.11.6: INVERSE belongs to MONOCHROME1 and IDENTITY to MONOCHROME2; they say the same thing twice."""
    shape = tags.text(dataset, "PresentationLUTShape")
    kind = tags.text(dataset, "PhotometricInterpretation")
    return (_POLARITY,) if (shape, kind) in (("INVERSE", "MONOCHROME2"), ("IDENTITY", "MONOCHROME1")) else ()


def _with_suv(found: FrameValues, suv: Suv) -> FrameValues:
    """PET values as SUVbw where that is proven, with what is proposed for them; else the reason (C36)."""
    plain = found.rescale
    if suv.factor is None:
        return replace(found, rescale=replace(plain, suv=suv), doubts=(*found.doubts, suv.reason))
    rescale = Rescale(plain.slope * suv.factor, plain.intercept * suv.factor, SUV_UNIT, origin=suv.origin, suv=suv)
    windows = tuple(scaled(window, suv.factor) for window in found.windows if window.lookup is None)
    return replace(found, rescale=rescale, windows=windows, notes=(*found.notes, suv.reason))


def padding_range(dataset: Dataset, pixel_format: PixelFormat) -> tuple[float, float] | None:
    """Smallest and largest STORED value that means "no pixel here" (PS3.3 C.7.5.1.1.2), or None."""
    if pixel_format.is_colour:
        return None
    kind = ("Float" if pixel_format.bits_allocated == 32 else "DoubleFloat") if pixel_format.is_float else ""
    first = tags.number(dataset, f"{kind}PixelPaddingValue")
    if first is None:
        return None
    limit = tags.number(dataset, f"{kind}PixelPaddingRangeLimit")
    ends = sorted(_as_stored(number, pixel_format) for number in (first, first if limit is None else limit))
    return ends[0], ends[1]


def _as_stored(number: float, pixel_format: PixelFormat) -> float:
    """A padding value written with the other sign (US for SS, or SS for US) as the stored value it stands for."""
    if pixel_format.is_float:
        return number
    low, high = pixel_format.stored_range
    whole = 1 << pixel_format.bits_allocated
    if pixel_format.is_signed and number > high:
        return number - whole
    return number + whole if number < low and not pixel_format.is_signed else number
