"""The plot of a volume: its voxels by value, while it is painted and after, through undo, reload and of a prior."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.ui.job.conftest import Start
from tests.ui.job.driver import CONTROL, Driver, settle
from tests.ui.job.test_plot import point, tabs, wait
from tests.ui.job.test_priors import double_click, press_in, prior_rows, turn_to
from tests.ui.job.test_volumes import middle, number, opened_sphere, region, show_middle, take
from viewer_app.measure.histogram import Histogram
from viewer_app.measure.measurement import Record
from viewer_app.phantom import SAMPLE_PRIOR_STUDY_UID, SAMPLE_STUDY_UID
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.solids import SOLID_HU, solid
from viewer_app.ui.palette import DARK
from viewer_app.ui.panels import plot_panel
from viewer_app.ui.panels.plot_panel import PlotPanel

Key = Qt.Key


@pytest.fixture
def sphere(start: Start, tmp_path: Path) -> Driver:
    """The phantom of a sphere in 2 x 2, the plot on show."""
    driver = opened_sphere(start, tmp_path / "sphere")
    driver.window.commands.arranging.grid(2, 2)
    settle()
    show_plot(driver)
    show_middle(driver)
    return driver


def show_plot(driver: Driver) -> PlotPanel:
    tabs(driver).setCurrentWidget(driver.window.plot)
    settle()
    return driver.window.plot


def voxels(driver: Driver, record: Record) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values of the voxels of a volume, by numpy alone."""
    volume = driver.study.volume
    assert volume is not None
    layers = region(record).layers
    slices = [volume.image(layer.index).modality_values() for layer in layers]
    return np.concatenate(
        [
            values[layer.top : layer.bottom, layer.left : layer.right][layer.mask()]
            for values, layer in zip(slices, layers, strict=True)
        ]
    )


def is_of(found: Histogram, driver: Driver, record: Record) -> bool:
    values = voxels(driver, record)
    return found.counts == tuple(np.histogram(values, found.edges)[0].tolist()) and sum(found.counts) == values.size


def histogram(driver: Driver) -> Histogram:
    found = wait(driver, driver.window.plot).found
    assert isinstance(found, Histogram)
    return found


def test_it_is_live_while_it_is_painted_and_follows_undo(sphere: Driver) -> None:
    plot, brush = sphere.window.plot, sphere.window.manner.brush
    brush.set(replace(brush.painting, in_3d=True, diameter_mm=12.0))
    take(sphere, "Shift+B")
    sphere.press(middle(sphere))
    sphere.move(middle(sphere, 2.0))

    def painted() -> int:
        found = plot.shown[1].found if plot.shown is not None else None
        return sum(found.counts) if isinstance(found, Histogram) else 0

    sphere.wait_until(painted, "the plot of what is painted")
    assert plot.title.text().endswith(" · being painted")
    assert " ml" in plot.title.text().replace("\u2009", " ")
    first = painted()
    sphere.move(middle(sphere, 12.0))
    sphere.wait_until(lambda: painted() > first, "the plot of what is painted since")
    assert not sphere.records
    sphere.release(middle(sphere, 12.0))
    (made,) = sphere.records
    found = histogram(sphere)
    assert is_of(found, sphere, made)
    sphere.wait_until(lambda: "painted" not in plot.title.text(), "the plot of the volume")
    assert set(np.unique(voxels(sphere, made))) >= {float(SOLID_HU)}
    assert len({count for count in found.counts if count}) == 2  # the sphere and what is around it
    sphere.drag(middle(sphere), middle(sphere, -10.0))
    more = histogram(sphere)
    assert sum(more.counts) > sum(found.counts)
    sphere.key(Key.Key_Z, CONTROL)
    assert histogram(sphere) == found
    sphere.key(Key.Key_Y, CONTROL)
    assert histogram(sphere) == more
    sphere.key(Key.Key_Z, CONTROL)
    sphere.key(Key.Key_Z, CONTROL)
    sphere.wait_until(lambda: plot.words.text().startswith("Select"), "no plot")


def test_the_pointer_tells_how_many_voxels(sphere: Driver) -> None:
    brush = sphere.window.manner.brush
    brush.set(replace(brush.painting, in_3d=True, diameter_mm=12.0))
    take(sphere, "Shift+B")
    sphere.click(middle(sphere))
    (made,) = sphere.records
    found, plot = histogram(sphere), sphere.window.plot
    busiest = int(np.argmax(found.counts))
    at = point(sphere, plot, (found.edges[busiest] + found.edges[busiest + 1]) / 2)
    pointed = int(np.searchsorted(found.edges, at)) - 1
    assert abs(pointed - busiest) <= 1
    assert plot.readout.text().endswith(f" · {found.counts[pointed]} voxels")
    assert plot.view.getAxis("left").labelText == "Voxels"
    assert plot.view.getAxis("bottom").labelText == "Value (HU)"
    assert "mean" in plot.summary.text()
    assert sphere.window.manner.pointed is None
    assert number(made, "count") == sum(found.counts)
    sphere.drag(middle(sphere), middle(sphere, -10.0))
    more = histogram(sphere)
    assert more != found
    told = plot.readout.text()
    assert any(told.endswith(f" · {count} voxels") for count in more.counts)
    assert f"{found.counts[pointed]} voxels" not in told


def test_large_ones_are_told_to_be_painted_and_not_counted_at_every_move(
    sphere: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plot_panel, "MANY_VOXELS", 10)
    take(sphere, "Shift+B")
    sphere.press(middle(sphere))
    sphere.move(middle(sphere, 5.0))
    sphere.wait_until(lambda: "being painted" in sphere.window.plot.words.text(), "a sentence")
    assert sphere.window.plot.shown is None
    sphere.release(middle(sphere, 5.0))
    assert is_of(histogram(sphere), sphere, sphere.records[0])


def test_it_is_there_again_after_a_restart(start: Start, tmp_path: Path) -> None:
    write_series(tmp_path / "sphere", solid("sphere"))
    with start(tmp_path / "sphere") as before:
        before.wait_for_image()
        before.wait_for_rest()
        show_plot(before)
        show_middle(before)
        take(before, "Shift+B")
        before.click(middle(before))
        found = histogram(before)
        before.wait_saved()
    after = start(tmp_path / "sphere")
    after.wait_for_image()
    after.wait_for_rest()
    show_plot(after)
    after.window.manner.select(after.records[0].measurement.uid)
    assert histogram(after) == found


def test_a_prior_s_volume_is_plotted_dimmed_and_nothing_is_written(caliper: Driver) -> None:
    caliper.window.commands.arranging.compare()
    caliper.wait_for_rest()
    press_in(caliper, 1)
    turn_to(caliper, SAMPLE_PRIOR_STUDY_UID)
    take(caliper, "Shift+B")
    caliper.click(caliper.part(0.5, 0.42))
    caliper.wait_until(lambda: caliper.records, "a volume")
    show_plot(caliper)
    found = histogram(caliper)
    caliper.wait_saved()
    press_in(caliper, 0)
    caliper.key(Key.Key_Escape)
    turn_to(caliper, SAMPLE_STUDY_UID)
    caliper.wait_until(lambda: prior_rows(caliper), "the row of the prior")
    tabs(caliper).setCurrentIndex(0)
    settle()
    double_click(caliper, 0)
    steps = caliper.study.history.titles
    plot = show_plot(caliper)
    caliper.wait_until(lambda: plot.shown is not None, "the plot of the prior's volume")
    assert plot.shown is not None
    assert plot.shown[1].found == found
    assert " · prior, " in plot.title.text()
    assert plot.view.curve.opts["pen"].color().name() == DARK.secondary
    assert caliper.study.history.titles == steps
    assert not caliper.records
