"""The fields of the corner text by name: each says one thing of what is on show, or nothing. No Qt.

`resources/corner_text.json` may name these and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Plane, Vector, plane_name, vector
from viewer_app.imaging.headers import Image, Patient, StudyInfo, Window
from viewer_app.imaging.identity import telltales
from viewer_app.imaging.places.orientation import edge_letters
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.suv import SUV_UNIT
from viewer_app.measure.present import THIN_SPACE
from viewer_app.ui.views.corner_technique import TECHNIQUE
from viewer_app.ui.words import (
    date_text,
    measure_text,
    number_text,
    person_name,
    positive_text,
    short_number,
    time_text,
    window_text,
)

_SIDES = {"R": "Right", "L": "Left", "B": "Both sides"}
_AGES = {"D": "days", "W": "weeks", "M": "months", "Y": "y"}
# Nobody was older: an earlier date of birth stands for an unknown one.
_OLDEST = 130
_UNEVEN = frozenset({"uneven"})


@dataclass(frozen=True)
class Shown:
    """What is on show. `index` is that of the slice, from 0; `zoom` is screen pixels per image pixel,
    unless `real_size` says instead that 1 mm is 1 mm on the glass.

    With a `cut` it is a reconstruction, and what holds of one acquired image alone is not said.
    """

    patient: Patient
    study: StudyInfo
    stack: Stack
    index: int
    window: Window | None
    zoom: float
    hidden: bool = False
    cut: Cut | None = None
    real_size: str = ""

    @property
    def image(self) -> Image:
        """The slice."""
        return self.stack.images[self.index]

    @property
    def details(self) -> Mapping[str, str]:
        """Further values of its header by DICOM keyword."""
        return self.image.instance.details


@dataclass(frozen=True)
class Field:
    """How a field is made. One that `identifies` is empty while patients are hidden; `of_image` ones with a cut.

    `is_free`: people write there what they like, perhaps the very name that is to be hidden.
    """

    words: Callable[[Shown], str]
    identifies: bool = False
    of_image: bool = False
    is_free: bool = False


def field_text(name: str, shown: Shown) -> str:
    """The words of a field; "" where there is nothing to say, or it is not to be said."""
    field = FIELDS[name]
    silent = (field.identifies and shown.hidden) or (field.of_image and shown.cut is not None)
    words = "" if silent else field.words(shown)
    return "" if field.is_free and shown.hidden and _tells(words, shown) else words


def _tells(words: str, shown: Shown) -> bool:
    return telltales(shown.patient, shown.study).tell_in(words)


def _name(shown: Shown) -> str:
    return "Patient hidden" if shown.hidden else person_name(shown.patient.name) or "No patient name"


def _age(shown: Shown) -> str:
    """As the file says it, else in whole years from birth to study."""
    written = shown.details.get("PatientAge", "")
    if len(written) == 4 and written[:3].isdecimal() and written[3] in _AGES and written != "000Y":
        return f"{int(written[:3])}{THIN_SPACE}{_AGES[written[3]]}"
    born, then = shown.patient.birth_date, shown.study.date
    if not (_is_date(born) and _is_date(then) and born <= then):
        return ""
    years = int(then[:4]) - int(born[:4]) - (then[4:] < born[4:])
    return f"{years}{THIN_SPACE}{_AGES['Y']}" if 0 < years <= _OLDEST else ""


def _is_date(written: str) -> bool:
    return len(written) == 8 and written.isdecimal()


def _labelled(label: str, written: str) -> str:
    return f"{label} {written}" if written else ""


def _study_date(shown: Shown) -> str:
    return _labelled("Study", _date_and_time(shown.study.date, shown.study.time))


def _acquired(shown: Shown) -> str:
    """When the image was acquired; the day only where it is not that of the study."""
    whole, details = shown.details.get("AcquisitionDateTime", ""), shown.details
    date = details.get("AcquisitionDate", "") or whole[:8]
    time = details.get("AcquisitionTime", "") or whole[8:14]
    if date == shown.study.date and time_text(time):
        date = ""
    return _labelled("Acquired", _date_and_time(date, time))


def _date_and_time(date: str, time: str) -> str:
    return " ".join(part for part in (date_text(date), time_text(time)) if part)


def _series(shown: Shown) -> str:
    info = shown.stack.info
    return " ".join(part for part in (info.modality, "" if info.number is None else f"#{info.number}") if part)


def _plane(shown: Shown) -> str:
    if shown.cut is not None:
        return plane_name(_plane_of(shown.cut)).capitalize()
    return plane_name(shown.image.plane).capitalize() if edge_letters(shown.image.frame) else ""


def _plane_of(cut: Cut) -> Plane:
    return Plane(cut.point, cut.row_direction, cut.column_direction, 1.0, 1.0)


def _laterality(shown: Shown) -> str:
    """Of the image before that of the series."""
    sides = (shown.details.get(name, "") for name in ("ImageLaterality", "FrameLaterality", "Laterality"))
    return _SIDES.get(next(filter(None, sides), ""), "")


def _window(shown: Shown) -> str:
    """The window in force, in SUV where the values are; a colour image is shown as it is, whatever the window."""
    pixels = shown.image.instance.pixel_format
    if pixels is not None and pixels.is_colour:
        return ""
    window = shown.window and replace(shown.window, explanation="")
    text = window_text(window)
    return f"{text} {SUV_UNIT}" if text and shown.image.frame.rescale.unit == SUV_UNIT else text


def _window_name(shown: Shown) -> str:
    return shown.window.explanation if shown.window is not None and _window(shown) else ""


def _spacing(shown: Shown) -> str:
    """The distance of slices from their positions (BIR 27); what the file says of it where there are none."""
    report = shown.stack.report
    if any(finding.kind in _UNEVEN for finding in report.findings):
        return "spacing uneven"
    if report.step_mm > 0:
        return f"spacing {short_number(report.step_mm)}{THIN_SPACE}mm"
    return positive_text(shown.details.get("SpacingBetweenSlices", ""), "mm (file)", "spacing ")


def _location(shown: Shown) -> str:
    """Where the middle of the picture lies along the patient axis that is nearest to the normal."""
    if shown.cut is not None:
        return _along(shown.cut.point, shown.cut.normal)
    plane = shown.image.plane
    if not plane.located:
        return measure_text(shown.details.get("SliceLocation", ""), "mm (file)", "location ")
    return _along(_middle(shown.image), plane.normal)


def _along(point: Vector, normal: Vector) -> str:
    axis = max(range(3), key=lambda number: abs(normal[number]))
    return f"{'xyz'[axis]} {number_text(point[axis], 1)}{THIN_SPACE}mm"


def _middle(image: Image) -> Vector:
    """The patient point in the middle of the image: on an oblique slice a corner lies elsewhere."""
    pixel_format = image.instance.pixel_format
    assert pixel_format is not None
    middle = ((pixel_format.columns - 1) / 2, (pixel_format.rows - 1) / 2)
    return vector(image.plane.to_patient([middle])[0])


def _slab(shown: Shown) -> str:
    if shown.cut is None or not shown.cut.slab_mm:
        return ""
    return f"{shown.cut.slab_mode.value} {short_number(shown.cut.slab_mm)}{THIN_SPACE}mm"


def _moment(shown: Shown) -> str:
    """When the frame of a cine was taken."""
    cine = shown.image.instance.cine
    return (
        ""
        if cine is None or not cine.is_timed
        else f"t {number_text(cine.seconds(shown.image.frame.number), 2)}{THIN_SPACE}s"
    )


def _frame_rate(shown: Shown) -> str:
    """How fast a cine is meant to run."""
    cine = shown.image.instance.cine
    rate = None if cine is None else cine.display_rate
    return "" if rate is None else f"{short_number(rate)}{THIN_SPACE}frames/s"


def _of_details(words: Callable[[Mapping[str, str]], str]) -> Field:
    return Field(lambda shown: words(shown.details), of_image=True, is_free=True)


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "name": Field(_name),
        "patient_id": Field(lambda shown: shown.patient.patient_id, identifies=True),
        "birth_date": Field(lambda shown: date_text(shown.patient.birth_date), identifies=True),
        "sex": Field(lambda shown: shown.patient.sex, identifies=True),
        "age": Field(_age, identifies=True),
        "institution": Field(lambda shown: shown.study.institution, identifies=True),
        "study_id": Field(lambda shown: _labelled("Study ID", shown.study.study_id), identifies=True),
        "accession": Field(lambda shown: _labelled("Acc.", shown.study.accession_number), identifies=True),
        "study_description": Field(lambda shown: shown.study.description, is_free=True),
        "study_date": Field(_study_date),
        "acquired": Field(_acquired, of_image=True),
        "series": Field(_series),
        "series_description": Field(lambda shown: shown.stack.title, is_free=True),
        "plane": Field(_plane),
        "laterality": Field(_laterality),
        "body_part": Field(lambda shown: shown.details.get("BodyPartExamined", "").capitalize(), is_free=True),
        "window": Field(_window),
        "window_name": Field(_window_name, is_free=True),
        "zoom": Field(lambda shown: shown.real_size or f"zoom {shown.zoom * 100:.0f}{THIN_SPACE}%"),
        "image_number": Field(lambda shown: f"Image {shown.index + 1} / {len(shown.stack.images)}", of_image=True),
        "moment": Field(_moment, of_image=True),
        "frame_rate": Field(_frame_rate),
        "thickness": _of_details(lambda details: positive_text(details.get("SliceThickness", ""), "mm", "thickness ")),
        "spacing": Field(_spacing),
        "location": Field(_location),
        "slab": Field(_slab),
        **{name: _of_details(words) for name, words in TECHNIQUE.items()},
    }
)
