"""What is done to several measurements of the open study at once, each as one step of its history.

Nothing is done by halves: where one of several cannot be done, none is, and `failed` of the study tells why.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from viewer_app.errors import CaliperError
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.study import TWIN
from viewer_app.measure.coloring import COLORS
from viewer_app.measure.copying import Spot, figure_on
from viewer_app.measure.kinds import KINDS, is_by_voxels
from viewer_app.measure.measurement import Figure, Measurement, Record, Reference
from viewer_app.session.finding import stack_in
from viewer_app.session.history import Change
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import other_study

Made = Callable[[tuple[str, ...]], object]
"""Told the UIDs of what was made, once it is: what waits for its samples comes first."""

_Place = tuple[Stack, int]
_OF_WORDS = "text_note"


def _nobody(uids: tuple[str, ...]) -> None:
    """For whom it is the same what was made."""


def remove_many(opened: OpenStudy, uids: Iterable[str]) -> None:
    """Delete measurements."""
    opened.measuring.awaited.do((), partial(_remove, opened, tuple(uids)))


def _remove(opened: OpenStudy, uids: tuple[str, ...]) -> None:
    records = _records(opened, uids)
    opened.history.do(_titled("Delete", len(records)), *(Change(found, None) for found in records))


def remove_all(opened: OpenStudy) -> None:
    """Delete all measurements of the study."""
    opened.measuring.awaited.do((), partial(_remove_all, opened))


def _remove_all(opened: OpenStudy) -> None:
    opened.history.do("Delete all", *(Change(found, None) for found in opened.measurements.records))


def restyle(opened: OpenStudy, uids: Iterable[str], color: str) -> None:
    """Give measurements one of `measure.coloring.COLORS`; "" leaves it to the rule. ValueError for another."""
    if color not in ("", *COLORS.values()):
        raise ValueError(f"{color!r} is none of the colours of marks")
    _reword(opened, uids, "Restyle", color=color)


def relabel(opened: OpenStudy, uids: Iterable[str], label: str) -> None:
    """Give measurements one label. Their numbers stay as they are."""
    _reword(opened, uids, "Rename", label=label)


def leave_wordless(opened: OpenStudy, uid: str, drawn: str) -> None:
    """Words were given up: a note, which is nothing else, is taken back, and can be done again; other marks stay.

    `drawn` is the UID of the step of its drawing; once anything else was done, nothing is taken back.
    """
    record, last = opened.measurements.get(uid), opened.history.next_undo
    if record is not None and record.measurement.kind == _OF_WORDS and last is not None and last.uid == drawn:
        opened.history.undo()


def move_many(opened: OpenStudy, moved: Sequence[Measurement]) -> None:
    """Put measurements of the study where they were moved to, with the numbers of that place."""
    if not all(map(opened.measuring.has_images, moved)):
        opened.failed.emit(CaliperError("Not all images have arrived.", "Move the marks when they are shown."))
        return
    opened.measuring.awaited.do(moved, partial(_move, opened, moved))


def _move(opened: OpenStudy, moved: Sequence[Measurement]) -> None:
    now, changes = datetime.now(UTC), []
    for mark in moved:
        before = opened.measurements.get(mark.uid)
        if before is None or before.measurement.figures == mark.figures:
            continue
        after = opened.measuring.measured(replace(before.measurement, figures=mark.figures, updated_at=now))
        changes.append(Change(before, after))
    opened.history.do(_titled("Move", len(changes)), *changes)


def move_label(opened: OpenStudy, uids: Iterable[str], offset: tuple[float, float] | None) -> None:
    """Put labels at `offset` from their marks, as `Measurement.label_offset`; None lets the view place them again."""
    _reword(opened, uids, "Move label" if offset is not None else "Move label back", label_offset=offset)


def paste(opened: OpenStudy, marks: Sequence[Measurement], author: str, made: Made = _nobody) -> None:
    """Put copies on the image in the active tile, at the same place in the patient; `made` is told their UIDs."""
    stack, view = opened.stack, opened.view.value
    why = _why_not_pasted(opened, marks)
    if stack is None or why is not None:
        opened.failed.emit(why or CaliperError("There is no image here.", "Show a series to copy marks to."))
        return
    wanted = [(mark, (stack, view.index)) for mark in marks]
    opened.measuring.awaited.do((), partial(_copy, opened, _titled("Paste", len(marks)), wanted, author, made))


def duplicate(opened: OpenStudy, uids: Iterable[str], author: str, by: int = 1, made: Made = _nobody) -> None:
    """Put copies on the image that is `by` further in their own stacks; `made` is told their UIDs."""
    opened.measuring.awaited.do((), partial(_duplicate, opened, tuple(uids), author, by, made))


def _duplicate(opened: OpenStudy, uids: tuple[str, ...], author: str, by: int, made: Made) -> None:
    wanted = []
    for found in _records(opened, uids):
        place = _place(opened, found)
        wanted.append((found.measurement, place and (place[0], place[1] + by)))
    _copy(opened, _titled("Duplicate", len(wanted)), wanted, author, made)


def propagate(
    opened: OpenStudy, uids: Iterable[str], indices: Iterable[int], author: str, made: Made = _nobody
) -> None:
    """Put copies on all these images of their own stacks, not again on their own; `made` is told their UIDs."""
    opened.measuring.awaited.do((), partial(_propagate, opened, tuple(uids), tuple(indices), author, made))


def _propagate(opened: OpenStudy, uids: tuple[str, ...], indices: tuple[int, ...], author: str, made: Made) -> None:
    on, records = tuple(dict.fromkeys(indices)), _records(opened, uids)
    wanted: list[tuple[Measurement, _Place | None]] = []
    for found in records:
        place = _place(opened, found)
        wanted += [(found.measurement, place and (place[0], index)) for index in on if not place or index != place[1]]
    _copy(opened, _titled("Propagate", len(records)), wanted, author, made)


def _why_not_pasted(opened: OpenStudy, marks: Sequence[Measurement]) -> CaliperError | None:
    if opened.active.is_prior:
        return other_study()
    if opened.view.value.cut is not None:
        return CaliperError("Marks are not copied onto reconstructed planes.", "Paste on an image as it was taken.")
    foreign = [figure for mark in marks for figure in mark.figures if not opened.measuring.stack_key(figure)]
    return next(filter(None, (_why_not_carried(opened, figure) for figure in foreign)), None)


def _why_not_carried(opened: OpenStudy, figure: Figure) -> CaliperError | None:
    """Why a figure of no image of the study may not be put there: it must be of a prior, in one Frame of Reference."""
    drawn_on = figure.reconstruction or figure.reference
    if drawn_on is None or stack_in(opened.all_stacks, drawn_on) is None:
        return CaliperError("The mark is of another study.", "Draw it on this image.")
    stack = opened.stack
    frame = stack.images[opened.view.value.index].plane.frame_of_reference_uid if stack is not None else ""
    if not frame or frame != figure.plane.frame_of_reference_uid:
        told = "The mark is of another study, whose images are not of this Frame of Reference."
        return CaliperError(told, "Draw it on this image.")
    return None


def _copy(
    opened: OpenStudy, title: str, wanted: Sequence[tuple[Measurement, _Place | None]], author: str, made: Made
) -> None:
    now = datetime.now(UTC)
    try:
        copies = [_copied(opened, mark, place, author, now) for mark, place in wanted]
    except CaliperError as error:
        opened.failed.emit(error)
        return
    opened.history.do(title, *(Change(None, found) for found in copies))
    made(tuple(found.measurement.uid for found in copies))


def _copied(opened: OpenStudy, mark: Measurement, place: _Place | None, author: str, now: datetime) -> Record:
    if mark.kind not in KINDS:
        raise CaliperError("A mark of a kind this Caliper does not know cannot be copied.", "Update Caliper.")
    if is_by_voxels(mark):
        raise CaliperError("A volume is not copied to other images.", "Paint or grow it there.")
    if place is None:
        raise CaliperError("This mark lies on no image of the study on show.", "Copy marks of images that are here.")
    figure = figure_on(mark, _spot(opened, *place))
    copy = replace(mark, uid=str(uuid.uuid4()), figures=(figure,), author=author, created_at=now, updated_at=now)
    copy = replace(copy, seen=None)  # nobody has drawn it there
    return opened.measuring.measured(copy)


def _spot(opened: OpenStudy, stack: Stack, index: int) -> Spot:
    """The image as a place for marks; CaliperError where none may be put there, or its pixels have not arrived."""
    if not 0 <= index < len(stack.images):
        raise CaliperError("The stack ends here.", "Copy the mark to an image of the stack.")
    image, volume = stack.images[index], opened.volume_by_key(stack.key)
    if image.instance.is_twin:
        raise CaliperError(TWIN, "Marks of the other file are left as they are.")
    if volume is None or not volume.has(index):
        raise CaliperError(f"Image {index + 1} has not arrived.", "Copy the mark when it is there.")
    reference = Reference(stack.info.series_uid, image.sop_instance_uid, image.frame.number)
    return Spot(reference, image.plane, volume.image(index).stored.shape[:2])


def _reword(opened: OpenStudy, uids: Iterable[str], verb: str, **words: str | tuple[float, float] | None) -> None:
    opened.measuring.awaited.do((), partial(_reword_now, opened, tuple(uids), verb, **words))


def _reword_now(opened: OpenStudy, uids: tuple[str, ...], verb: str, **words: str | tuple[float, float] | None) -> None:
    now = datetime.now(UTC)
    changes = []
    for found in _records(opened, uids):
        changed = replace(found.measurement, **words)  # type: ignore[arg-type]  # none is named that holds a number
        if changed != found.measurement:
            changes.append(Change(found, replace(found, measurement=replace(changed, updated_at=now))))
    opened.history.do(_titled(verb, len(changes)), *changes)


def _records(opened: OpenStudy, uids: Iterable[str]) -> list[Record]:
    """Those that are there, each once."""
    found = (opened.measurements.get(uid) for uid in dict.fromkeys(uids))
    return [record for record in found if record is not None]


def _place(opened: OpenStudy, found: Record) -> _Place | None:
    reference = found.measurement.reference
    return opened.find_image(reference) if reference is not None else None


def _titled(verb: str, count: int) -> str:
    return verb if count == 1 else f"{verb} {count} measurements"
