"""The words in the corners of a viewport (IHE BIR, section 5.8). No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from viewer_app.imaging.geometry import plane_name, vector
from viewer_app.imaging.headers import Image, Patient, Rescale, StudyInfo, Window
from viewer_app.imaging.places.orientation import edge_letters
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.imaging.values.suv import SUV_UNIT
from viewer_app.measure.present import MINUS, THIN_SPACE, pixel_decimals, rounded

SEPARATOR = " · "
_SIDES = {"R": "Right", "L": "Left", "B": "Both sides"}


class Density(Enum):
    """How much is written into the corners."""

    FULL = "full"
    MINIMAL = "minimal"
    NONE = "none"

    @property
    def next(self) -> Density:
        """The density after this one, round and round."""
        members = list(Density)
        return members[(members.index(self) + 1) % len(members)]


@dataclass(frozen=True, slots=True)
class Corners:
    """Lines of text from top to bottom. `badges` are warnings, shown in amber whatever the density."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()


def person_name(name: str) -> str:
    """A DICOM person name for reading: "Family, Given Middle" (PS3.5 6.2.1); other alphabets are kept after it."""
    groups = [group for group in name.split("=") if group.strip("^ ")]
    shown = []
    for group in groups:
        family, *rest = [part.strip() for part in group.split("^")]
        given = " ".join(part for part in rest if part)
        shown.append(", ".join(part for part in (family, given) if part))
    return " · ".join(shown)


def date_text(date: str) -> str:
    """DICOM's YYYYMMDD as YYYY-MM-DD; anything else as it is."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdigit() else date


def time_text(time: str) -> str:
    """DICOM's HHMMSS as HH:MM."""
    return f"{time[:2]}:{time[2:4]}" if len(time) >= 4 and time[:4].isdigit() else ""


def patient_line(patient: Patient) -> str:
    """ID, birth date and sex on one line."""
    return _joined(patient.patient_id, date_text(patient.birth_date), patient.sex)


def number_text(value: float, decimals: int = 0) -> str:
    """A number with a real minus sign."""
    return format(value, f".{decimals}f").replace("-", MINUS)


def identity_lines(patient: Patient, *, hidden: bool) -> tuple[str, ...]:
    """Who it is; nothing about it where patients are hidden."""
    if hidden:
        return ("Patient hidden",)
    return person_name(patient.name) or "No patient name", patient_line(patient)


def corner_text(
    patient: Patient,
    study: StudyInfo,
    stack: Stack,
    index: int,
    window: Window | None,
    zoom: float,
    density: Density,
    *,
    hidden: bool = False,
) -> Corners:
    """What stands in the corners for slice `index` (from 0); `zoom` is screen pixels per image pixel."""
    image = stack.images[index]
    if density is Density.NONE:
        return Corners(badges=_badges(image))
    place = f"Image {index + 1} / {len(stack.images)}"
    look = (_window_of(image, window), f"zoom {zoom * 100:.0f}{THIN_SPACE}%")
    if density is Density.MINIMAL:
        return Corners(
            top_left=identity_lines(patient, hidden=hidden)[:1],
            bottom_left=(_joined(*look), place),
            badges=_badges(image),
        )
    return Corners(
        top_left=identity_lines(patient, hidden=hidden),
        top_right=_study_lines(study, stack, image, hidden=hidden),
        bottom_left=(_joined(*look), _joined(place, *_slice_text(image), *_moment(image))),
        bottom_right=_technique_lines(image.instance.details),
        badges=_badges(image),
    )


def pointer_text(point: tuple[float, float, float], *, located: bool, value: float | None, rescale: Rescale) -> str:
    """What lies under the pointer: patient coordinates in mm and the value there."""
    parts = []
    if located:
        parts.append("  ".join(f"{axis} {number_text(number, 1)}" for axis, number in zip("xyz", point, strict=True)))
    if value is not None:
        shown = rounded(value, pixel_decimals(value, rescale.unit))
        parts.append(f"{shown}{THIN_SPACE}{rescale.unit}".strip())
    return "   ".join(parts)


def _study_lines(study: StudyInfo, stack: Stack, image: Image, *, hidden: bool) -> tuple[str, ...]:
    number = "" if stack.info.number is None else f"#{stack.info.number}"
    lines = (
        "" if hidden else study.institution,
        _joined(study.description, "" if hidden or not study.accession_number else f"Acc. {study.accession_number}"),
        _joined(" ".join(part for part in (stack.info.modality, number) if part), stack.title),
        _joined(date_text(study.date), time_text(study.time)),
        plane_name(image.plane).capitalize() if edge_letters(image.frame) else "",
        _view(image.instance.details),
    )
    return tuple(line for line in lines if line)


def _view(details: Mapping[str, str]) -> str:
    """Which side of the patient, and from where: "Right · CC"."""
    side = details.get("ImageLaterality") or details.get("Laterality", "")
    return _joined(_SIDES.get(side, ""), details.get("ViewPosition", ""))


def _technique_lines(details: Mapping[str, str]) -> tuple[str, ...]:
    tube = _joined(_with_unit(details, "KVP", "kV"), _with_unit(details, "XRayTubeCurrent", "mA"))
    echo = _joined(
        _with_unit(details, "RepetitionTime", "ms", "TR "),
        _with_unit(details, "EchoTime", "ms", "TE "),
        _with_unit(details, "MagneticFieldStrength", "T"),
    )
    contrast = details.get("ContrastBolusAgent", "")
    return tuple(line for line in (tube, echo, _kernel(details), contrast) if line)


def _kernel(details: Mapping[str, str]) -> str:
    kernel = details.get("ConvolutionKernel", "")
    return f"Kernel {kernel}" if kernel else ""


def _slice_text(image: Image) -> tuple[str, ...]:
    thickness = _with_unit(image.instance.details, "SliceThickness", "mm", "thickness ")
    if not image.plane.located:
        return (thickness,)
    axis = max(range(3), key=lambda number: abs(image.plane.normal[number]))
    return thickness, f"{'xyz'[axis]} {number_text(_middle(image)[axis], 1)}{THIN_SPACE}mm"


def _moment(image: Image) -> tuple[str, ...]:
    """When the frame of a cine was taken, and how fast it is meant to run."""
    cine = image.instance.cine
    if cine is None:
        return ()
    rate = "" if cine.display_rate is None else f"{cine.display_rate:g}{THIN_SPACE}frames/s"
    moment = f"t {number_text(cine.seconds(image.frame.number), 2)}{THIN_SPACE}s" if cine.is_timed else ""
    return moment, rate


def _middle(image: Image) -> tuple[float, float, float]:
    """The patient point in the middle of the image: on an oblique slice a corner lies elsewhere."""
    pixel_format = image.instance.pixel_format
    assert pixel_format is not None
    middle = ((pixel_format.columns - 1) / 2, (pixel_format.rows - 1) / 2)
    return vector(image.plane.to_patient([middle])[0])


def _badges(image: Image) -> tuple[str, ...]:
    """What a reader must know before measuring, in amber on the screen."""
    badges = (*image.frame.doubts, lossy_words(image.instance))
    return tuple(dict.fromkeys(badge for badge in badges if badge))


def _window_of(image: Image, window: Window | None) -> str:
    """The window in force, in SUV where the values are; a colour image is shown as it is, whatever the window."""
    pixels = image.instance.pixel_format
    if pixels is not None and pixels.is_colour:
        return ""
    text = window_text(window)
    return f"{text} {SUV_UNIT}" if text and image.frame.rescale.unit == SUV_UNIT else text


def window_text(window: Window | None) -> str:
    """Width, centre and name of a window; a VOI LUT of the file by its name."""
    if window is None:
        return ""
    if window.lookup is not None:
        return f"VOI LUT {window.explanation}".strip()
    decimals = 0 if window.width >= 10 else max(2, 1 - math.floor(math.log10(window.width)))
    text = f"W {number_text(window.width, decimals)} L {number_text(window.center, decimals)}"
    return f"{text} {window.explanation}".strip()


def _with_unit(details: Mapping[str, str], keyword: str, unit: str, before: str = "") -> str:
    try:
        number = float(details.get(keyword, ""))
    except ValueError:
        return ""
    shown = f"{number:.2f}".rstrip("0").rstrip(".")
    return f"{before}{shown}{THIN_SPACE}{unit}"


def _joined(*parts: str) -> str:
    return SEPARATOR.join(part for part in parts if part)
