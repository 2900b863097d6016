"""A person at the real window: a hand on mouse and keys, and eyes for what the window says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from viewer_app.app import Application, Launch
from viewer_app.measure.measurement import Record
from viewer_app.progress import Watch
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View
from viewer_app.sources.base import Source
from viewer_app.store import StoredMeasurement
from viewer_app.ui.views.viewport import Viewport

Spot = tuple[int, int]
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE, CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
PATIENCE_S = 20.0
_STEPS = 5
_NOTCH = 120


class Driver:
    """One running Caliper. Spots are pixels of the viewport; a context manager that closes the window."""

    def __init__(
        self, store: Path, place: str | Path = "", password: Callable[[str, str], str | None] | None = None
    ) -> None:
        self.app = Application(Launch(str(place), store, password))
        self.workspace = self.app.workspace
        self.window = self.app.window
        self.identities: list[object] = []
        if place:
            self.app.start()
        else:
            self.window.show()
        self._closed = False

    def __enter__(self) -> Driver:
        """The driver itself."""
        return self

    def __exit__(self, *failure: object) -> None:
        """Close the window."""
        self.close()

    def close(self) -> None:
        """Close everything, as the program does at its end; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self.app.close()
            # Here and now: left to Python's collector, they would end in whatever thread it runs, timers and all.
            for thing in (self.window, self.workspace, self.app.tasks):
                thing.deleteLater()
            settle()

    # -- waiting ----------------------------------------------------------------------------------

    def wait_until(self, true: Callable[[], object], what: str = "", seconds: float = PATIENCE_S) -> None:
        """Let the window live until `true()` is."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"not within {seconds:g} s: {what or true}; it says {self.message!r}"
            settle()
            time.sleep(0.002)

    def open(self, source: Source | Callable[[Watch], Source]) -> None:
        """Open a source and wait until its newest study is on the screen."""
        before = self.workspace.study
        self.begin_to_open(source)
        self.wait_until(lambda: self.workspace.study not in (None, before), "another study")
        self.wait_for_image()

    def begin_to_open(self, source: Source | Callable[[Watch], Source]) -> None:
        """Open a source without waiting."""
        self.workspace.open(source if callable(source) else lambda watch: source)

    def wait_for_image(self) -> None:
        """Until the image on show has its pixels."""
        self.wait_until(lambda: any(map(_has_pixels, self.window.viewports)), "an image")

    def wait_for_rest(self) -> None:
        """Until nothing is under way any more."""
        self.wait_until(lambda: not self.app.tasks.busy, "the rest of the images")

    def wait_saved(self) -> None:
        """Until the window says that all is saved."""
        self.wait_until(lambda: "All saved" in self.window.status.saved.text(), "All saved")

    @property
    def viewport(self) -> Viewport:
        """The viewport that takes keys."""
        return self.window.viewport

    @property
    def canvas(self) -> QWidget:
        """What the mouse acts on there."""
        surface: QWidget = self.viewport.viewport()
        return surface

    # -- reading ----------------------------------------------------------------------------------

    @property
    def study(self) -> OpenStudy:
        """The study on show."""
        assert self.workspace.study is not None
        return self.workspace.study

    @property
    def view(self) -> View:
        """How it is shown."""
        return self.study.view.value

    @property
    def records(self) -> tuple[Record, ...]:
        """All measurements, oldest first."""
        return self.study.measurements.records

    @property
    def message(self) -> str:
        """The sentence over the image; "" where none is shown."""
        bar = self.window.message
        return bar.text if bar.isVisible() else ""

    @property
    def sop_instance_uid(self) -> str:
        """Of the image on show."""
        reference = self.study.current_reference()
        assert reference is not None
        return reference.sop_instance_uid

    def stored(self) -> tuple[StoredMeasurement, ...]:
        """What the store holds of the study on show."""
        info = self.study.study.info
        ids = [row.study_id for row in self.app.store.studies() if row.study.study_uid == info.study_uid]
        return tuple(item for study_id in ids for item in self.app.store.list(study_id))

    def spot_of(self, patient_point: ArrayLike) -> Spot:
        """The pixel that a patient point falls on."""
        ((across, down),) = self.viewport.camera.to_screen(self.viewport.plane.in_plane(patient_point))
        return round(float(across)), round(float(down))

    def part(self, across: float, down: float) -> Spot:
        """The pixel at these shares of the viewport's width and height."""
        return round(self.canvas.width() * across), round(self.canvas.height() * down)

    def handle(self, record: Record, index: int) -> Spot:
        """Where a handle of a measurement is."""
        return self.spot_of(record.measurement.figures[0].points[index])

    def middle(self, record: Record) -> Spot:
        """Half way between the handles of a measurement."""
        return self.spot_of(np.mean(record.measurement.figures[0].points, axis=0))

    # -- mouse and keys ---------------------------------------------------------------------------

    def press(self, at: Spot, button: Qt.MouseButton = LEFT) -> None:
        """Press a button and keep it down."""
        QTest.mousePress(self.canvas, button, NONE, QPoint(*at))

    def move(self, at: Spot) -> None:
        """Move the mouse."""
        QTest.mouseMove(self.canvas, QPoint(*at))
        settle()

    def release(self, at: Spot, button: Qt.MouseButton = LEFT) -> None:
        """Let the button go."""
        QTest.mouseRelease(self.canvas, button, NONE, QPoint(*at))
        settle()

    def hold(self, start: Spot, end: Spot, button: Qt.MouseButton = LEFT) -> None:
        """Press, move, and keep the button down."""
        self.press(start, button)
        for step in range(1, _STEPS + 1):
            self.move((_between(start[0], end[0], step), _between(start[1], end[1], step)))

    def drag(self, start: Spot, end: Spot, button: Qt.MouseButton = LEFT) -> None:
        """Press, move and release."""
        self.hold(start, end, button)
        self.release(end, button)

    def click(self, at: Spot, button: Qt.MouseButton = LEFT) -> None:
        """Press and release in one place."""
        self.move(at)
        QTest.mouseClick(self.canvas, button, NONE, QPoint(*at))
        settle()

    def wheel(self, notches: int, at: Spot | None = None, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Turn the wheel; positive is away from the person."""
        place = self.canvas.mapTo(self.window, QPoint(*(at or self.part(0.5, 0.5))))
        handle = self.window.windowHandle()
        for _ in range(abs(notches)):
            QTest.wheelEvent(handle, place, QPoint(0, _NOTCH if notches > 0 else -_NOTCH), stateKey=modifiers)
            settle()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key in the window."""
        QTest.keyClick(self.window, key, modifiers)
        settle()

    def activate(self) -> None:
        """Bring the window to the front, as a desktop does when another closes; the offscreen platform does not."""
        self.window.activateWindow()
        self.wait_until(self.window.isActiveWindow, "the active window")

    def resize(self, width: int, height: int) -> None:
        """Give the window another size and wait until its parts have found their places."""
        self.window.resize(width, height)
        self.wait_until(self._lies_inside, "the layout")

    def _lies_inside(self) -> bool:
        corner = QPoint(self.canvas.width() - 1, self.canvas.height() - 1)
        return self.window.rect().contains(self.canvas.mapTo(self.window, corner))

    def write(self, text: str) -> None:
        """Type into what has the keyboard, then Enter."""
        field = QApplication.focusWidget()
        assert field is not None
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        settle()
        if self.window.isVisible() and QApplication.activeModalWidget() is None:
            self.activate()  # words to choose from may have been offered in a window of their own

    def push(self, text: str) -> None:
        """Click the visible button of that text in the window."""
        buttons = [one for one in self.window.findChildren(QPushButton) if one.text() == text]
        self.wait_until(lambda: any(one.isVisible() for one in buttons), f"a button {text}")
        (button,) = [one for one in buttons if one.isVisible()]
        QTest.mouseClick(button, LEFT)
        settle()

    def click_row(self, row: int) -> None:
        """Click a row of the list of measurements."""
        panel = self.window.measurements
        place = panel.list.visualRect(panel.model.index(row)).center()
        QTest.mouseClick(panel.list.viewport(), LEFT, NONE, place)
        settle()


def _has_pixels(viewport: Viewport) -> bool:
    if not viewport.has_image_place:
        return False
    tile = viewport.tile
    return tile.volume is not None and tile.volume.has(tile.opened.wanted_index(tile.view.value))


def settle() -> None:
    """Let Qt deliver what is waiting, and delete what is to be deleted, as a running event loop does."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def same(records: Iterable[Record], others: Iterable[Record]) -> bool:
    """Equal to the last bit, whatever their order."""

    def by_uid(record: Record) -> str:
        return record.measurement.uid

    return sorted(records, key=by_uid) == sorted(others, key=by_uid)


def _between(start: int, end: int, step: int) -> int:
    return start + (end - start) * step // _STEPS
