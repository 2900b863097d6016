"""One opened study: its stacks and volumes, its view, its measurements."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import TWIN, Study
from viewer_app.imaging.values.voi import Greys
from viewer_app.imaging.volume import PlanarImage, Volume
from viewer_app.measure.evaluate import evaluate, record
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Record, Reference
from viewer_app.progress import Step
from viewer_app.session.history import Change, History
from viewer_app.session.measurements import Measurements
from viewer_app.session.thumbnails import reduced
from viewer_app.session.view import View, ViewHolder
from viewer_app.session.volumes import Volumes
from viewer_app.sources.base import Source
from viewer_app.sources.loading import Focus, load
from viewer_app.tasks import Lane, Task, Tasks

_PAUSE_AFTER_ERROR_S = 5.0


class OpenStudy(QObject):
    """A study that is open. Everything in it belongs to one patient and one Study Instance UID (C40)."""

    arrived = Signal()
    """More slices of the shown stack are there, or are known to be missing."""

    loading = Signal(object)
    """A `Step` while slices arrive; None when the load is over."""

    altered = Signal(object)
    """A `Change` of the measurements, for the store to follow."""

    failed = Signal(object)
    """The load ended with a CaliperError; what has arrived stays."""

    def __init__(
        self, study: Study, source: Source, tasks: Tasks, volumes: Volumes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.study = study
        self.source = source
        self.view = ViewHolder(self)
        self.measurements = Measurements(self)
        self.history = History(self._carry_out, self)
        self._tasks = tasks
        self._volumes = volumes
        self._views: dict[str, View] = {}
        self._focus = Focus()
        self._load: Task[None] | None = None
        self._loading_key = ""
        self._not_before = 0.0
        self._checked: set[str] = set()
        self.view.changed.connect(self._follow)

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        """All stacks, in series order."""
        return tuple(stack for series in self.study.series for stack in stacks_of(series))

    @property
    def stack(self) -> Stack | None:
        """The stack on show."""
        return self.stack_by_key(self.view.value.stack_key)

    @property
    def volume(self) -> Volume | None:
        """The pixels of the stack on show, as far as they have arrived."""
        return self._volumes.get(self.view.value.stack_key)

    @property
    def is_loading(self) -> bool:
        """True while slices are on their way."""
        return self._load is not None

    @property
    def missing(self) -> int:
        """How many slices of the stack on show have not arrived; `resume_load` fetches them."""
        volume = self.volume
        return len(volume.stack.images) - volume.present if volume is not None else 0

    @property
    def volume_bytes(self) -> int:
        """Memory held by the volumes of this study."""
        return self._volumes.size_bytes

    def stack_by_key(self, key: str) -> Stack | None:
        """The stack of that key."""
        return next((stack for stack in self.stacks if stack.key == key), None)

    def find_image(self, reference: Reference) -> tuple[Stack, int] | None:
        """The stack and slice index of an image, None if the study does not hold it."""
        for stack in (found for found in self.stacks if found.info.series_uid == reference.series_uid):
            index = stack.index_of(reference.sop_instance_uid, reference.frame)
            if index is not None:
                return stack, index
        return None

    def show(self, stack: Stack, index: int | None = None) -> None:
        """Show a stack as it was last looked at, or its middle; at slice `index` if given."""
        self._views[self.view.value.stack_key] = self.view.value
        view = self._views.get(stack.key, View(stack.key, len(stack.images) // 2))
        self.show_view(view if index is None else replace(view, index=index))

    def show_view(self, view: View) -> None:
        """Show exactly `view`, and fetch what it needs; nothing happens for a stack that is not here."""
        stack = self.stack_by_key(view.stack_key)
        if stack is None:
            return
        index = min(max(view.index, 0), len(stack.images) - 1)
        try:
            self._volumes.show(stack)
        except CaliperError as error:
            self.failed.emit(error)
            return
        self.view.set(replace(view, index=index))
        self._start()

    def window(self) -> Window | None:
        """The window in force: the user's, the file's, or an automatic one; None before the slice is there."""
        view, volume = self.view.value, self.volume
        if view.window is not None or volume is None:
            return view.window
        if not volume.has(view.index):
            return None
        return volume.default_window(view.index)

    def current_image(self) -> PlanarImage | None:
        """The slice on show as numbers; None before it has arrived."""
        volume, index = self.volume, self.view.value.index
        return volume.image(index) if volume is not None and volume.has(index) else None

    def current_reference(self) -> Reference | None:
        """The image on show, for marks to belong to; None for a twin, which can have none (H46)."""
        stack = self.stack
        if stack is None:
            return None
        image = stack.images[self.view.value.index]
        if image.instance.is_twin:
            return None
        return Reference(stack.info.series_uid, image.sop_instance_uid, image.frame.number)

    def small_picture(self, reference: Reference) -> Greys | None:
        """A small picture of an image in its own window; None before it has arrived."""
        place = self.find_image(reference)
        volume = self._volumes.get(place[0].key) if place is not None else None
        if place is None or volume is None or not volume.has(place[1]):
            return None
        stack, index = place
        return reduced(volume.greys(index, volume.default_window(index)), stack.images[index].plane)

    def cancel_load(self) -> None:
        """Stop fetching; what has arrived stays, and looking at what has not fetches the rest."""
        if self._load is not None:
            self._load.cancel()
            self._load = None
            self.loading.emit(None)

    def resume_load(self) -> None:
        """Fetch what is still missing of the stack on show."""
        if self.volume is not None:
            self._start()

    def measured(self, measurement: Measurement) -> Record:
        """The measurement with its numbers, from the images that have arrived."""
        return record(measurement, self._images(measurement), self._place(measurement))

    def put(self, measurement: Measurement, title: str) -> None:
        """Add a measurement, or replace the one of the same UID, as one step of the history.

        Nothing is measured on a twin, nor on an image that is not there: that is told by `failed`.
        """
        if measurement.reference is None:
            self.refuse_mark()
            return
        if len(self._images(measurement)) < len({figure.reference for figure in measurement.figures}):
            self.failed.emit(CaliperError("This image has not arrived.", "Measure on it when it is shown."))
            return
        before = self.measurements.get(measurement.uid)
        stamped = replace(measurement, updated_at=datetime.now(UTC)) if before else measurement
        self.history.do(Change(title, before, self.measured(stamped)))

    def refuse_mark(self) -> None:
        """Tell why nothing can be drawn where `current_reference` is None."""
        self.failed.emit(CaliperError(TWIN, "Marks of the other file are left as they are."))

    def rename(self, uid: str, label: str) -> None:
        """Give a measurement another label, as one step of the history. Its numbers stay as they are."""
        before = self.measurements.get(uid)
        if before is not None and before.measurement.label != label:
            renamed = replace(before.measurement, label=label, updated_at=datetime.now(UTC))
            self.history.do(Change("Rename", before, replace(before, measurement=renamed)))

    def remove(self, uid: str) -> None:
        """Delete a measurement, as one step of the history."""
        before = self.measurements.get(uid)
        if before is not None:
            self.history.do(Change("Delete", before, None))

    def close(self) -> None:
        """Stop the load and let go of the pixels."""
        self.cancel_load()
        self._volumes.clear()

    def check_stored_numbers(self) -> None:
        """Once an image is there, its measurements must evaluate to the numbers they were stored with (C41)."""
        for found in self.measurements.records:
            uid = found.measurement.uid
            images = {} if uid in self._checked else self._images(found.measurement)
            if images and found.measurement.kind in KINDS:
                self._checked.add(uid)
                if not _agrees(found, images):
                    self.measurements.flag(found)

    def _carry_out(self, change: Change) -> None:
        record_ = change.after or change.before
        assert record_ is not None
        self._checked.discard(record_.measurement.uid)
        self.measurements.replace(change.before, change.after)
        self.check_stored_numbers()
        self.altered.emit(change)

    def _images(self, measurement: Measurement) -> dict[Reference, PlanarImage]:
        found = {figure.reference: self._image(figure) for figure in measurement.figures if figure.reference}
        return {reference: image for reference, image in found.items() if image is not None}

    def _image(self, figure: Figure) -> PlanarImage | None:
        place = self.find_image(figure.reference) if figure.reference else None
        volume = self._volumes.get(place[0].key) if place is not None else None
        return volume.image(place[1]) if place and volume is not None and volume.has(place[1]) else None

    def _place(self, measurement: Measurement) -> Place:
        found = self.find_image(measurement.reference) if measurement.reference else None
        if found is None:
            return Place(-1, -1)
        stack, index = found
        return Place(self.stacks.index(stack), index, stack.info.description, stack.info.number, stack.info.modality)

    def _follow(self, before: View, after: View) -> None:
        self._focus.index = after.index
        volume = self.volume
        if volume is None or self.is_loading or before.stack_key != after.stack_key:
            return
        known = volume.has(after.index) or after.index in volume.failed
        if not known and time.monotonic() >= self._not_before:
            self._start()

    def _start(self) -> None:
        """Fetch what is missing of the stack on show, unless that is under way."""
        volume, view = self.volume, self.view.value
        assert volume is not None
        if self._load is not None and self._loading_key == view.stack_key:
            return
        if self._load is not None:
            self._load.cancel()
            self._load = None
        self.check_stored_numbers()
        if volume.is_complete:
            self.loading.emit(None)
            return
        source, focus = self.source, Focus(view.index)
        self._focus = focus
        self._loading_key = view.stack_key
        self._load = self._tasks.run(
            Lane.PIXELS,
            lambda watch: load(source, volume, watch, focus),
            done=lambda _: self._loaded(None),
            failed=self._loaded,
            progress=self._progressed,
        )
        self.loading.emit(Step(volume.present, len(volume.stack.images)))

    def _progressed(self, step: Step) -> None:
        self.arrived.emit()
        self.loading.emit(step)
        self.check_stored_numbers()

    def _loaded(self, error: CaliperError | None) -> None:
        self._load = None
        if error is not None:
            self._not_before = time.monotonic() + _PAUSE_AFTER_ERROR_S
        self.arrived.emit()
        self.loading.emit(None)
        self.check_stored_numbers()
        if error is not None:
            self.failed.emit(error)


def _agrees(found: Record, images: dict[Reference, PlanarImage]) -> bool:
    """Where and what was measured is what the images say now, to the last bit."""
    figures = found.measurement.figures
    if any(figure.reference in images and images[figure.reference].plane != figure.plane for figure in figures):
        return False
    now = evaluate(found.measurement, images)
    return [(value.number, value.unit) for value in now] == [(value.number, value.unit) for value in found.values]
