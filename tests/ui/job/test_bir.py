"""Basic Image Review, driven by mouse and keys; docs/bir.md says which test stands for which requirement."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QTreeWidget

from tests.ui.job.driver import CONTROL, Driver, same, settle
from viewer_app.ui.actions import ACTIONS, TOOLS, shortcuts
from viewer_app.ui.printing import picture_of
from viewer_app.ui.views.corner_text import Density

Key = Qt.Key
TOOL_NAMES = [spec.name for spec in TOOLS]
_CORNER = np.s_[:90, :300]


def greys(driver: Driver) -> NDArray[np.uint8]:
    """What the viewport shows: rows, columns."""
    picture = picture_of(driver.viewport, 1.0)
    plain = picture.convertToFormat(picture.Format.Format_Grayscale8)
    rows = np.array(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width()]


def middle(driver: Driver) -> NDArray[np.uint8]:
    """The middle of the viewport, clear of what is written."""
    seen = greys(driver)
    return seen[seen.shape[0] // 4 : -seen.shape[0] // 4, seen.shape[1] // 4 : -seen.shape[1] // 4]


def take(driver: Driver, tool: str) -> None:
    """Put a tool on the left button."""
    driver.window.actions_by_name[tool].trigger()
    settle()


def test_it_begins_as_a_reader_expects(caliper: Driver) -> None:
    stack = caliper.study.stack
    assert stack is not None
    assert caliper.view.index == len(stack.images) // 2
    assert (caliper.view.scale, caliper.view.inverted) == (None, False)
    assert caliper.study.window() is not None
    assert greys(caliper)[_CORNER].max() > 200  # who it is stands in the corner
    assert caliper.window.actions_by_name["window"].isChecked()
    assert caliper.window.focusWidget() is caliper.viewport  # keys go to the image, not to a button


def test_keys_go_through_images_series_and_studies(caliper: Driver) -> None:
    series, index = caliper.view.stack_key, caliper.view.index
    study = caliper.study.study.info.study_uid
    for key, step in ((Key.Key_Down, 1), (Key.Key_Up, 0)):
        caliper.key(key)
        assert caliper.view.index == index + step
    caliper.key(Key.Key_PageDown)
    assert caliper.view.stack_key != series
    caliper.key(Key.Key_PageUp)
    assert caliper.view.stack_key == series
    caliper.key(Key.Key_Right, CONTROL)
    caliper.wait_until(lambda: caliper.study.study.info.study_uid != study, "the older study")
    caliper.wait_for_image()
    caliper.key(Key.Key_Left, CONTROL)
    caliper.wait_until(lambda: caliper.study.study.info.study_uid == study, "the newer study")


def test_a_window_drag_widens_to_the_right_and_brightens_upwards(caliper: Driver) -> None:
    take(caliper, "window")
    before, bright = caliper.study.window(), middle(caliper).mean()
    assert before is not None
    caliper.drag(caliper.part(0.5, 0.6), caliper.part(0.5, 0.5))
    higher = caliper.study.window()
    assert higher is not None
    assert (higher.center < before.center, higher.width) == (True, before.width)
    assert middle(caliper).mean() > bright
    caliper.drag(caliper.part(0.5, 0.6), caliper.part(0.6, 0.6))
    wider = caliper.study.window()
    assert wider is not None
    assert (wider.center, wider.width > higher.width) == (higher.center, True)


def test_invert_is_a_key_and_comes_back(caliper: Driver) -> None:
    before = middle(caliper)
    caliper.key(Key.Key_I, CONTROL)
    # Qt rounds down between two pixels, before as after.
    np.testing.assert_allclose(middle(caliper), 255 - before.astype(int), atol=2)
    caliper.key(Key.Key_I, CONTROL)
    np.testing.assert_array_equal(middle(caliper), before)


@pytest.mark.parametrize("tool", TOOL_NAMES)
def test_the_wheel_scrolls_with_every_tool(caliper: Driver, tool: str) -> None:
    take(caliper, tool)
    index = caliper.view.index
    caliper.wheel(-2)
    assert caliper.view.index == index + 2
    caliper.wheel(3)
    assert caliper.view.index == index - 1


def test_a_zoom_drag_enlarges_downwards(caliper: Driver) -> None:
    take(caliper, "zoom")
    fitted = caliper.viewport.camera.scale
    caliper.drag(caliper.part(0.5, 0.5), caliper.part(0.5, 0.7))
    enlarged = caliper.viewport.camera.scale
    assert enlarged > fitted
    caliper.drag(caliper.part(0.5, 0.7), caliper.part(0.5, 0.4))
    assert caliper.viewport.camera.scale < enlarged


def test_corner_text_has_three_densities(caliper: Driver) -> None:
    written = []
    for _ in Density:
        written.append(int((greys(caliper)[_CORNER] > 128).sum()))
        caliper.key(Key.Key_I)
    assert all(more > less for more, less in pairwise(written))
    assert written[-1] == 0
    assert int((greys(caliper)[_CORNER] > 128).sum()) == written[0]  # round and round


def test_one_tool_is_on_at_a_time(caliper: Driver) -> None:
    actions = caliper.window.actions_by_name
    for tool in (*TOOL_NAMES, TOOL_NAMES[0]):
        take(caliper, tool)
        assert [name for name in TOOL_NAMES if actions[name].isChecked()] == [tool]


def test_letters_work_in_either_case(caliper: Driver) -> None:
    actions = caliper.window.actions_by_name
    for letters, tool in (("zZ", "zoom"), ("sS", "scroll"), ("dD", "distance")):
        for letter in letters:
            take(caliper, "pan")
            QTest.keyClicks(caliper.window, letter)
            settle()
            assert actions[tool].isChecked(), letter


def test_reset_keeps_the_image_and_every_measurement(caliper: Driver) -> None:
    take(caliper, "distance")
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.5))
    caliper.wheel(-3)
    caliper.wheel(2, modifiers=CONTROL)
    caliper.key(Key.Key_3)
    records, index = caliper.records, caliper.view.index
    assert len(records) == 1
    assert None not in (caliper.view.scale, caliper.view.window)
    for _ in range(2):  # the first ends the selection
        caliper.key(Key.Key_Escape)
    assert (caliper.view.scale, caliper.view.center, caliper.view.window) == (None, None, None)
    assert caliper.view.index == index
    assert same(caliper.records, records)


def test_help_lists_every_key(caliper: Driver) -> None:
    caliper.key(Key.Key_F1)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    (tree,) = dialog.findChildren(QTreeWidget)
    rows = tree.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
    shown = {(row.text(0), row.text(1)) for row in rows}
    keys = shortcuts()
    wanted = {(", ".join(keys[spec.name]), spec.title) for spec in ACTIONS if spec.name in keys}
    assert wanted <= shown
    (search,) = dialog.findChildren(QLineEdit)
    QTest.keyClicks(search, "INVERT")
    left = [row.text(1) for row in rows if not row.isHidden() and not row.childCount()]
    assert left == ["Invert"]
    search.clear()
    assert not any(row.isHidden() for row in rows)
    dialog.reject()
    settle()
