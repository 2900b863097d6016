"""The plot beside the measurements: of what is selected, live while a handle is dragged, and pointing at the image."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget

from tests.ui.job.driver import ALT, CONTROL, Driver, Spot, settle
from viewer_app.measure.histogram import Histogram
from viewer_app.measure.plotting import Plot
from viewer_app.measure.profile import Profile
from viewer_app.ui.panels.plot_panel import PlotPanel
from viewer_app.ui.views.pointed import dot_over

Key = Qt.Key


def tabs(driver: Driver) -> QTabWidget:
    found = driver.window.measurements.findChild(QTabWidget)
    assert found is not None
    return found


@pytest.fixture
def plot(caliper: Driver) -> PlotPanel:
    tabs(caliper).setCurrentWidget(caliper.window.plot)
    settle()
    return caliper.window.plot


def draw(driver: Driver, key: Key, start: Spot, end: Spot) -> None:
    driver.key(key)
    driver.drag(start, end)


def wait(driver: Driver, panel: PlotPanel) -> Plot:
    """The plot, once it is that of the record as it is now."""

    def is_there() -> bool:
        shown = panel.shown
        return shown is not None and shown[0] == driver.records[-1].measurement

    driver.wait_until(is_there, "the plot")
    assert panel.shown is not None
    return panel.shown[1]


def point(driver: Driver, panel: PlotPanel, at: float) -> float:
    """Move the mouse to this place of the horizontal axis, or as near as pixels are; returns where it is."""
    view = panel.view
    view.grab()  # pyqtgraph lays its axes out when it paints
    settle()
    scene = view.getViewBox().mapViewToScene(QPointF(at, view.getViewBox().viewRange()[1][0]))
    spot: QPoint = view.mapFromScene(scene)
    QTest.mouseMove(view.viewport(), spot + QPoint(30, -9))  # the next move follows at once: it must not be left out
    QTest.mouseMove(view.viewport(), spot + QPoint(0, -9))
    settle()
    driver.wait_until(panel.readout.text, "the readout")
    return float(view.getViewBox().mapSceneToView(view.mapToScene(spot)).x())


def test_words_stand_where_nothing_is_selected_and_where_a_kind_has_no_plot(caliper: Driver, plot: PlotPanel) -> None:
    assert plot.words.isVisible()
    assert plot.words.text().startswith("Select a measurement")
    caliper.key(Key.Key_B, ALT)
    caliper.drag(caliper.part(0.4, 0.4), caliper.part(0.6, 0.5))
    caliper.wait_until(lambda: plot.words.text().startswith("This kind of measurement has no plot"))
    assert not plot.view.isVisible()
    assert not plot.copy_button.isVisible()


def test_the_profile_of_a_distance_is_what_the_image_has(caliper: Driver, plot: PlotPanel) -> None:
    draw(caliper, Key.Key_D, caliper.part(0.3, 0.42), caliper.part(0.7, 0.58))
    shown = wait(caliper, plot)
    (record,) = caliper.records
    assert isinstance(shown.found, Profile)
    assert shown.found.distances[-1] == pytest.approx(record.values[0].number)
    image = caliper.study.current_image()
    assert image is not None
    ((column, row),) = np.floor(image.plane.to_pixels([record.measurement.figures[0].points[0]])).astype(int)
    around = image.modality_values()[row : row + 2, column : column + 2]
    assert shown.found.values[0] is not None
    assert around.min() <= shown.found.values[0] <= around.max()
    assert plot.note.text() == "Values are interpolated between the pixels of the image."
    assert "HU" in plot.view.getAxis("left").labelText
    assert "mm" in plot.view.getAxis("bottom").labelText


def test_the_pointer_tells_a_value_and_marks_its_place_on_the_image(caliper: Driver, plot: PlotPanel) -> None:
    draw(caliper, Key.Key_D, caliper.part(0.3, 0.42), caliper.part(0.7, 0.58))
    shown = wait(caliper, plot).found
    (record,) = caliper.records
    assert isinstance(shown, Profile)
    point(caliper, plot, shown.distances[-1] / 4)
    told = re.match(r"([\d.]+)\u2009mm · ", plot.readout.text())
    assert told is not None
    manner, viewport = caliper.window.manner, caliper.viewport
    dot = dot_over(viewport.tile, viewport.camera, manner.pointed)
    assert dot is not None
    start, end = (np.array(caliper.handle(record, which)) for which in (0, 1))
    expected = start + (end - start) * float(told[1]) / shown.distances[-1]
    assert np.abs(np.array([dot.x(), dot.y()]) - expected).max() < 1.5
    caliper.wheel(-1)
    assert dot_over(viewport.tile, viewport.camera, manner.pointed) is None
    tabs(caliper).setCurrentIndex(0)
    assert manner.pointed is None


def test_the_histogram_of_an_ellipse_counts_its_pixels(caliper: Driver, plot: PlotPanel) -> None:
    draw(caliper, Key.Key_E, caliper.part(0.4, 0.4), caliper.part(0.6, 0.6))
    shown = wait(caliper, plot)
    values = {value.key: value.number for value in caliper.records[0].values}
    assert isinstance(shown.found, Histogram)
    assert sum(shown.found.counts) == values["count"]
    assert shown.summary is not None
    assert (shown.summary.minimum, shown.summary.mean, shown.summary.maximum) == tuple(
        values[key] for key in ("minimum", "mean", "maximum")
    )
    busiest = int(np.argmax(shown.found.counts))
    middle = (shown.found.edges[busiest] + shown.found.edges[busiest + 1]) / 2
    pointed = int(np.searchsorted(shown.found.edges, point(caliper, plot, middle))) - 1
    assert abs(pointed - busiest) <= 1
    assert plot.readout.text().endswith(f" · {shown.found.counts[pointed]} pixels")
    assert caliper.window.manner.pointed is None


def test_it_follows_a_handle_while_it_is_dragged_and_undo(caliper: Driver, plot: PlotPanel) -> None:
    draw(caliper, Key.Key_D, caliper.part(0.3, 0.4), caliper.part(0.5, 0.4))
    before = wait(caliper, plot)
    (record,) = caliper.records
    caliper.key(Key.Key_W)
    caliper.hold(caliper.handle(record, 1), caliper.part(0.7, 0.4))

    def is_longer() -> bool:
        found = plot.shown[1].found if plot.shown is not None else None
        return isinstance(found, Profile) and found.distances[-1] > 1.5 * length(before)

    caliper.wait_until(is_longer, "the plot of what is in hand")
    assert caliper.records == (record,)
    caliper.release(caliper.part(0.7, 0.4))
    caliper.key(Key.Key_Z, CONTROL)
    assert length(wait(caliper, plot)) == length(before)


def length(plot: Plot) -> float:
    assert isinstance(plot.found, Profile)
    return plot.found.distances[-1]


def test_nothing_is_worked_out_while_it_is_hidden(caliper: Driver) -> None:
    panel = caliper.window.plot
    draw(caliper, Key.Key_D, caliper.part(0.3, 0.4), caliper.part(0.5, 0.4))
    QTest.qWait(150)
    assert panel.shown is None
    tabs(caliper).setCurrentWidget(panel)
    wait(caliper, panel)
    caliper.key(Key.Key_Delete)
    caliper.wait_until(lambda: panel.shown is None and panel.words.text().startswith("Select"), "the words")


def test_its_numbers_are_copied(caliper: Driver, plot: PlotPanel) -> None:
    draw(caliper, Key.Key_D, caliper.part(0.3, 0.4), caliper.part(0.5, 0.4))
    shown = wait(caliper, plot).found
    assert isinstance(shown, Profile)
    QTest.mouseClick(plot.copy_button, Qt.MouseButton.LeftButton)
    title, *rows = QGuiApplication.clipboard().text().splitlines()
    assert title == "Distance (mm)\tValue (HU)"
    assert [tuple(map(float, row.split("\t"))) for row in rows] == list(zip(shown.distances, shown.values, strict=True))
    assert caliper.message == "The numbers of the plot are on the clipboard."


def test_on_a_turned_plane_the_values_are_told_to_be_interpolated(caliper: Driver, plot: PlotPanel) -> None:
    caliper.key(Key.Key_M)
    caliper.wait_for_rest()
    caliper.window.viewports.activate(1)
    settle()
    draw(caliper, Key.Key_E, caliper.part(0.4, 0.4), caliper.part(0.6, 0.6))
    shown = wait(caliper, plot).found
    assert isinstance(shown, Histogram)
    assert sum(shown.counts) == {value.key: value.number for value in caliper.records[0].values}["count"]
    assert plot.note.text().endswith("interpolated")
