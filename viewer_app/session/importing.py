"""Measurements of a JSON report, taken into the open study as one step of its history: all of them or none."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from viewer_app.errors import CaliperError
from viewer_app.measure.kind import Gesture
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import is_one_place
from viewer_app.measure.measurement import Figure, Measurement, Record
from viewer_app.report import Report, read_json
from viewer_app.session.history import Change
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.tasks import Lane

_ROUNDING = 1e-9
_NOTHING = "Nothing was imported."


@dataclass(frozen=True, slots=True)
class Imported:
    """UIDs of what was taken in, and of those whose numbers differ from the file; how many were there already."""

    made: tuple[str, ...]
    differing: tuple[str, ...]
    known: int

    @property
    def words(self) -> str:
        """What a person is told."""
        told = [f"{_counted(len(self.made))} imported."]
        if self.known:
            told.append(f"{_counted(self.known)} of the file were there already.")
        if self.differing:
            told.append(
                f"Numbers of {_counted(len(self.differing))} differ from the file; those here are of the images."
            )
        return " ".join(told)


def import_file(workspace: Workspace, path: Path, done: Callable[[Imported], None]) -> None:
    """Read a JSON report in the background and take it into the study on show; errors go to `failed`."""
    opened = workspace.study
    if opened is None:
        return

    def read(report: Report) -> None:
        drawn = [each.measurement for each in report.records if _is_known(each.measurement)]
        opened.measuring.volumetry.fetch(drawn, lambda: take(report))

    def take(report: Report) -> None:
        try:
            if workspace.study is not opened:
                raise CaliperError("Another study was opened meanwhile.", f"{_NOTHING} Import again.")
            drawn = [each.measurement for each in _fresh(opened, report)]
            opened.measuring.awaited.do(drawn, lambda: done(take_in(opened, report)))
        except CaliperError as error:
            workspace.failed.emit(error)

    workspace.tasks.run(Lane.BROWSE, lambda watch: read_json(path), done=read)


def take_in(opened: OpenStudy, report: Report) -> Imported:
    """Add what is not there yet, with numbers evaluated anew, as one step.

    Raises:
        CaliperError: another patient or study, an unknown kind, or an image that is not here or not as it was.
    """
    fresh = {each.measurement.uid: each for each in _fresh(opened, report)}
    made = {uid: opened.measuring.measured(found.measurement) for uid, found in fresh.items()}
    if made:
        opened.history.do(f"Import {_counted(len(made))}", *(Change(None, record) for record in made.values()))
    differing = tuple(uid for uid, record in made.items() if not _agree(record, fresh[uid]))
    return Imported(tuple(made), differing, len(report.records) - len(fresh))


def _fresh(opened: OpenStudy, report: Report) -> list[Record]:
    """What is not there yet; CaliperError as in `take_in`."""
    _refuse_others(opened, report)
    fresh = [each for each in report.records if not opened.measurements.get(each.measurement.uid)]
    for found in fresh:
        _refuse_misplaced(opened, found)
    return fresh


def _refuse_others(opened: OpenStudy, report: Report) -> None:
    ours, theirs = opened.study, report.study
    if theirs.info.study_uid != ours.info.study_uid:
        raise CaliperError("These measurements are of another study.", f"{_NOTHING} Open that study first.")
    if not report.patient_hidden and theirs.patient != ours.patient:
        raise CaliperError("These measurements are of another patient.", f"{_NOTHING} Check whose study this is.")


def _refuse_misplaced(opened: OpenStudy, found: Record) -> None:
    mark = found.measurement
    if mark.kind not in KINDS:
        raise CaliperError("The file has a measurement of a kind this Caliper does not know.", "Update Caliper.")
    if not _is_whole(mark):
        raise CaliperError("The file has a measurement that is damaged.", f"{_NOTHING} Export it again.")
    if not all(_is_here(opened, figure) for figure in mark.figures):
        raise CaliperError(
            "The file has a measurement of an image that is not here, or not as it was.",
            f"{_NOTHING} Open all images of the study.",
        )
    if mark.region is not None and opened.measuring.volumetry.stack(mark) is None:
        raise CaliperError("The file has a volume of other images.", f"{_NOTHING} Open all images of the study.")
    if not opened.measuring.has_images(mark):
        series = found.place.series_description or "its series"
        raise CaliperError(
            f"Not all measured images of {series} have arrived.", f"{_NOTHING} Show that series, then import again."
        )


def _is_known(mark: Measurement) -> bool:
    return mark.kind in KINDS and bool(mark.figures)


def _is_whole(mark: Measurement) -> bool:
    """As many points as its kind takes, each finite; a volume may have any number of them."""
    kind, points = KINDS[mark.kind], [point for figure in mark.figures for point in figure.points]
    is_counted = kind.gesture is Gesture.STACK or kind.min_points <= len(points) <= kind.max_points
    return all(figure.points for figure in mark.figures) and is_counted and bool(points and np.isfinite(points).all())


def _is_here(opened: OpenStudy, figure: Figure) -> bool:
    """Its image is in the study and lies where it lay; of a reconstructed plane, its stack."""
    if figure.reference is None:
        stack = opened.stack_by_key(opened.measuring.stack_key(figure))
        return stack is not None and opened.grid(stack).frame_of_reference_uid == figure.plane.frame_of_reference_uid
    place = opened.find_image(figure.reference)
    if place is None or place[0] not in opened.stacks:
        return False
    image = place[0].images[place[1]]
    size = image.instance.pixel_format
    is_in_place = size is not None and is_one_place(image.plane, figure.plane, size.rows, size.columns)
    return is_in_place and not image.instance.is_twin


def _agree(now: Record, file: Record) -> bool:
    """The same numbers in the same units; to the last bit but for rounding."""
    pairs = list(zip(now.values, file.values, strict=False))
    return len(now.values) == len(file.values) and all(
        one.key == other.key and one.unit == other.unit and _same(one.number, other.number) for one, other in pairs
    )


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_ROUNDING, abs_tol=_ROUNDING)


def _counted(count: int) -> str:
    return "1 measurement" if count == 1 else f"{count} measurements"
