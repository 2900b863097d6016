"""A script opens and measures as the window does, with the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.sources.places import slices, write_study
from viewer_app.errors import Cancelled, DamagedPixels, NotFound, NothingToShow
from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.mpr import mpr_grid, plane_of
from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds import DRAWN
from viewer_app.phantom import SAMPLE_STUDY_UID, SAMPLE_TRUTH, write_sample
from viewer_app.phantom.blocks import ROD_HU, ct_block, rod_centers
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.ramp import Ramp, ramp
from viewer_app.progress import Watch
from viewer_app.scripting import SlabMode, measure, open_studies, open_study, plane_through


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scripting") / "sample"
    write_sample(folder, coarse=True)
    return folder


def test_true_lengths_of_the_sample_study(sample: Path) -> None:
    with open_study(sample, SAMPLE_STUDY_UID) as study:
        by_modality = {series.info.modality: series for series in study.series}
        measured = 0
        for truth in SAMPLE_TRUTH:
            if truth.kind == "length" and truth.series in ("ct", "mr"):
                value = measure("distance", by_modality[truth.series.upper()], truth.points_mm)["length"]
                assert value.number == pytest.approx(truth.number, abs=1e-9)
                assert value.unit == truth.unit == "mm"
                measured += 1
        assert measured > 0


def test_the_newest_study_and_one_by_its_uid(sample: Path) -> None:
    with open_studies(sample) as studies:
        assert [study.info.date for study in studies] == sorted((s.info.date for s in studies), reverse=True)
        newest, prior = studies
        assert studies.problems == ()
    with open_study(sample) as study:
        assert study.info == newest.info
        assert study.patient == newest.patient
    with open_study(sample, prior.info.study_uid) as study:
        assert study.info == prior.info


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_study(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToShow):
        open_studies(tmp_path / "empty")
    with pytest.raises(NothingToShow, match=r"2\.25\.1"):
        open_study(write_study(tmp_path / "images", "one"), "2.25.1")


def test_probe_values_are_the_rods(tmp_path: Path) -> None:
    write_series(tmp_path, ct_block())
    with open_study(tmp_path) as study:
        (series,) = study.series
        for value, (x, y) in zip(ROD_HU, rod_centers(), strict=True):
            found = measure("probe", series, [(x, y, 2.0)])
            levels = ("mean", "minimum", "maximum", "median", *(f"percentile_{share}" for share in (5, 25, 75, 95)))
            assert set(found) == {"value", *levels, "sd", "count"}
            assert {found[key].number for key in ("value", *levels)} == {value}
            assert (found["sd"].number, found["value"].unit) == (0.0, "HU")


def test_a_slice_is_chosen_by_the_point_or_by_its_index(tmp_path: Path) -> None:
    with open_study(write_study(tmp_path, "one", 5)) as study:
        (series,) = study.series
        assert measure("probe", series, [(8, 8, 5.9)])["value"].number == 30.0
        assert measure("probe", series, [(8, 8, 5.9)], index=0)["value"].number == 40.0
        assert series.nearest_index((0, 0, 100)) == 0


def test_images_and_volume_are_the_same_numbers(tmp_path: Path) -> None:
    with open_study(write_study(tmp_path, "one", 4)) as study:
        (series,) = study.series
        alone = [series.image(index).modality_values() for index in range(4)]
        assert series.image(1) is series.image(1)
        volume = series.volume()
        assert series.volume() is volume
        assert volume.stored_values.shape == (4, 32, 32)
        for index in range(4):
            np.testing.assert_array_equal(series.image(index).modality_values(), alone[index])
        assert series.geometry.step_mm == 2.0
        assert len(series.instances) == 4
        assert study.other_objects == ()


def test_a_volume_with_a_hole_is_no_volume(tmp_path: Path) -> None:
    place = write_study(tmp_path, "one", 4)
    with open_study(place) as study:
        (place / "one" / "IM00002.dcm").write_bytes((place / "one" / "IM00002.dcm").read_bytes()[:-50])
        with pytest.raises(DamagedPixels, match="Image 3"):
            study.series[0].volume()
        with pytest.raises(DamagedPixels):
            study.series[0].image(2)
        assert study.series[0].image(0).value_at(0, 0) == 30.0


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    with open_study(write_study(tmp_path, "one")) as study:
        watch = Watch()
        watch.cancel()
        with pytest.raises(Cancelled):
            study.series[0].volume(watch)
    with pytest.raises(Cancelled):
        open_study(tmp_path, watch=watch)


@pytest.mark.parametrize(
    ("kind", "points", "words"),
    [
        ("angle of view", [(0, 0, 0)], "no kind"),
        ("distance", [(0, 0, 0)], "takes 2 to 2 points, not 1"),
        ("probe", [(0, 0, 0), (1, 1, 0)], "takes 1 to 1 points, not 2"),
        ("probe", [], "not 0"),
    ],
)
def test_wrong_wishes_are_refused(
    tmp_path: Path, kind: str, points: list[tuple[float, float, float]], words: str
) -> None:
    with open_study(write_study(tmp_path, "one", 1)) as study, pytest.raises(ValueError, match=words):
        measure(kind, study.series[0], points)


@pytest.mark.parametrize("kind", DRAWN.values(), ids=DRAWN)
def test_every_kind_is_measured(sample: Path, kind: Kind) -> None:
    points = [(-40.0, 0.0, 38.0), (30.0, 20.0, 38.0), (0.0, -30.0, 38.0), (10.0, 40.0, 38.0)]
    points = points[: kind.max_points]
    if kind.name == "two_diameters":  # a right angle
        points[2:] = [(0.0, 35.0, 38.0), (20.0, -35.0, 38.0)]
    with open_study(sample, SAMPLE_STUDY_UID) as study:
        found = measure(kind.name, study.series[0], points)
        again = measure(kind.name, study.series[0], points)
    assert list(found) == [quantity.key for quantity in kind.quantities]
    assert all(value.number is not None for value in found.values())
    assert found == again


TURNED = [(-8.0, 9.0, 43.0), (-4.0, 12.0, 42.0), (-6.0, 14.0, 46.0)]


@pytest.fixture(scope="module")
def ramped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ramp]:
    folder, truth = tmp_path_factory.mktemp("ramp"), ramp("oblique")
    write_series(folder, truth.images)
    return folder, truth


@pytest.mark.parametrize("kind", DRAWN.values(), ids=DRAWN)
def test_every_kind_is_measured_on_a_plane_of_its_own(ramped: tuple[Path, Ramp], kind: Kind) -> None:
    """Lengths and angles are those of the patient points, means those of the linear volume at the middle."""
    cut = plane_through(TURNED)
    grid_points = np.array([(-2.0, -1.5), (2.0, 1.5), (-1.5, 2.0), (1.5, -2.0)]) + 1.0
    points = in_plane(cut, grid_points[: kind.max_points])
    if kind.name == "two_diameters":  # a right angle
        points = in_plane(cut, [(-2, 0), (2, 0), (0, -1.5), (0, 1.5)])
    with open_study(ramped[0]) as study:
        found = measure(kind.name, study.series[0], points, cut=cut)
        assert list(found) == [quantity.key for quantity in kind.quantities]
        assert all(value.number is not None for value in found.values())
        lengths = {"distance", "distance_3d"} & {kind.name}
        assert all(found["length"].number == pytest.approx(np.linalg.norm(points[1] - points[0])) for _ in lengths)
        pixel_values = [value for value in found.values() if value.unit == "HU"]
        assert all("interpolated" in value.provenance for value in pixel_values)


def in_plane(cut: Cut, offsets: ArrayLike) -> Floats:
    """Patient points (n, 3) at mm (n, 2) from the point of a cut."""
    axes = np.array([cut.row_direction, cut.column_direction])
    points: Floats = np.asarray(cut.point) + np.asarray(offsets, dtype=np.float64) @ axes
    return points


def test_the_value_on_a_plane_is_that_of_the_linear_volume(ramped: tuple[Path, Ramp]) -> None:
    cut = plane_through(TURNED)
    with open_study(ramped[0]) as study:
        series = study.series[0]
        plane = plane_of(cut, mpr_grid(series.stack))
        point = plane.to_patient(np.rint(plane.to_pixels([cut.point])))  # the centre of a pixel
        found = measure("probe", series, point, cut=cut)["value"]
        assert found.number == pytest.approx(float(ramped[1].values_at(point)[0]), abs=1e-9)
        slab = plane_through(TURNED, slab_mm=4.0, slab_mode=SlabMode.MEAN)
        mean = measure("probe", series, point, cut=slab)["value"]
        assert mean.number == pytest.approx(float(ramped[1].values_at(point)[0]), abs=1e-9)
        assert "projected, mean 4 mm" in mean.provenance


def test_planes_that_cannot_be_meant_are_refused(ramped: tuple[Path, Ramp], tmp_path: Path) -> None:
    cut = plane_through(TURNED)
    with open_study(ramped[0]) as study:
        series = study.series[0]
        with pytest.raises(ValueError, match="lie on that plane"):
            measure("probe", series, np.add(cut.point, np.multiply(cut.normal, 0.3)), cut=cut)
        with pytest.raises(ValueError, match="name one of them"):
            measure("probe", series, [cut.point], cut=cut, index=0)
    with open_study(write_study(tmp_path, "one", 1)) as study, pytest.raises(ValueError, match=r"[a-z]\."):
        measure("probe", study.series[0], [(0, 0, 0)], cut=plane_through([(0, 0, 0), (1, 0, 0), (0, 1, 0)]))
    with pytest.raises(ValueError, match="in one line"):
        plane_through([(0, 0, 0), (1, 1, 1), (2, 2, 2)])
    with pytest.raises(ValueError, match="0 mm or more"):
        plane_through(TURNED, slab_mm=-1)


def test_true_angles_of_the_sample_study(sample: Path) -> None:
    (truth,) = (truth for truth in SAMPLE_TRUTH if truth.key == "ct-nodules-angle")
    with open_study(sample, SAMPLE_STUDY_UID) as study:
        first, vertex, second = truth.points_mm
        found = measure("angle", study.series[0], truth.points_mm)["angle"]
        assert found.number == pytest.approx(truth.number, abs=1e-9)
        assert found.unit == "deg"
        cobb = measure("cobb", study.series[0], (vertex, first, second, vertex))["cobb"]
        assert cobb.number == pytest.approx(truth.number, abs=1e-9)


def test_a_distance_in_space_joins_two_slices(sample: Path) -> None:
    (truth,) = (truth for truth in SAMPLE_TRUTH if truth.key == "ct-nodules-ab")
    with open_study(sample, SAMPLE_STUDY_UID) as study:
        places = {study.series[0].nearest_index(point) for point in truth.points_mm}
        assert len(places) == 2
        found = measure("distance_3d", study.series[0], truth.points_mm)["length"]
    assert found.number == pytest.approx(truth.number, abs=1e-9)
    assert found.unit == "mm"


def test_a_polyline_takes_as_many_points_as_there_are(sample: Path) -> None:
    with open_study(sample, SAMPLE_STUDY_UID) as study:
        line = [(float(x), 0.0, 38.0) for x in range(1_000)]
        assert measure("polyline", study.series[0], line)["length"].number == pytest.approx(999.0, rel=1e-12)
        with pytest.raises(ValueError, match="takes 2 or more points, not 1"):
            measure("polyline", study.series[0], line[:1])


WITHOUT_SCALE: dict[str, Any] = dict.fromkeys(("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"))


def test_an_image_without_a_scale_is_measured_in_pixels(tmp_path: Path) -> None:
    write_series(tmp_path, slices("flat", 1, **WITHOUT_SCALE))
    with open_study(tmp_path) as study:
        (series,) = study.series
        length = measure("distance", series, [(1, 2, 0), (4, 6, 0)])["length"]
        assert (length.number, length.unit) == (5.0, "px")
        assert length.provenance
        assert measure("probe", series, [(3, 3, 0)])["value"].number == 0.0


def test_of_images_without_a_place_one_must_be_named(tmp_path: Path) -> None:
    write_series(tmp_path, slices("flat", 3, **WITHOUT_SCALE))
    with open_study(tmp_path) as study:
        (series,) = study.series
        with pytest.raises(ValueError, match="index"):
            measure("probe", series, [(3, 3, 0)])
        assert measure("probe", series, [(3, 3, 0)], index=2)["value"].number == 20.0


def test_no_window_library_is_needed(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys; from viewer_app.scripting import measure, open_study\n"
        f"series = open_study({str(write_study(tmp_path, 'one', 1))!r}).series[0]\n"
        "print(measure('probe', series, [(1, 1, 0)])['value'].number)\n"
        "assert not any(name.startswith(('PySide6', 'pyqtgraph')) for name in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "0.0"), done.stderr
