"""A seeded monkey at mouse, wheel and keys. It asks nothing but that nothing breaks."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from tests.ui.job.driver import CONTROL, LEFT, MIDDLE, NONE, RIGHT, SHIFT, Driver, Spot, same, settle
from tests.ui.job.invariant import assert_one_patient, assert_store_follows
from tests.ui.job.truthful import assert_tiles_are_truthful

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
_KEYS = (
    *((key, NONE) for key in (Key.Key_D, Key.Key_D, Key.Key_P, Key.Key_W, Key.Key_S, Key.Key_Z, Key.Key_T)),
    *((key, NONE) for key in (Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown)),
    *((key, NONE) for key in (Key.Key_Escape, Key.Key_Delete, Key.Key_I, Key.Key_0, Key.Key_1, Key.Key_3, Key.Key_7)),
    *((key, CONTROL) for key in (Key.Key_Z, Key.Key_Z, Key.Key_Y, Key.Key_0, Key.Key_1, Key.Key_I)),
    *((key, CONTROL) for key in (Key.Key_Left, Key.Key_Right)),
    *((key, SHIFT) for key in (Key.Key_Up, Key.Key_Down, Key.Key_F11)),
    *((key, NONE) for key in (Key.Key_M, Key.Key_H, Key.Key_H, Key.Key_Tab, Key.Key_C, Key.Key_O)),
    *((key, NONE) for key in (Key.Key_F10, Key.Key_F11)),
    *((key, NONE) for key in (Key.Key_Y, Key.Key_X, Key.Key_A, Key.Key_R, Key.Key_E, Key.Key_N, Key.Key_F, Key.Key_B)),
    *((key, ALT) for key in (Key.Key_R, Key.Key_L, Key.Key_F, Key.Key_X, Key.Key_V)),
)
_LINKS = ("link", "link_scroll", "link_pan_zoom", "link_window", "link_by_hand", "unlink_by_hand")
_ACTIONS = (
    *_LINKS,
    "mpr",
    "mpr_reset",
    "snap_axial",
    "snap_coronal",
    "snap_sagittal",
    "slab_mode",
    "slab_off",
    "compare",
)


class Monkey:
    """Does one random thing after another to a window; the same seed does the same things."""

    def __init__(self, driver: Driver, seed: int) -> None:
        self._driver = driver
        self._random = random.Random(seed)
        self.log: list[str] = []
        self._acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (8, self._drag),
            (6, self._click),
            (4, self._wheel),
            (8, self._key),
            (2, self._key_in_mid_drag),
            (2, self._rename),
            (1, self._click_row),
            (1, self._resize),
            (1, self._switch_study),
            (1, self._menu),
            (2, self._activate),
            (2, self._enlarge),
            (1, self._grid),
            (2, self._action),
            (2, self._turn_planes),
        )

    def run(self, seconds: float) -> None:
        """Play, and look after each thing done; the last of them are told where one fails."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.play()

    def play(self) -> None:
        """One thing."""
        weights = [weight for weight, _ in self._acts]
        ((_, act),) = self._random.choices(self._acts, weights)
        self.log.append(act.__name__)
        act()
        assert_one_patient(self._driver)
        if self._driver.workspace.study is not None:
            assert_tiles_are_truthful(self._driver, self._random)

    def rest(self) -> None:
        """Until all is loaded and saved; then the store must hold what is shown, and nothing else."""
        driver = self._driver
        driver.key(Key.Key_Escape)
        driver.wait_for_image()
        driver.wait_for_rest()
        driver.wait_saved()
        assert same([item.record for item in driver.stored() if item.record], driver.records)
        assert not any(item.doubt for item in driver.stored())
        assert_store_follows(driver)
        assert_one_patient(driver)

    def _spot(self) -> Spot:
        canvas = self._driver.canvas
        return self._random.randrange(max(canvas.width(), 1)), self._random.randrange(max(canvas.height(), 1))

    def _button(self) -> Qt.MouseButton:
        return self._random.choice((LEFT, LEFT, LEFT, MIDDLE, RIGHT))

    def _drag(self) -> None:
        self._driver.drag(self._spot(), self._spot(), self._button())

    def _click(self) -> None:
        spot = self._spot()
        self._driver.click(spot, LEFT)

    def _wheel(self) -> None:
        self._driver.wheel(self._random.choice((-3, -1, 1, 3)), self._spot(), self._random.choice((NONE, CONTROL)))

    def _key(self) -> None:
        key, modifiers = self._random.choice(_KEYS)
        self._driver.key(key, modifiers)

    def _key_in_mid_drag(self) -> None:
        button, end = self._button(), self._spot()
        self._driver.hold(self._spot(), end, button)
        self._key()
        self._driver.release(end, button)

    def _rename(self) -> None:
        if self._driver.workspace.study is None or not self._driver.viewport.selected:
            return
        self._driver.key(Key.Key_F2)
        if isinstance(QApplication.focusWidget(), QLineEdit):
            self._driver.write(self._random.choice(("Nodule", "<b>x</b>", "Lesion 7", "=1+1")))

    def _click_row(self) -> None:
        rows = self._driver.window.measurements.model.rowCount()
        if rows:
            self._driver.click_row(self._random.randrange(rows))

    def _resize(self) -> None:
        self._driver.resize(self._random.randrange(600, 1800), self._random.randrange(400, 1200))

    def _switch_study(self) -> None:
        studies = self._driver.workspace.contents.studies
        if studies:
            self._driver.workspace.choose(self._random.choice(studies))
            settle()

    def _activate(self) -> None:
        viewport = self._random.choice(self._driver.window.viewports.shown)
        QTest.mouseClick(viewport.viewport(), LEFT, NONE, viewport.rect().center())
        settle()

    def _enlarge(self) -> None:
        canvas = self._driver.canvas
        QTest.mouseDClick(canvas, LEFT, NONE, canvas.rect().center())
        settle()

    def _grid(self) -> None:
        self._driver.window.commands.arranging.grid(self._random.randint(1, 3), self._random.randint(1, 3))
        settle()

    def _action(self) -> None:
        self._driver.window.actions_by_name[self._random.choice(_ACTIONS)].trigger()
        settle()

    def _turn_planes(self) -> None:
        """Drag a ring of the crosshair, where there is one."""
        if self._driver.workspace.study is None:
            return
        viewport = self._random.choice(self._driver.window.viewports.shown)
        crosshair = viewport.crosshair
        rings = [spot for which in range(3) for spot in crosshair.handles(which)] if crosshair is not None else []
        if not rings:
            return
        start = QPoint(*(round(number) for number in self._random.choice(rings)))
        end = start + QPoint(self._random.randint(-60, 60), self._random.randint(-60, 60))
        canvas = viewport.viewport()
        QTest.mousePress(canvas, LEFT, NONE, start)
        QTest.mouseMove(canvas, end)
        settle()
        QTest.mouseRelease(canvas, LEFT, NONE, end)
        settle()

    def _menu(self) -> None:
        self._driver.click(self._spot(), RIGHT)
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            popup.close()
            settle()
