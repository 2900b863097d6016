"""The marks of one viewport: which ones it shows, where they lie on the screen, and what is in hand among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.identity import telltales
from viewer_app.imaging.stacks import Stack
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.session.beside import prior_marks_on
from viewer_app.session.reconstructed import candidates, figures_on
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile
from viewer_app.ui.palette import Palette
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.far_ends import far_words
from viewer_app.ui.views.labels import Labels
from viewer_app.ui.views.magnifier import Spot, beside_lens
from viewer_app.ui.views.manner import Manner
from viewer_app.ui.views.marks import Hit, Mark, hit_test, mark_of
from viewer_app.ui.views.measurement_item import Look, MeasurementItem
from viewer_app.ui.views.shown_volumes import DIMMED, ShownVolumes

_Seen = tuple[Camera, Plane]
"""What decides where a mark lies on the screen: the camera, and the plane on show."""

_Shown = tuple[Stack | None, tuple[str, int, Cut | None, float]]
"""What decides which figures lie on a view: its stack, image or cut, and how near a plane they must be."""

_On = tuple[Record, tuple[int, ...]]
"""A record, and which of its figures lie on what is shown."""


class Place(Protocol):
    """What of a viewport decides which marks are shown and where; only asked for while a stack is on show."""

    manner: Manner

    @property
    def study(self) -> OpenStudy:
        """The study on show."""

    @property
    def tile(self) -> Tile:
        """What the viewport shows of it."""

    @property
    def camera(self) -> Camera:
        """From the plane to the viewport."""

    def devicePixelRatioF(self) -> float:
        """Device pixels for each logical one."""


class ShownMarks:
    """`item` draws them, in the scene of the viewport; `volumes` are drawn under it, their labels by it.

    `lens_at` is where a lens is held over it all, or None.
    """

    def __init__(
        self,
        place: Place,
        volumes: ShownVolumes,
        palette: Palette,
        viewport_size: Callable[[], QRectF],
        kept_clear: Callable[[], Sequence[QRectF]],
        lens_at: Callable[[], Spot | None],
    ) -> None:
        self._place = place
        self._lens_at = lens_at
        self._volumes = volumes
        self._kept: dict[str, tuple[_Seen, Mark]] = {}
        self._lying: tuple[_Shown | None, dict[str, _On]] = None, {}
        self._in_hand: dict[str, Record] = {}
        manner = place.manner
        labels = Labels(
            self._words,
            lambda: manner.margins_shown,
            lambda: bool(manner.moving or manner.zooming),
            lambda: manner.text_size,
        )
        self.item = MeasurementItem(palette, viewport_size, kept_clear, labels)

    @property
    def in_hand(self) -> Record | None:
        """What is being drawn or moved, or one of several; None for nothing."""
        return next(iter(self._in_hand.values()), None)

    def marks(self) -> tuple[Mark, ...]:
        """The marks on the shown image, as they lie on the screen; none while marks are hidden, none of a prior."""
        return () if self._place.tile.is_prior else self._seen()

    def _seen(self) -> tuple[Mark, ...]:
        """The same, or those of the prior on show: they are seen and never taken."""
        seen, kept = (self._place.camera, self._place.tile.plane), self._kept
        self._kept = {uid: _mark(kept.get(uid), found, seen) for uid, found in self._records().items()}
        return tuple(self._clear_of_lens(mark) for _, mark in self._kept.values())

    def _clear_of_lens(self, mark: Mark) -> Mark:
        """What is in hand has its label beside the lens, which would cut its number."""
        at = self._lens_at() if mark.uid in self._in_hand else None
        return mark if at is None else replace(mark, label_at=beside_lens(at, mark.handles[0, 1], self._place.camera))

    def volumes(self) -> tuple[Mark, ...]:
        """The volumes that are seen, as labels see a mark; none of a prior."""
        return () if self._place.tile.is_prior else self._seen_volumes()

    def _seen_volumes(self) -> tuple[Mark, ...]:
        place = self._place
        return self._volumes.marks(place.tile, place.camera, place.devicePixelRatioF(), self._in_hand)

    def hit(self, at: tuple[float, float]) -> Hit | None:
        """What a click takes: a mark first, then a label as painted last, then a volume; who draws draws over both.

        Nothing of a prior.
        """
        if self._place.tile.is_prior:
            return None
        lines, volumes = self.marks(), self.volumes()
        found = hit_test(lines, at, self._place.manner.selected)
        if found is not None or not self._place.manner.takes_double_click:
            return found
        marks = {mark.uid: mark for mark in (*lines, *volumes)}
        for uid, (left, top, right, bottom) in self.item.labels.boxes.items():
            if uid in marks and left <= at[0] <= right and top <= at[1] <= bottom:
                return Hit(uid, None, marks[uid].figures[0], is_label=True)
        volume = self._volumes.under(at)
        return Hit(volume, None, is_volume=True) if volume else None

    @property
    def label_boxes(self) -> Sequence[QRectF]:
        """Where labels were painted last."""
        boxes = self.item.labels.boxes.values()
        return tuple(QRectF(left, top, right - left, bottom - top) for left, top, right, bottom in boxes)

    def label_middle(self, uid: str) -> tuple[float, float] | None:
        """The middle of a label on the screen; None where there is none."""
        box = self.item.labels.boxes.get(uid)
        return None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)

    def preview(self, *measurements: Measurement) -> None:
        """Take measurements in hand as they would become; none of them lets go of all.

        Who draws sees the marks that were hidden too.
        """
        self._in_hand = {each.uid: self._place.study.measuring.glimpsed(each) for each in measurements}
        if measurements and self._place.manner.marks_hidden:
            self._place.manner.update(marks_hidden=False)

    def look_again(self) -> None:
        """Tell of what is in hand what may be known by now."""
        measuring = self._place.study.measuring
        self._in_hand = {uid: measuring.glimpsed(each.measurement) for uid, each in self._in_hand.items()}

    def show(self, hover: Hit | None) -> None:
        """Draw the marks as they are now, the one under the pointer as what a click would take."""
        manner = self._place.manner
        words, tile = (manner.patient_hidden, manner.margins_shown, manner.text_size), self._place.tile
        pointed = tile.opened.prior_marks.pointed if tile.is_prior else ""
        self.item.setOpacity(DIMMED if tile.is_prior else 1.0)
        hover = Hit(pointed, None) if pointed else hover
        seen = (*self._seen_volumes(), *self._seen())
        self.item.show_marks(seen, Look(manner.selected, hover, manner.color_by, words))

    def settle(self) -> None:
        """Place labels clear of each other that went along with a moving hand."""
        if self.item.labels.are_carried:
            self.item.update()

    def clear(self) -> None:
        """Draw none."""
        self.item.show_marks((), Look())

    def draw(self, painter: QPainter, camera: Camera) -> None:
        """Lines and handles of the marks as they lie under `camera`, in screen pixels; no labels."""
        plane = self._place.tile.plane
        found = self._records().values()
        painter.save()
        painter.setOpacity(self.item.opacity())
        self.item.draw_marks(painter, tuple(mark_of(record, camera, plane, on) for record, on in found))
        painter.restore()

    def _records(self) -> dict[str, _On]:
        """What was measured on the shown image, by UID, and what is in hand on it."""
        if self._place.manner.marks_hidden:
            return {}
        tile = self._place.tile
        if tile.is_prior:
            return {record.measurement.uid: (record, on) for record, on in prior_marks_on(tile)}
        stored = {record.measurement.uid: record for record in candidates(tile)}
        waiting = {record.measurement.uid: record for record in tile.opened.measuring.waiting}
        view, within = tile.view.value, tile.opened.measuring.shown_within
        shown = tile.stack, (view.stack_key, view.index, view.cut, within)
        # Of many marks on what is shown, few are others than a frame ago.
        known = self._lying[1] if shown == self._lying[0] else {}
        found = {
            uid: _lying(tile, record, known.get(uid)) for uid, record in (stored | waiting | self._in_hand).items()
        }
        self._lying = shown, found
        return {uid: (record, on) for uid, (record, on) in found.items() if on}

    def _words(self, mark: Mark) -> Sequence[str]:
        """What a person called it, and where its other ends are."""
        far = far_words(self._place.tile, mark) if len(mark.figures) < len(mark.record.measurement.figures) else ()
        return self._free(mark.record.measurement.label), *far

    def _free(self, words: str) -> str:
        """What a person wrote; "" where it tells who the hidden patient is."""
        study = self._place.tile.study
        is_told = self._place.manner.patient_hidden and telltales(study.patient, study.info).tell_in(words)
        return "" if is_told else words


def _lying(tile: Tile, record: Record, known: _On | None) -> _On:
    """What is `known` of the record where it is still that one; no figure of a volume, which is drawn as a picture."""
    if known is not None and known[0] is record:
        return known
    return record, () if is_by_voxels(record.measurement) else figures_on(tile, record.measurement)


def _mark(kept: tuple[_Seen, Mark] | None, found: _On, seen: _Seen) -> tuple[_Seen, Mark]:
    """The mark that is `kept` where it is still that record, so seen: of many marks one moves at a time."""
    record, on = found
    if kept is not None and kept[0] == seen and kept[1].record is record and kept[1].figures == on:
        return kept
    camera, plane = seen
    return seen, mark_of(record, camera, plane, on)
