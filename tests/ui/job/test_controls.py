"""Switches and menus of the display, by keys and actions of the real window (IHE BIR 17, 18, 25, 40)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from tests.cases import case
from tests.sources.places import write_study
from tests.ui.job.conftest import Start
from tests.ui.job.driver import ALT, CONTROL, Driver, settle
from tests.ui.job.test_c38_left_marker import phantom, picture
from tests.ui.job.test_turning import shown
from viewer_app.folders import config_folder
from viewer_app.imaging.headers import Window
from viewer_app.imaging.sampling import values_at
from viewer_app.imaging.values.clamping import ends
from viewer_app.imaging.values.region_window import region_window
from viewer_app.phantom.dicom import write_series
from viewer_app.ui.panels.preset_dialog import PresetDialog
from viewer_app.ui.turning import REFUSED, REFUSED_CUT
from viewer_app.ui.views.color_maps import COLOR_MAPS, color_table
from viewer_app.ui.views.corner_text import Density

Key = Qt.Key


def opened(start: Start, folder: Path, modality: str = "CT") -> Driver:
    driver = start(write_study(folder, "one", Modality=modality, WindowCenter="300", WindowWidth="400"))
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def do(driver: Driver, name: str) -> None:
    """Choose an action."""
    driver.window.actions_by_name[name].trigger()
    settle()


def is_checked(driver: Driver, name: str) -> bool:
    return driver.window.actions_by_name[name].isChecked()


def test_pet_begins_black_on_white_from_zero_and_comes_back_to_it(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images", "PT")
    first = driver.view
    assert first.inverted and first.window is None
    window = driver.study.window()
    assert window is not None and ends(window) == (0.0, 500.0)
    assert is_checked(driver, "clamped")
    driver.key(Key.Key_I, CONTROL)
    do(driver, "clamped")
    assert driver.study.window() == Window(300.0, 400.0)
    assert not is_checked(driver, "clamped")
    driver.window.commands.display.color("hot-iron")
    do(driver, "smooth")
    driver.key(Key.Key_Escape)
    assert driver.view == first


def test_a_colour_map_on_pet_begins_at_its_dark_end_and_greys_at_the_white_one(start: Start, tmp_path: Path) -> None:
    display = opened(start, tmp_path / "images", "PT").window.commands.display
    view = display._workspace.study.view  # type: ignore[union-attr]  # a study is open
    display.color("hot-iron")
    assert (view.value.color_map, view.value.inverted) == ("hot-iron", False)
    display.color("pet")
    assert (view.value.color_map, view.value.inverted) == ("pet", False)
    display.color("")
    assert (view.value.color_map, view.value.inverted) == ("", True)


def test_the_bar_says_window_and_unit_and_goes_with_the_corner_text(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images")
    assert shown(driver).color_bar is None
    driver.window.commands.display.color("viridis")
    driver.key(Key.Key_I, CONTROL)
    bar = shown(driver).color_bar
    assert bar is not None
    assert (bar.name, bar.window, bar.unit, bar.inverted) == ("viridis", driver.study.window(), "HU", True)
    assert shown(driver, Density.NONE).color_bar is None


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("name", ["blue-white-red", "viridis", "hot-iron"])
def test_what_is_no_value_stays_black_in_every_map(start: Start, tmp_path: Path, name: str, inverted: bool) -> None:
    driver = opened(start, tmp_path / "images")
    if inverted:
        driver.key(Key.Key_I, CONTROL)
    driver.window.commands.display.color(name)
    driver.key(Key.Key_I)
    driver.key(Key.Key_I)
    seen = picture(driver)
    height, width = seen.shape[:2]
    assert not seen[height // 4, 40].any()  # beside the image
    assert (seen[height // 2, width // 2] == color_table(name)[255 if inverted else 0]).all()


def test_the_menus_offer_the_maps_where_there_are_greys(start: Start, tmp_path: Path) -> None:
    driver = start()
    view_menu = driver.window.top.menus["View"]
    for _ in range(2):
        view_menu.aboutToShow.emit()
        assert "Colours" not in [action.text() for action in view_menu.actions()]
    driver = opened(start, tmp_path / "images")
    view_menu = driver.window.top.menus["View"]
    for _ in range(2):
        view_menu.aboutToShow.emit()
        settle()
    (colors,) = [action.menu() for action in view_menu.actions() if action.text() == "Colours"]
    assert isinstance(colors, QMenu)
    names = [action.text() for action in colors.actions() if action.text()]
    assert names == ["Greys", *(found.title for found in COLOR_MAPS.values())]
    colors.actions()[-1].trigger()
    assert driver.view.color_map == list(COLOR_MAPS)[-1]


def test_advanced_mode_is_a_key_kept_and_told(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images")
    driver.key(Key.Key_F, ALT)
    assert (driver.view.flipped, driver.message) == (False, REFUSED)
    driver.key(Key.Key_F10)
    assert is_checked(driver, "advanced")
    driver.key(Key.Key_F, ALT)
    driver.key(Key.Key_R, ALT)
    driver.key(Key.Key_R, ALT)
    driver.key(Key.Key_L, ALT)
    assert (driver.view.flipped, driver.view.quarter_turns) == (True, 1)
    assert shown(driver, Density.NONE).corners.badges[0].startswith("Flipped")
    driver.key(Key.Key_Escape)
    assert (driver.view.flipped, driver.view.quarter_turns) == (False, 0)
    driver.key(Key.Key_L, ALT)
    do(driver, "turn_reset")
    assert driver.view.quarter_turns == 0
    driver.close()
    again = start()
    assert again.window.manner.advanced and is_checked(again, "advanced")
    do(again, "advanced")
    assert not is_checked(again, "advanced")


@pytest.fixture
def planes(start: Start, tmp_path: Path) -> Driver:
    """The marker in three planes."""
    write_series(tmp_path / "marker", phantom())
    driver = start(tmp_path / "marker")
    driver.wait_for_image()
    driver.wait_for_rest()
    driver.key(Key.Key_F10)
    driver.key(Key.Key_F, ALT)
    driver.key(Key.Key_M)
    driver.wait_for_rest()
    assert driver.view.cut is not None
    return driver


def test_a_reconstructed_plane_is_never_turned_nor_begins_so(planes: Driver) -> None:
    layout = planes.study.layout.value
    assert [view.flipped for view in layout.views] == [False, False, False, True]
    for key in (Key.Key_F, Key.Key_R, Key.Key_L):
        planes.key(key, ALT)
        assert planes.study.layout.value == layout
        assert planes.message == REFUSED_CUT


def test_a_region_of_a_plane_is_windowed_by_what_the_plane_shows(planes: Driver) -> None:
    do(planes, "window_region")
    camera, plane = planes.viewport.camera, planes.viewport.plane
    ((x, y),) = camera.to_screen(plane.in_plane([(13.0, -20.0, 4.0)]))  # the marker and air beside it
    start, end = (round(x) - 8, round(y) - 8), (round(x) + 40, round(y) + 40)
    planes.hold(start, end)
    outline: NDArray[np.uint8] = picture(planes)
    assert outline[start[1], start[0] : end[0]].min(axis=1).max() > 200, "no line along the upper edge"
    planes.release(end)
    window = planes.study.window()
    assert window is not None and window.explanation == "region"
    first, last = camera.to_plane([start, end])
    steps = np.mgrid[first[0] : last[0] : plane.column_spacing, first[1] : last[1] : plane.row_spacing].reshape(2, -1).T
    volume = planes.study.volume
    assert volume is not None
    expected = region_window(values_at(volume, plane.to_patient(steps / plane.spacing[::-1])))
    assert expected is not None and (window.center, window.width) == pytest.approx((expected.center, expected.width))
    before = planes.view
    planes.drag(planes.part(0.01, 0.5), planes.part(0.03, 0.52))  # beside the volume
    assert planes.view == before


def test_presets_are_edited_by_an_action_and_damaged_ones_are_told(start: Start, tmp_path: Path) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "window_presets.json").write_text("{")
    driver = start()
    assert "presets cannot be read" in driver.message
    do(driver, "presets")
    (dialog,) = driver.window.findChildren(PresetDialog)
    assert dialog.isVisible()
    dialog.reject()
    settle()
    assert not driver.window.findChildren(PresetDialog)
    driver.close()
    assert start().message == ""


def test_the_look_is_as_it_was_left(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images")
    for action in ("advanced", "flip", "rotate_right", "smooth", "clamped", "invert"):
        do(driver, action)
    driver.window.commands.display.color("turbo")
    left = driver.view
    driver.close()
    driver = start(tmp_path / "images")
    driver.wait_for_image()
    assert driver.view == left
    assert left.clamped and left.inverted and left.flipped and left.quarter_turns == 1 and not left.smooth
    assert is_checked(driver, "clamped") and not is_checked(driver, "smooth")


def test_the_pet_of_a_real_case_begins_as_pet_is_read(start: Start) -> None:
    driver = start(case("pt-headneck-seg"))
    driver.wait_for_image()
    assert driver.view.inverted
    window = driver.study.window()
    assert window is not None and ends(window)[0] == 0.0
