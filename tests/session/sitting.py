"""A workspace as the window uses it, with what it told."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shiboken6
from pytestqt.qtbot import QtBot

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Vector
from viewer_app.measure.measurement import Figure, Measurement, Record
from viewer_app.session.study import OpenStudy
from viewer_app.session.workspace import Workspace
from viewer_app.sources import FolderSource
from viewer_app.sources.base import Source
from viewer_app.store import Store
from viewer_app.tasks import Tasks

AUTHOR = "dr"


class Sitting:
    """A `Workspace` and every error it told."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, store: Store) -> None:
        self.qtbot = qtbot
        self.tasks = tasks
        self.store = store
        self.workspace = Workspace(tasks, store, AUTHOR)
        self.errors: list[CaliperError] = []
        self.workspace.failed.connect(self.errors.append)

    def settle(self, seconds: float = 20.0) -> None:
        """Wait until all background work has come home."""
        deadline = time.monotonic() + seconds
        while self.tasks.busy:
            assert time.monotonic() < deadline, f"still at work after {seconds:g} s"
            self.qtbot.wait(1)  # waitUntil looks every 10 ms: most work is done sooner

    def open(self, place: Path | Source) -> OpenStudy:
        """Open a place and wait for its pixels."""
        source = FolderSource(place) if isinstance(place, Path) else place
        self.workspace.open(lambda watch: source)
        self.settle()
        return self.study

    def end(self) -> None:
        """Close as the window does, and take the Qt objects down on the thread they live on."""
        self.workspace.close()
        self.settle()
        shiboken6.delete(self.workspace)

    @property
    def trouble(self) -> type[CaliperError] | None:
        """What keeps something from being saved."""
        error = self.workspace.saving_error
        return None if error is None else type(error)

    @property
    def study(self) -> OpenStudy:
        """The opened study."""
        assert self.workspace.study is not None
        return self.workspace.study

    def draw(self, kind: str = "distance", *points: tuple[float, float], label: str = "") -> Record:
        """Draw on the image on show at (column, row) pixels, as the tools do."""
        opened = self.study
        reference, stack = opened.current_reference(), opened.stack
        assert reference is not None and stack is not None
        plane = stack.images[opened.view.value.index].plane
        pixels = points or ((4.0, 5.0), (7.0, 9.0))[: 2 if kind == "distance" else 1]
        placed: tuple[Vector, ...] = tuple(
            (float(x), float(y), float(z)) for x, y, z in (plane.to_patient([pixel])[0] for pixel in pixels)
        )
        drawn = self.workspace.new_measurement(kind, Figure(plane, placed, reference))
        drawn = Measurement(drawn.uid, kind, drawn.figures, label, "", drawn.author, drawn.created_at, drawn.updated_at)
        opened.measuring.put(drawn, f"Draw {kind}")
        made = opened.measurements.get(drawn.uid)
        assert made is not None
        return made

    def stored(self) -> tuple[Record, ...]:
        """What the store holds of the opened study, damaged rows as well."""
        return stored_of(self.store, self.study)


def made_by(copy: Callable[..., None], *asked: Any, **how: Any) -> tuple[str, ...]:
    """The UIDs of what `paste`, `duplicate` or `propagate` has made at once; none where it was refused."""
    told: list[tuple[str, ...]] = [()]
    copy(*asked, **how, made=told.append)
    return told[-1]


def stored_of(store: Store, opened: OpenStudy) -> tuple[Record, ...]:
    """The records of a study in a store, oldest first."""
    wanted = opened.study.info.study_uid, opened.study.patient.patient_id
    ids = [item.study_id for item in store.studies() if (item.study.study_uid, item.study.patient_id) == wanted]
    return tuple(item.record for study_id in ids for item in store.list(study_id) if item.record is not None)
