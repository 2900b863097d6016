"""C14, C40, C41, C45: marks on reconstructed planes belong to their study, come back, and lead back to their plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.session.sitting import Sitting
from tests.sources.places import HeldFolder, write_study
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Vector, vector
from viewer_app.measure.measurement import Reconstruction, Record
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.ramp import Ramp, ramp
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructed import drawn_in, is_on, layout_at, records_on
from viewer_app.session.reconstructing import Mpr, mpr_layout
from viewer_app.session.study import OpenStudy
from viewer_app.session.tile import Tile

MIP = SlabMode.MAXIMUM


def ramp_study(folder: Path, without: Sequence[int] = (), **values: Any) -> tuple[Path, Ramp]:
    """The ramp as a study; without some of its slices, or with other values in its headers."""
    truth = ramp("oblique")
    for image in truth.images:
        for name, value in values.items():
            setattr(image, name, value)
    write_series(folder / "ramp", [image for number, image in enumerate(truth.images) if number not in without])
    return folder, truth


def oblique(opened: OpenStudy, slab_mm: float = 0.0, mode: SlabMode = MIP) -> Tile:
    """Three planes turned to nowhere in particular; the tile of one of them, with a slab."""
    stack = opened.stacks[0]
    opened.show_layout(mpr_layout(stack, replace(opened.view.value, stack_key=stack.key)))
    for which, angle in ((0, 0.3), (1, -0.4), (2, 0.25)):
        found = Tile(opened, which).mpr
        assert found is not None
        opened.layout.set(found.rotated(angle))
    found = Tile(opened, 1).mpr
    assert found is not None
    opened.layout.set(found.with_slab(slab_mm, mode))
    return Tile(opened, 1)


def on_tile(tile: Tile, *offsets: tuple[float, float]) -> tuple[Vector, ...]:
    """Patient points at in-plane mm from the crosshair."""
    cut = tile.view.value.cut
    assert cut is not None
    middle = tile.plane.in_plane(cut.point)
    points = tile.plane.to_patient((middle + np.asarray(offsets)) / tile.plane.spacing[::-1])
    return tuple(vector(point) for point in points)


def draw(sitting: Sitting, tile: Tile, kind: str, *offsets: tuple[float, float]) -> Record:
    figure = tile.new_figure(on_tile(tile, *offsets))
    drawn = sitting.workspace.new_measurement(kind, figure)
    sitting.study.measuring.put(drawn, f"Draw {kind}")
    made = sitting.study.measurements.get(drawn.uid)
    assert made is not None
    return made


def why_not(tile: Tile) -> str:
    """Why nothing can be drawn there, in words; "" where it can."""
    why = tile.why_no_mark
    return why.what if why is not None else ""


def reopened(sitting: Sitting, place: Path, tmp_path: Path) -> OpenStudy:
    sitting.settle()
    sitting.open(write_study(tmp_path / "other", "other"))
    return sitting.open(place)


def test_a_probe_on_an_oblique_plane_is_the_ramp_there(sitting: Sitting, tmp_path: Path) -> None:
    place, truth = ramp_study(tmp_path / "images")
    tile = oblique(sitting.open(place))
    assert not why_not(tile)
    made = draw(sitting, tile, "probe", (0.4, -0.3))
    figure, value = made.measurement.figures[0], made.values[0]
    pixel = figure.plane.to_patient(np.floor(figure.plane.to_pixels(figure.points) + 0.5))
    assert value.number == pytest.approx(float(truth.values_at(pixel)[0]), abs=1e-9)
    assert (value.unit, value.provenance) == ("HU", "interpolated")
    assert figure.reconstruction == Reconstruction(sitting.study.stacks[0].info.series_uid, 0)
    assert (made.place.series_index, made.place.slice_index, made.place.modality) == (0, -1, "CT")
    assert sitting.errors == []


def test_a_distance_on_a_slab_is_one_in_the_patient_and_says_projected(sitting: Sitting, tmp_path: Path) -> None:
    tile = oblique(sitting.open(ramp_study(tmp_path / "images")[0]), 6.0)
    made = draw(sitting, tile, "distance", (-1.5, -2.0), (1.5, 2.0))
    assert made.values[0].number == pytest.approx(5.0, abs=1e-9)
    assert made.measurement.figures[0].reconstruction == Reconstruction(
        sitting.study.stacks[0].info.series_uid, 0, 6.0, MIP
    )
    assert Tile(sitting.study, 1).view.value.cut == tile.view.value.cut


@pytest.mark.parametrize("slab_mm", [0.0, 6.0])
def test_it_comes_back_to_the_last_bit_and_raises_no_doubt(sitting: Sitting, tmp_path: Path, slab_mm: float) -> None:
    place, _ = ramp_study(tmp_path / "images")
    tile = oblique(sitting.open(place), slab_mm, SlabMode.MEAN)
    drawn = (draw(sitting, tile, "probe", (0.4, -0.3)), draw(sitting, tile, "distance", (0.0, 0.0), (2.0, 1.0)))
    opened = reopened(sitting, place, tmp_path)
    assert opened.measurements.records == drawn
    assert not any(opened.measurements.differs(record.measurement.uid) for record in drawn)
    assert opened.measuring.measured(drawn[0].measurement).values == drawn[0].values


@pytest.mark.parametrize(
    ("values", "differing"),
    [
        ({}, {"probe": False, "distance": False}),
        ({"RescaleIntercept": "-400"}, {"probe": True, "distance": False}),
        ({"RescaleType": "US"}, {"probe": True, "distance": False}),
        ({"PixelSpacing": ["0.6", "0.6"]}, {"probe": True, "distance": True}),
        ({"FrameOfReferenceUID": "2.25.99"}, {"probe": True, "distance": True}),
    ],
)
def test_other_images_under_the_same_uids_are_flagged(
    sitting: Sitting, tmp_path: Path, values: dict[str, Any], differing: dict[str, bool]
) -> None:
    place, _ = ramp_study(tmp_path / "images")
    tile = oblique(sitting.open(place))
    draw(sitting, tile, "probe", (0.4, -0.3))
    draw(sitting, tile, "distance", (0.0, 0.0), (2.0, 1.0))
    sitting.settle()
    sitting.open(write_study(tmp_path / "other", "other"))
    ramp_study(tmp_path / "images", **values)
    measurements = sitting.open(place).measurements
    found = {each.measurement.kind: measurements.differs(each.measurement.uid) for each in measurements.records}
    assert found == differing


def test_it_is_undone_and_done_again(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(ramp_study(tmp_path / "images")[0])
    made = draw(sitting, oblique(opened), "probe", (0.4, -0.3))
    opened.history.undo()
    assert list(opened.measurements.records) == []
    opened.history.redo()
    assert list(opened.measurements.records) == [made]
    sitting.settle()
    assert sitting.stored() == (made,)


# -- where it is shown --------------------------------------------------------------------------------


def test_it_is_shown_on_its_plane_and_on_no_other(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(ramp_study(tmp_path / "images")[0])
    tile = oblique(opened)
    made = draw(sitting, tile, "distance", (-1.0, 0.0), (1.0, 0.5))
    assert [records_on(Tile(opened, place)) for place in range(4)] == [(), (made,), (), ()]
    assert drawn_in(Tile(opened, 0)) == (made.measurement,)
    before = opened.layout.value
    tile.scroll_by(1)
    assert not is_on(tile, made.measurement)
    opened.layout.set(before)
    found = tile.mpr
    assert found is not None
    opened.layout.set(found.with_slab(4.0, MIP))
    assert is_on(tile, made.measurement)


def test_a_mark_of_an_image_is_on_the_plane_through_it_but_on_no_other_image(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(ramp_study(tmp_path / "images")[0])
    drawn = sitting.draw("probe", (9.0, 8.0)).measurement
    index, stack = opened.view.value.index, opened.stacks[0]
    places = [number for number in range(len(stack.images)) if _is_on_image(opened, number, drawn)]
    assert places == [index]
    shown = replace(opened.view.value, index=index)
    opened.show_layout(mpr_layout(stack, shown, drawn.figures[0].points[0]))
    assert [is_on(Tile(opened, place), drawn) for place in range(4)] == [True, False, False, True]
    Tile(opened, 0).scroll_by(1)
    assert not is_on(Tile(opened, 0), drawn)


def test_a_mark_of_the_reconstructed_acquired_plane_is_on_its_image(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(ramp_study(tmp_path / "images")[0])
    stack = opened.stacks[0]
    middle = vector(stack.images[7].plane.to_patient([(11.0, 9.0)])[0])
    opened.show_layout(mpr_layout(stack, opened.view.value, middle))
    made = draw(sitting, Tile(opened, 0), "distance", (0.0, 0.0), (2.0, 1.0))
    assert [number for number in range(12) if _is_on_image(opened, number, made.measurement)] == [7]


def _is_on_image(opened: OpenStudy, index: int, drawn: Any) -> bool:
    opened.show_layout(Layout(views=(replace(opened.view.value, index=index, cut=None),)))
    return is_on(opened.active, drawn)


# -- the way back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("from_mpr", [True, False])
def test_the_way_back_leads_to_plane_and_slab(sitting: Sitting, tmp_path: Path, from_mpr: bool) -> None:
    opened = sitting.open(ramp_study(tmp_path / "images")[0])
    tile = oblique(opened, 6.0, SlabMode.MINIMUM)
    made = draw(sitting, tile, "distance", (-1.0, 0.0), (2.0, 0.5))
    stack = opened.stacks[0]
    begun = mpr_layout(stack, opened.view.value)
    opened.show_layout(begun if from_mpr else Layout(views=(replace(begun.views[3], index=2),)))
    layout = layout_at(opened, made.measurement.figures[0])
    assert layout is not None
    opened.show_layout(layout)
    cut = opened.view.value.cut
    assert cut is not None
    assert (cut.slab_mm, cut.slab_mode) == (6.0, SlabMode.MINIMUM)
    np.testing.assert_allclose(cut.point, np.mean(made.measurement.figures[0].points, axis=0), atol=1e-9)
    assert opened.active.plane == made.measurement.figures[0].plane
    assert records_on(opened.active) == (made,)
    mpr = opened.active.mpr
    assert isinstance(mpr, Mpr)
    normals = np.array([each.normal for each in mpr.cuts])
    np.testing.assert_allclose(np.abs(normals @ normals.T), np.eye(3), atol=1e-12)


# -- what is refused ----------------------------------------------------------------------------------


def test_nothing_is_measured_before_all_images_are_there(sitting: Sitting, tmp_path: Path) -> None:
    source = HeldFolder(ramp_study(tmp_path / "images")[0])
    source.gate.clear()
    sitting.workspace.open(lambda watch: source)
    sitting.qtbot.waitUntil(lambda: len(source.opened) > 1)
    tile = oblique(sitting.study)
    assert why_not(tile) == "Not all images of this series are here."
    drawn = sitting.workspace.new_measurement("distance", tile.new_figure(on_tile(tile, (0.0, 0.0), (1.0, 1.0))))
    sitting.study.measuring.put(drawn, "Draw")
    assert not sitting.study.measurements.records
    assert [error.what for error in sitting.errors] == ["This image has not arrived."]
    source.gate.set()
    sitting.settle()
    assert not why_not(tile)
    sitting.study.measuring.put(drawn, "Draw")
    assert len(sitting.study.measurements.records) == 1


def test_a_plane_of_a_prior_is_refused_in_words(sitting: Sitting, tmp_path: Path) -> None:
    """A mark on it would be stored under the study that is open, which is not its own (C40)."""
    write_study(tmp_path / "images", "one", StudyInstanceUID="2.25.71", StudyDate="20260102")
    write_study(tmp_path / "images", "two", StudyInstanceUID="2.25.72", StudyDate="20250102")
    opened = sitting.open(tmp_path / "images")
    (prior,) = [stack for stack in opened.all_stacks if opened.owner(stack.key) is not opened.study]
    opened.show_layout(mpr_layout(prior, replace(opened.view.value, stack_key=prior.key)))
    sitting.settle()
    assert [why_not(Tile(opened, place)) for place in range(4)] == ["This is another study."] * 4


def test_of_an_uneven_stack_the_even_slices_are_measured_and_told(sitting: Sitting, tmp_path: Path) -> None:
    place, truth = ramp_study(tmp_path / "images", without=(5,))
    opened = sitting.open(place)
    tile = oblique(opened)
    assert why_not(tile)
    opened.resample(opened.stacks[0])
    sitting.settle()
    assert not why_not(tile)
    low = on_tile(tile, (0.4, -0.3))
    made = draw(sitting, tile, "probe", (0.4, -0.3))
    assert made.values[0].provenance == "interpolated, resampled"
    assert made.values[0].number is None or made.values[0].number == pytest.approx(
        float(truth.values_at(low)[0]), abs=2.0
    )
    again = reopened(sitting, place, tmp_path)
    assert again.measurements.records == (made,)
    again.resample(again.stacks[0])
    sitting.settle()
    assert not again.measurements.differs(made.measurement.uid)
