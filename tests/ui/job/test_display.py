"""Colours, smoothing and zero held black, on the view of the real window."""

from __future__ import annotations

from pathlib import Path

from tests.sources.places import write_study
from tests.ui.job.conftest import Start
from tests.ui.job.driver import Driver
from viewer_app.imaging.headers import Window
from viewer_app.imaging.values.clamping import ends
from viewer_app.session.view import View
from viewer_app.ui.display import Display


def opened(start: Start, folder: Path, modality: str) -> Driver:
    driver = start(write_study(folder, "one", Modality=modality, WindowCenter="300", WindowWidth="400"))
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver


def test_nothing_happens_where_nothing_is_open(start: Start) -> None:
    driver = start()
    display = Display(driver.workspace)
    display.color("pet")
    display.toggle_smooth()
    display.toggle_clamped()
    assert not display.takes_colors and driver.workspace.study is None


def test_colours_and_smoothing_are_set_and_taken_back(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images", "CT")
    display = Display(driver.workspace)
    assert display.takes_colors
    display.color("viridis")
    display.toggle_smooth()
    assert (driver.view.color_map, driver.view.smooth) == ("viridis", False)
    display.color("")
    display.toggle_smooth()
    assert (driver.view.color_map, driver.view.smooth) == ("", True)


def test_a_drag_on_nuclear_medicine_keeps_zero_until_that_is_let_go(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images", "NM")
    display = Display(driver.workspace)
    drag(driver)
    assert driver.view.window is not None
    assert ends(driver.view.window)[0] == 0.0 and ends(driver.view.window)[1] > 500.0
    display.toggle_clamped()
    assert driver.view.clamped is False
    center = driver.view.window.center
    drag(driver)
    assert ends(driver.view.window)[0] < 0.0
    assert driver.view.window.center == center


def test_holding_zero_takes_effect_at_once(start: Start, tmp_path: Path) -> None:
    driver = opened(start, tmp_path / "images", "CT")
    Display(driver.workspace).toggle_clamped()
    assert driver.view == View(driver.view.stack_key, driver.view.index, clamped=True)
    assert driver.study.window() == Window(250.0, 500.0, "", "LINEAR_EXACT")
    Display(driver.workspace).toggle_clamped()
    assert driver.study.window() == Window(300.0, 400.0)


def drag(driver: Driver) -> None:
    driver.window.commands.take_tool("window")
    driver.drag(driver.part(0.4, 0.5), driver.part(0.5, 0.5))
