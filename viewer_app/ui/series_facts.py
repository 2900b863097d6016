"""All that Caliper says of a series, in sections for reading: the geometry report, scale, values and doubts. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from viewer_app.imaging.documents import Line, LineKind, StructuredReport
from viewer_app.imaging.geometry import Calibration, Plane, plane_name
from viewer_app.imaging.headers import Frame, SeriesInfo
from viewer_app.imaging.report import Finding, GeometryReport
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.measure.present import THIN_SPACE
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.ui.words import capitalized

Free = Callable[[str], str]

# Findings that repeat what single frames say; those have sections of their own.
_OF_FRAMES = ("doubt", "values")
_NOT_PROVEN = "The file proves no unit: values are bare numbers."

_SCALES: Mapping[Calibration, str] = {
    Calibration.IMAGE_PLANE: "Lengths are in mm: the file says how large a pixel is in the plane of the image.",
    Calibration.LOCALIZER: "Lengths are in mm at the scanner's axis. A localizer is a projection: what lies nearer to "
    "the tube is magnified, across the table only.",
    Calibration.PROJECTION: "Lengths are in mm, at the depth at which the projection was calibrated.",
    Calibration.CENTER_OF_BEAM: "Lengths are in mm, for an object in the centre of the beam.",
    Calibration.UNSTATED: "Lengths are in mm, but the file does not say whether at the detector or in the patient.",
    Calibration.DETECTOR: "Lengths are in mm at the detector. The patient is magnified: true sizes are smaller.",
    Calibration.FILM: "Lengths are in mm on the scanned film. The patient is magnified: true sizes are smaller.",
    Calibration.REGION: "Lengths are in mm inside one scan region.",
    Calibration.USER: "Lengths are in mm by a line of known length that a user drew, at its depth.",
    Calibration.NONE: "Lengths are in pixels: the file does not prove a scale.",
}


def series_title(info: SeriesInfo, free: Free = str) -> str:
    """The description of a series, else its number; `free` leaves out what is not to be said."""
    return free(info.description) or ("Unnamed series" if info.number is None else f"Series {info.number}")


def series_name(stack: Stack, free: Free = str) -> str:
    """What a stack is called: its series, and what tells it from its sisters."""
    return " · ".join(part for part in (series_title(stack.info, free), free(stack.label)) if part)


def pixel_size(plane: Plane) -> str:
    """ "0.49 × 0.49 mm", across and down; "" where lengths are in pixels."""
    if plane.unit != "mm":
        return ""
    return f"{plane.column_spacing:.2f} × {plane.row_spacing:.2f}{THIN_SPACE}mm"


def about_series(
    stack: Stack,
    failed: Mapping[int, str] | None = None,
    free: Free = str,
    calibration: UserCalibration | None = None,
) -> StructuredReport:
    """Everything that is known of a stack; `failed` tells by index which images could not be read, and why.

    `calibration` is the user's that holds for the image on show. `free` leaves out of
    what people wrote what is not to be said.
    """
    sections = (
        ("Before measuring", _doubts(stack)),
        ("From slice to slice", _geometry(stack.report)),
        ("Lengths in an image", (*_calibrated(calibration), *_scale(stack))),
        ("Values", _values(stack)),
        ("Images that could not be read", _failed(failed or {})),
    )
    lines: list[Line] = []
    for heading, found in sections:
        inner = list(found)
        if inner:
            lines += [Line(0, heading, kind=LineKind.HEADING), *inner]
    return StructuredReport(series_name(stack, free), tuple(_head(stack)), tuple(lines))


def _head(stack: Stack) -> Iterator[Line]:
    first, info = stack.images[0], stack.info
    number = "" if info.number is None else f"#{info.number}"
    yield Line(0, "Series", " ".join(part for part in (info.modality, number) if part) or "modality not told")
    count = len(stack.images)
    pixels = first.instance.pixel_format
    size = f" of {pixels.columns} × {pixels.rows} pixels" if pixels is not None else ""
    yield Line(0, "Images", f"{count}{size}")
    if first.plane.located:
        yield Line(0, "Plane", plane_name(first.plane))


def _doubts(stack: Stack) -> Iterator[Line]:
    told = Counter(words for image in stack.images for words in dict.fromkeys(image.frame.doubts))
    told.update(words for image in stack.images if (words := lossy_words(image.instance)))
    for words, count in told.items():
        some = "" if count == len(stack.images) else f" ({count} of {len(stack.images)} images)"
        yield Line(1, "", words + some, LineKind.WARNING)


def _geometry(report: GeometryReport) -> Iterator[Line]:
    findings = [finding for finding in report.findings if finding.kind not in _OF_FRAMES]
    if report.is_volume:
        step = f"The slices are evenly spaced, {report.step_mm:.2f}{THIN_SPACE}mm apart."
        yield Line(1, "", f"{step} Nothing stands against MPR and volume.")
    for finding in sorted(findings, key=lambda finding: not finding.is_warning):
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[Line]:
    yield Line(1, "", finding.what, LineKind.WARNING if finding.is_warning else LineKind.ITEM)
    for sentence in (finding.meaning, finding.offer):
        if sentence:
            yield Line(2, "", sentence)


def _calibrated(calibration: UserCalibration | None) -> Iterator[Line]:
    """What a user told, before what the file says."""
    if calibration is not None:
        where = "of this series" if calibration.whole_series else "on the image on show"
        yield Line(1, "", f"Lengths {where} are in mm by a line of known length that a user drew, at its depth.")
        yield Line(2, "", capitalized(calibration.words))
        yield Line(2, "Pixel, across × down", pixel_size(calibration.scale.plane))
        yield Line(1, "", "Without it the file would hold:")


def _scale(stack: Stack) -> Iterator[Line]:
    plane, regions = stack.images[0].plane, stack.images[0].frame.regions
    scaled = [region for region in regions if region.spacing]
    if scaled:
        yield Line(1, "", f"{_SCALES[Calibration.REGION]} Across regions and outside of them they are in pixels.")
        yield Line(1, "Scan regions", f"{len(regions)}, {len(scaled)} with a scale in mm")
        return
    yield Line(1, "", _SCALES[plane.calibration])
    if plane.unit == "mm":
        yield Line(1, "Pixel, across × down", pixel_size(plane))


def _values(stack: Stack) -> Iterator[Line]:
    pixels = stack.images[0].instance.pixel_format
    if pixels is not None and pixels.is_colour:
        yield Line(1, "", "Colours have no values to measure.")
        return
    frames = [image.frame for image in stack.images]
    unit = frames[0].rescale.unit
    yield Line(1, "Unit", unit) if unit else Line(1, "", _NOT_PROVEN)
    notes = _each_once(frames)
    yield from (Line(1, "", note) for note in notes)
    if frames[0].rescale.origin and not notes:
        yield Line(1, "From", frames[0].rescale.origin)


def _each_once(frames: Iterable[Frame]) -> Sequence[str]:
    return tuple(dict.fromkeys(note for frame in frames for note in frame.notes))


def _failed(failed: Mapping[int, str]) -> Iterator[Line]:
    by_reason: dict[str, list[int]] = {}
    for index, why in sorted(failed.items()):
        by_reason.setdefault(why, []).append(index + 1)
    for why, numbers in by_reason.items():
        shown = ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")
        yield Line(
            1, f"Image {shown}" if len(numbers) == 1 else f"{len(numbers)} images ({shown})", why, LineKind.WARNING
        )
