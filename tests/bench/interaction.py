"""The hand at the real window: from a mouse or wheel event to the frame that shows it, painted by the processor."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench import series
from tests.bench.harness import Result
from tests.conftest import USER_FOLDERS
from tests.ui.job.driver import Driver, Spot, settle
from viewer_app.imaging.sampler import warm_up
from viewer_app.measure.measurement import Figure, Record
from viewer_app.ui.style import DARK, apply_style

FRAME_MS = 1000 / 60
MOST_MS = 100.0
_WINDOW = (1600, 1000)
_PASSES, _MOVES = 5, 60
_MARKS = 200
_NOTCH = 120
_TURN_RAD = 0.012

Move = Callable[[int], None]
"""Brings the event of that number to the window."""


class _Painted(QObject):
    """Counts how often a widget was asked to paint itself."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.count = 0
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let everything pass."""
        self.count += event.type() == QEvent.Type.Paint
        return False


@dataclass(frozen=True)
class Times:
    """Milliseconds from events to painted frames."""

    values: tuple[float, ...]

    def at(self, percent: float) -> float:
        """The percentile."""
        return float(np.percentile(self.values, percent))

    def __str__(self) -> str:
        return f"p50 {self.at(50):.1f} ms, p95 {self.at(95):.1f} ms, longest {max(self.values):.1f} ms"


def scroll() -> Result:
    """The wheel over a reconstructed plane."""
    with _mpr() as driver:
        canvas = driver.canvas
        place, handle = canvas.mapTo(driver.window, canvas.rect().center()), driver.window.windowHandle()

        def turn(number: int) -> None:
            notch = _NOTCH if number // _MOVES % 2 else -_NOTCH
            QTest.wheelEvent(handle, place, QPoint(0, notch))

        return _in_frames("wheel in an MPR", _timed(driver, turn, _PASSES * _MOVES))


def window() -> Result:
    """A window drag over a reconstructed plane."""
    with _mpr() as driver:
        driver.window.actions_by_name["window"].trigger()
        return _in_frames("window drag in an MPR", _passes(lambda: _dragged(driver, _line(driver.part(0.2, 0.3)))))


def rotate() -> Result:
    """The end of a line of the crosshair, taken round its middle: two planes turn with it."""
    with _mpr() as driver:
        return _in_frames("crosshair turned in an MPR", _passes(lambda: _dragged(driver, _round(driver))))


def large() -> Result:
    """A window drag on 4096 x 3328 against one on 512 x 512, in turns in the same viewport."""
    with _started(series.large_and_small()) as driver:
        driver.window.actions_by_name["window"].trigger()
        stacks = sorted(driver.study.stacks, key=lambda stack: stack.info.number or 0)
        found: list[list[float]] = [[], []]
        for _ in range(_PASSES + 1):
            for times, stack in zip(found, stacks, strict=True):
                driver.study.show(stack)
                driver.wait_for_image()
                times.extend(_dragged(driver, _line(driver.part(0.3, 0.3))).values)
    small, big = (Times(tuple(times[_MOVES:])) for times in found)
    return Result(f"window drag on 4096 x 3328: {big}", f"on 512 x 512: {small}", big.at(50) / small.at(50), 1.5)


def marks() -> Result:
    """A handle dragged among 200 distances on the image against one alone on another."""
    with _started(series.deep()) as driver:
        (stack,) = driver.study.stacks
        found: list[list[float]] = [[], []]
        for index, count in enumerate((1, _MARKS)):
            driver.study.show(stack, index)
            driver.wait_for_image()
            _draw(driver, count)
        driver.wait_saved()
        for _ in range(_PASSES + 1):
            for index, times in enumerate(found):
                driver.study.show(stack, index)
                settle()
                times.extend(_dragged(driver, _line(driver.handle(_on_image(driver)[0], 0))).values)
                driver.wait_saved()
    one, many = (Times(tuple(times[_MOVES:])) for times in found)
    return Result(f"one of 200 marks dragged: {many}", f"one alone: {one}", many.at(95) / one.at(95), 2.0)


def _in_frames(what: str, times: Times) -> Result:
    """Half of the frames in time, nearly all after at most two, none after a tenth of a second."""
    worst = max(times.at(50) / FRAME_MS, times.at(95) / (2 * FRAME_MS), max(times.values) / MOST_MS)
    return Result(f"{what}: {times}", f"frames of {FRAME_MS:.1f} ms", worst, 1.0)


def _passes(once: Callable[[], Times]) -> Times:
    return Times(tuple(time for _ in range(_PASSES) for time in once().values))


def _timed(driver: Driver, move: Move, count: int) -> Times:
    """`count` events, each given the time until the viewport it goes to has been painted, and the window with it."""
    painted, times = _Painted(driver.canvas), []
    for number in range(count):
        settle()
        before, started = painted.count, time.perf_counter()
        move(number)
        while painted.count == before:
            QApplication.processEvents()
        times.append((time.perf_counter() - started) * 1000)
    painted.deleteLater()
    return Times(tuple(times))


def _dragged(driver: Driver, spots: Sequence[Spot]) -> Times:
    """From the first of the spots over all the others."""
    driver.move(spots[0])
    driver.press(spots[0])
    settle()
    times = _timed(driver, lambda number: QTest.mouseMove(driver.canvas, QPoint(*spots[number + 1])), len(spots) - 1)
    driver.release(spots[-1])
    return times


def _line(start: Spot) -> list[Spot]:
    return [(start[0] + 2 * number, start[1] + number) for number in range(_MOVES + 1)]


def _round(driver: Driver) -> list[Spot]:
    """On the screen round the middle of the crosshair, from the end of one of its lines."""
    crosshair = driver.viewport.crosshair
    assert crosshair is not None
    middle = crosshair.middle
    first = np.subtract(crosshair.handles(1)[0], middle)
    angles = _TURN_RAD * np.arange(_MOVES + 1)
    turned = [(np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ first + middle) for a in angles]
    return [(round(float(across)), round(float(down))) for across, down in turned]


def _draw(driver: Driver, count: int) -> None:
    """Distances all over the image on show."""
    reference, plane = driver.study.current_reference(), driver.viewport.plane
    random = np.random.default_rng(2)
    for _ in range(count):
        start = random.uniform(100, 380, 2)
        ends = plane.to_patient(np.array([start, start + random.uniform(20, 40, 2)]))
        points = tuple((float(x), float(y), float(z)) for x, y, z in ends)
        driver.study.measuring.put(
            driver.workspace.new_measurement("distance", Figure(plane, points, reference)), "Draw"
        )
        settle()


def _on_image(driver: Driver) -> tuple[Record, ...]:
    reference = driver.study.current_reference()
    assert reference is not None
    return driver.study.measurements.on_image(reference)


@contextmanager
def _started(folder: Path) -> Iterator[Driver]:
    """The window with all images of a folder there, and everything compiled."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="caliper-bench-") as kept:
        os.environ |= dict.fromkeys(USER_FOLDERS, kept)
        try:
            app = QApplication.instance() or QApplication([])
            assert isinstance(app, QApplication)
            apply_style(app, DARK)
            warm_up().join()
            with Driver(Path(kept), folder) as driver:
                driver.resize(*_WINDOW)
                driver.wait_for_image()
                driver.wait_for_rest()
                yield driver
        finally:
            os.environ.clear()
            os.environ |= before


@contextmanager
def _mpr() -> Iterator[Driver]:
    """Three planes through 512 x 512 x 400 and the stack beside them."""
    with _started(series.deep()) as driver:
        driver.window.actions_by_name["mpr"].trigger()
        driver.wait_until(lambda: len(driver.window.viewports.shown) == 4, "an MPR")
        settle()
        yield driver


BENCHMARKS = {
    "scroll-mpr": scroll,
    "window-mpr": window,
    "rotate-mpr": rotate,
    "window-large": large,
    "marks": marks,
}
