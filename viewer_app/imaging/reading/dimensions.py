"""What tells images of one place apart: echo, phase, b-value, time ... read per frame, and put into words.

A classic image has these at its top level, an enhanced one in functional groups
(PS3.3 C.7.6.16.2, C.8.13.5), a legacy converted one among its unassigned attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydicom import Dataset

from viewer_app.imaging.headers import Dimensions
from viewer_app.imaging.reading import private, tags
from viewer_app.imaging.reading.groups import Groups
from viewer_app.imaging.reading.private import GE_B_VALUE, PHILIPS_B_VALUE, SIEMENS_B_VALUE, SIEMENS_GRADIENT_DIRECTION

Value = float | str
# The value of one stack, all values in ascending order, to words; "" where there is nothing to say.
Words = Callable[[Value, Sequence[Value]], str]

# GE adds a thousand million, or more, to the b-value for its own bookkeeping.
_GE_OFFSET = 100_000
_TERMS = {
    "M": "magnitude", "MAGNITUDE": "magnitude", "P": "phase", "PHASE": "phase", "PHASE MAP": "phase", "R": "real",
    "REAL": "real", "I": "imaginary", "IMAGINARY": "imaginary", "W": "water", "WATER": "water", "F": "fat",
    "FAT": "fat", "IP": "in phase", "IN_PHASE": "in phase", "OP": "opposed phase", "OPP_PHASE": "opposed phase",
    "OUT_PHASE": "opposed phase", "ADC": "ADC", "TRACEW": "trace", "FA": "FA", "MIP": "MIP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dimension:
    """`places` are (functional group, keyword) of enhanced objects, "" for the top level; `words` names a value.

    A `strong` dimension is what the scanner calls the images; the others are times and
    counters, which prove a split only where all parts are alike.
    """

    name: str
    places: tuple[tuple[str, str], ...]
    words: Words
    is_text: bool = False
    strong: bool = True


def _number(before: str, after: str = "") -> Words:
    def words(value: Value, every: Sequence[Value]) -> str:
        shown = f"{value:g}" if isinstance(value, float) else value
        return f"{before}{shown}{after}" if shown else ""

    return words


def _echo(value: Value, every: Sequence[Value]) -> str:
    return f"echo {every.index(value) + 1}, TE {value:g} ms" if isinstance(value, float) else ""


def _ordinal(before: str) -> Words:
    return lambda value, every: f"{before} {every.index(value) + 1} of {len(every)}" if value != "" else ""


def _seconds(value: Value, every: Sequence[Value]) -> str:
    return f"{value / 1000:g} s" if isinstance(value, float) else ""


def _image_type(value: Value, every: Sequence[Value]) -> str:
    """What is in this image type and not in all others."""
    common = set.intersection(*(set(str(one).split("\\")) for one in every))
    own = [term for term in str(value).split("\\") if term and term not in common]
    return " ".join(dict.fromkeys(_TERMS.get(term, term.replace("_", " ").lower()) for term in own))


def _direction(value: Value, every: Sequence[Value]) -> str:
    if value in ("", "NONE"):
        return ""
    directions = [one for one in every if str(one)[:1] in "-0123456789" and one != ""]
    return f"direction {directions.index(value) + 1}" if value in directions else _TERMS.get(str(value), "trace")


def _clock(value: Value, every: Sequence[Value]) -> str:
    """A DICOM time, or date and time, as HH:MM:SS; with its fraction where seconds do not tell (PS3.5 6.2)."""
    times = {str(one): _time_of_day(str(one)) for one in every}
    short = len({time.split(".")[0] for time in times.values()}) == len(times)
    time = times[str(value)].split(".")[0] if short else times[str(value)]
    return f"time {time[:2]}:{time[2:4]}:{time[4:]}".rstrip(":") if time[:4].isdigit() else ""


def _time_of_day(text: str) -> str:
    return text[8:] if len(text.split(".", maxsplit=1)[0]) >= len("YYYYMMDDHHMMSS") else text


# What a conversion of classic images left without a functional group (PS3.3 A.70).
_UNASSIGNED = "UnassignedPerFrameConvertedAttributesSequence"
_MR_TYPE, _CONTENT = "MRImageFrameTypeSequence", "FrameContentSequence"
_CARDIAC, _RESPIRATORY = "CardiacSynchronizationSequence", "RespiratorySynchronizationSequence"

B_VALUE = Dimension("b-value", (("MRDiffusionSequence", "DiffusionBValue"),), _number("b = ", " s/mm²"))
_GRADIENT = Dimension("gradient direction", (), _direction, is_text=True)

# What a reader calls images by, first what explains most.
DIMENSIONS = (
    B_VALUE,
    _GRADIENT,
    Dimension("image type", ((_MR_TYPE, "FrameType"), ("CTImageFrameTypeSequence", "FrameType"),
                             ("PETFrameTypeSequence", "FrameType"), ("", "ImageType")), _image_type, is_text=True),
    Dimension("component", ((_MR_TYPE, "ComplexImageComponent"),), _image_type, is_text=True),
    Dimension("echo time", (("MREchoSequence", "EffectiveEchoTime"), ("", "EchoTime")), _echo),
    Dimension("echo", (("", "EchoNumbers"),), _number("echo ")),
    Dimension("inversion time", (("MRModifierSequence", "InversionTimes"), ("", "InversionTime")),
              _number("TI ", " ms")),
    Dimension("flip angle", (("MRTimingAndRelatedParametersSequence", "FlipAngle"), ("", "FlipAngle")),
              _number("flip angle ", "°")),
    Dimension("repetition time", (("MRTimingAndRelatedParametersSequence", "RepetitionTime"),
                                  ("", "RepetitionTime")), _number("TR ", " ms")),
    Dimension("velocity", (("MRVelocityEncodingSequence", "VelocityEncodingDirection"),), _ordinal("flow"),
              is_text=True),
    Dimension("cardiac phase", ((_CARDIAC, "NominalPercentageOfCardiacPhase"),
                                ("", "NominalPercentageOfCardiacPhase")), _number("cardiac phase ", " %")),
    Dimension("respiratory phase", ((_RESPIRATORY, "NominalPercentageOfRespiratoryPhase"),),
              _number("respiratory phase ", " %")),
    Dimension("trigger time", ((_CARDIAC, "NominalCardiacTriggerDelayTime"), ("", "TriggerTime")),
              _ordinal("phase")),
    Dimension("respiratory trigger", ((_RESPIRATORY, "NominalRespiratoryTriggerDelayTime"),), _ordinal("phase")),
    Dimension("time point", ((_CONTENT, "TemporalPositionIndex"), ("", "TemporalPositionIdentifier")),
              _ordinal("time point")),
    Dimension("frame time", (("", "FrameReferenceTime"),), _seconds),
    Dimension("stack", ((_CONTENT, "StackID"),), _number("stack "), is_text=True),
    Dimension("tube voltage", (("CTXRayDetailsSequence", "KVP"), ("", "KVP")), _number("", " kV")),
    Dimension("kernel", (("CTReconstructionSequence", "ConvolutionKernel"), ("", "ConvolutionKernel")),
              _number("kernel "), is_text=True),
    Dimension("thickness", (("PixelMeasuresSequence", "SliceThickness"), ("", "SliceThickness")),
              _number("thickness ", " mm")),
)  # fmt: skip

# What only orders the images; used where the others do not explain the repeats.
COUNTERS = (
    Dimension("acquisition", ((_CONTENT, "FrameAcquisitionNumber"), ("", "AcquisitionNumber")),
              _number("acquisition ")),
    Dimension("sequence name", (("", "SequenceName"),), _number("sequence "), is_text=True),
    Dimension("acquisition time", ((_CONTENT, "FrameAcquisitionDateTime"), ("", "AcquisitionTime")), _clock,
              is_text=True, strong=False),
    Dimension("content time", (("", "ContentTime"),), _clock, is_text=True, strong=False),
)  # fmt: skip

# The last resort: a mosaic or multi-frame object is one volume by itself.
OBJECT = Dimension("object", (), _ordinal("object"), strong=False)

_INDEX = "dimension index "


class FrameDimensions:
    """Reads the dimensions of all frames of one header: what all frames share is read once."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._varying: tuple[Dimension, ...] = ()
        if groups.is_classic:
            self._shared = (*series_dimensions(groups), *counters(groups))
            return
        every = (*DIMENSIONS, *COUNTERS)
        self._varying = tuple(dimension for dimension in every if _varies(groups, dimension))
        self._shared = _told(groups, 1, (dimension for dimension in every if dimension not in self._varying))

    def of(self, number: int) -> Dimensions:
        """What is known of frame `number` (from 1); equal pairs of different frames are one object."""
        own = _told(self._groups, number, self._varying) if self._varying else ()
        return (*self._shared, *own, *_indices(self._groups, number))


def series_dimensions(groups: Groups) -> Dimensions:
    """Of a classic image: nearly always what the slice before has."""
    return _told(groups, 1, DIMENSIONS)


def counters(groups: Groups) -> Dimensions:
    """Of a classic image: nearly always something new."""
    found = ((one, _read(groups.dataset, one.places[-1][1], one)) for one in COUNTERS)
    return tuple((one.name, value) for one, value in found if value is not None and value != "")


def _varies(groups: Groups, dimension: Dimension) -> bool:
    sequences = {sequence or _UNASSIGNED for sequence, _ in dimension.places}
    sequences |= {"MRDiffusionSequence"} if dimension is _GRADIENT else set()
    return any(groups.varies(sequence) for sequence in sequences)


def _told(groups: Groups, number: int, dimensions: Iterable[Dimension]) -> Dimensions:
    found = []
    for dimension in dimensions:
        value = _special(groups, number, dimension)
        value = _value(groups, number, dimension) if value is None else value
        if value is not None and value != "":
            found.append(_pair(dimension.name, value))
    return tuple(found)


def index_dimension(name: str) -> Dimension:
    """The dimension of a column of Dimension Index Values, which has no name of its own (PS3.3 C.7.6.17)."""
    return Dimension(name, (), _number(f"{name} "), strong=False)


@lru_cache(maxsize=50_000)
def _pair(name: str, value: Value) -> tuple[str, Value]:
    return name, value


def _value(groups: Groups, number: int, dimension: Dimension) -> Value | None:
    for sequence, keyword in dimension.places:
        for holder in _holders(groups, number, sequence):
            found = _read(holder, keyword, dimension)
            if found is not None and found != "":
                return found
    return None


def _read(holder: Dataset, keyword: str, dimension: Dimension) -> Value | None:
    return tags.text(holder, keyword) if dimension.is_text else _first(tags.numbers(holder, keyword))


def _holders(groups: Groups, number: int, sequence: str) -> tuple[Dataset, ...]:
    if sequence:
        found = groups.group(number, sequence)
        return () if found is None else (found,)
    unassigned = groups.group(number, _UNASSIGNED)
    return (groups.dataset,) if unassigned is None else (unassigned, groups.dataset)


def _first(numbers: tuple[float, ...] | None) -> float | None:
    return numbers[0] if numbers else None


def _special(groups: Groups, number: int, dimension: Dimension) -> Value | None:
    """What has no single place: the b-value and direction of diffusion images, public or private."""
    if dimension is B_VALUE:
        return _b_value(groups, number)
    return _gradient(groups, number) if dimension is _GRADIENT else None


def _b_value(groups: Groups, number: int) -> float | None:
    if not groups.is_classic:
        return None
    public = tags.number(groups.dataset, "DiffusionBValue")
    if public is not None:
        return public
    for element in (SIEMENS_B_VALUE, PHILIPS_B_VALUE, GE_B_VALUE):
        found = private.numbers(groups.dataset, element)
        if found:
            return found[0] % _GE_OFFSET if element is GE_B_VALUE else found[0]
    return None


def _gradient(groups: Groups, number: int) -> str | None:
    diffusion = groups.group(number, "MRDiffusionSequence")
    if diffusion is not None:
        inner = tags.items(diffusion, "DiffusionGradientDirectionSequence")
        found = tags.numbers(inner[0], "DiffusionGradientOrientation", 3) if inner else None
        return _rounded(found) or tags.text(diffusion, "DiffusionDirectionality")
    public = tags.numbers(groups.dataset, "DiffusionGradientOrientation", 3)
    return _rounded(public or private.numbers(groups.dataset, SIEMENS_GRADIENT_DIRECTION))


def _rounded(numbers: tuple[float, ...] | None) -> str:
    return " ".join(f"{number:.4f}" for number in numbers) if numbers else ""


def _indices(groups: Groups, number: int) -> Dimensions:
    content = groups.group(number, _CONTENT)
    values = tags.numbers(content, "DimensionIndexValues") if content is not None else None
    return tuple(_pair(f"{_INDEX}{place}", value) for place, value in enumerate(values or (), start=1))
