"""An opened study: its pixels arrive, are held within bounds, can be had again; its numbers are what its images say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.session.sitting import Sitting
from tests.sources.places import HeldFolder, slices, write_study
from viewer_app.errors import UnsupportedPixels
from viewer_app.imaging.headers import Window
from viewer_app.imaging.memory import physical_bytes
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.dicom import write_series
from viewer_app.progress import Step, Watch
from viewer_app.session.history import Change
from viewer_app.session.volumes import Volumes
from viewer_app.sources import FolderSource

SERIES_BYTES = 5 * 32 * 32 * 2


def several(folder: Path, count: int = 4) -> Path:
    """One study of several series."""
    for number in range(1, count + 1):
        name = f"series {number}"
        images = slices(name, StudyInstanceUID="2.25.77", SeriesNumber=number)
        write_series(folder / str(number), images)
    return folder


def stacks_in(folder: Path) -> list[Stack]:
    (study,) = FolderSource(folder).find(Watch()).studies
    return [stack for series in study.series for stack in stacks_of(series)]


def test_a_stack_is_shown_at_its_middle_and_again_as_it_was_left(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(several(tmp_path / "images", 2))
    first, second = opened.stacks
    assert (opened.stack, opened.view.value.index) == (first, 2)
    opened.view.set(replace(opened.view.value, index=4, window=Window(40.0, 400.0), inverted=True))
    left = opened.view.value
    opened.show(second)
    assert opened.view.value.window is None
    opened.show(first)
    assert opened.view.value == left
    opened.show(first, 99)
    assert opened.view.value.index == 4
    sitting.settle()
    assert opened.missing == 0


def test_the_window_is_the_users_else_the_files_else_one_from_the_values(sitting: Sitting, tmp_path: Path) -> None:
    write_series(tmp_path / "images", slices("windows", WindowCenter="40", WindowWidth="350"))
    opened = sitting.open(tmp_path / "images")
    found = opened.window()
    assert found is not None
    assert (found.center, found.width) == (40.0, 350.0)
    opened.view.set(replace(opened.view.value, window=Window(1.0, 2.0)))
    assert opened.window() == Window(1.0, 2.0)


def test_volumes_shown_longest_ago_are_dropped_beyond_the_budget(tmp_path: Path) -> None:
    one, two, three, four = stacks_in(several(tmp_path))
    volumes = Volumes(budget_bytes=2 * SERIES_BYTES)
    kept = [volumes.show(stack) for stack in (one, two)]
    assert volumes.show(one) is kept[0]
    volumes.show(three)
    assert volumes.get(two.key) is None
    assert volumes.get(one.key) is kept[0]
    assert volumes.size_bytes == 2 * SERIES_BYTES
    volumes.show(four)
    assert volumes.get(one.key) is None
    volumes.clear()
    assert volumes.size_bytes == 0


def test_the_stack_on_show_is_kept_though_it_alone_is_beyond_the_budget(tmp_path: Path) -> None:
    one, two = stacks_in(several(tmp_path, 2))
    volumes = Volumes(budget_bytes=1)
    volumes.show(one)
    shown = volumes.show(two)
    assert volumes.get(two.key) is shown
    assert volumes.get(one.key) is None


def test_a_stack_larger_than_the_memory_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    (stack,) = stacks_in(write_study(tmp_path, "huge", 1))
    (image,) = stack.images
    pixels = image.instance.pixel_format
    assert pixels is not None
    instance = replace(image.instance, pixel_format=replace(pixels, rows=65535, columns=65535))
    huge = replace(stack, images=(replace(image, instance=instance),))
    with pytest.raises(UnsupportedPixels, match="65535 x 65535") as told:
        Volume(huge)
    assert told.value.advice
    memory = physical_bytes()
    if memory is not None:
        instance = replace(image.instance, pixel_format=replace(pixels, rows=16384, columns=16384))
        many = replace(stack, images=(replace(image, instance=instance),) * (memory // (2 * 16384**2) + 1))
        with pytest.raises(UnsupportedPixels, match="memory"):
            Volume(many)


def test_a_stack_that_cannot_be_held_is_told_and_what_is_on_show_stays(sitting: Sitting, tmp_path: Path) -> None:
    write_series(tmp_path / "images" / "good", slices("good", StudyInstanceUID="2.25.78", SeriesNumber=1))
    (bad,) = slices("bad", 1, StudyInstanceUID="2.25.78", SeriesNumber=2)
    bad.Rows = bad.Columns = 65535
    write_series(tmp_path / "images" / "bad", [bad])
    opened = sitting.open(tmp_path / "images")
    before = opened.view.value
    refused = [stack for stack in opened.stacks if stack is not opened.stack]
    for stack in refused:
        opened.show(stack)
        assert isinstance(sitting.errors[-1], UnsupportedPixels)
    assert opened.view.value == before
    assert refused or any("65535" in problem.why for problem in sitting.workspace.contents.problems)


def test_a_cancelled_load_is_resumed_by_looking_at_what_is_missing(sitting: Sitting, tmp_path: Path) -> None:
    source = HeldFolder(write_study(tmp_path / "images", "one", 12))
    source.gate.clear()
    sitting.workspace.open(lambda watch: source)
    sitting.qtbot.waitUntil(lambda: len(source.opened) == 5)
    opened = sitting.study
    opened.cancel_load()
    sitting.settle()
    assert opened.missing == 11
    source.gate.set()
    source.opened.clear()
    opened.view.set(replace(opened.view.value, scale=2.0))  # the slice on show is there: nothing begins
    sitting.settle()
    assert not source.opened
    opened.view.set(replace(opened.view.value, index=0))
    sitting.settle()
    assert opened.missing == 0
    assert len(source.opened) == 11


def test_after_an_error_scrolling_does_not_hammer_the_source_but_asking_does(sitting: Sitting, tmp_path: Path) -> None:
    source = HeldFolder(write_study(tmp_path / "images", "one", 12))
    source.gone_after = 2
    opened = sitting.open(source)
    assert [error.what for error in sitting.errors] == ["The place does not answer any more."]
    assert not opened.is_loading
    assert 0 < opened.missing < 12
    asked = len(source.opened)
    for index in range(12):
        opened.view.set(replace(opened.view.value, index=index))
    sitting.settle()
    assert len(source.opened) == asked
    source.gone_after = None
    opened.resume_load()
    sitting.settle()
    assert opened.missing == 0


def test_loading_tells_steps_and_the_end(sitting: Sitting, tmp_path: Path) -> None:
    source = HeldFolder(write_study(tmp_path / "images", "one", 6))
    source.gate.clear()
    sitting.workspace.open(lambda watch: source)
    sitting.qtbot.waitUntil(lambda: len(source.opened) == 5)
    steps: list[Step | None] = []
    sitting.study.loading.connect(steps.append)
    source.gate.set()
    sitting.settle()
    assert steps[-1] is None
    assert steps[-2] == Step(6, 6)


def test_leaving_a_stack_that_loads_gives_its_readers_to_the_next(sitting: Sitting, tmp_path: Path) -> None:
    source = HeldFolder(several(tmp_path / "images", 2))
    source.gate.clear()
    sitting.workspace.open(lambda watch: source)
    sitting.qtbot.waitUntil(lambda: len(source.opened) == 5)
    opened = sitting.study
    source.gate.set()
    opened.show(opened.stacks[1])
    sitting.settle()
    assert opened.missing == 0
    opened.show(opened.stacks[0])
    sitting.settle()
    assert opened.missing == 0
    volume = opened.volume
    assert volume is not None
    assert np.unique(volume.stored_values).tolist() == [1024 + 10 * number for number in range(5)]


# -- measurements ------------------------------------------------------------------------------------------


def test_numbers_are_those_of_the_image(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    length = sitting.draw("distance", (4.0, 5.0), (7.0, 9.0))
    assert (length.values[0].number, length.values[0].unit) == (5.0, "mm")
    probe = sitting.draw("probe")
    assert (probe.values[0].number, probe.values[0].unit) == (20.0, "HU")
    assert probe.place.slice_index == opened.view.value.index == 2


def test_nothing_is_measured_on_an_image_that_has_not_arrived(sitting: Sitting, tmp_path: Path) -> None:
    source = HeldFolder(write_study(tmp_path / "images", "one", 12))
    source.gate.clear()
    sitting.workspace.open(lambda watch: source)
    sitting.qtbot.waitUntil(lambda: len(source.opened) == 5)
    opened = sitting.study
    opened.view.set(replace(opened.view.value, index=11))
    with pytest.raises(AssertionError):
        sitting.draw("probe")
    assert "not arrived" in sitting.errors[-1].what
    assert opened.measurements.records == ()
    assert opened.history.next_undo is None
    source.gate.set()
    sitting.settle()
    assert sitting.draw("probe").values[0].number == 0.0


def test_another_label_changes_no_number_though_the_pixels_are_not_here(sitting: Sitting, tmp_path: Path) -> None:
    place = several(tmp_path / "images", 2)
    opened = sitting.open(place)
    drawn = sitting.draw("probe")
    opened.show(opened.stacks[1])
    sitting.workspace.save_view()
    sitting.open(write_study(tmp_path / "other", "other"))
    again = sitting.open(place)
    assert again.stack == again.stacks[1]
    again.measuring.rename(drawn.measurement.uid, "rib")
    sitting.settle()
    (stored,) = sitting.stored()
    assert stored.measurement.label == "rib"
    assert stored.values == drawn.values
    assert stored.place == drawn.place


def changed_study(sitting: Sitting, tmp_path: Path, **values: Any) -> Sitting:
    """A probe and a distance are stored; then the study comes again, with other header values under the same UIDs."""
    place = write_study(tmp_path / "images", "one")
    sitting.open(place)
    sitting.draw("probe")
    sitting.draw("distance")
    sitting.settle()
    sitting.open(write_study(tmp_path / "other", "other"))
    write_study(place, "one", **values)
    sitting.open(place)
    return sitting


def differing(sitting: Sitting) -> dict[str, bool]:
    measurements = sitting.study.measurements
    return {item.measurement.kind: measurements.differs(item.measurement.uid) for item in measurements.records}


def test_unchanged_images_raise_no_doubt(sitting: Sitting, tmp_path: Path) -> None:
    assert differing(changed_study(sitting, tmp_path)) == {"probe": False, "distance": False}


def test_other_pixel_values_are_flagged(sitting: Sitting, tmp_path: Path) -> None:
    assert differing(changed_study(sitting, tmp_path, RescaleIntercept="-1000")) == {"probe": True, "distance": False}


@pytest.mark.parametrize(("beside_mm", "doubt"), [(1e-12, False), (1e-9, False), (1e-4, True)])
def test_a_place_that_differs_in_its_last_bits_raises_no_doubt(
    sitting: Sitting, tmp_path: Path, beside_mm: float, doubt: bool
) -> None:
    """As one that is worked out does (a mosaic's tiles), on another machine than the one that stored the mark."""
    opened = sitting.open(write_study(tmp_path / "images", "one"))
    drawn = [sitting.draw(kind) for kind in ("probe", "distance", "ellipse")]
    for made in drawn:
        (figure,) = made.measurement.figures
        x, y, z = figure.plane.origin
        beside = replace(figure, plane=replace(figure.plane, origin=(x + beside_mm, y, z)))
        assert beside.plane != figure.plane
        moved = replace(made, measurement=replace(made.measurement, figures=(beside,)))
        opened.history.do("Move", Change(made, moved))
    assert differing(sitting) == {"probe": doubt, "distance": doubt, "ellipse": doubt}


def test_another_unit_is_flagged(sitting: Sitting, tmp_path: Path) -> None:
    changed_study(sitting, tmp_path, RescaleType="US")
    assert differing(sitting) == {"probe": True, "distance": False}


def test_another_scale_is_flagged(sitting: Sitting, tmp_path: Path) -> None:
    """The stored points still lie as far apart, but not any more where they were drawn."""
    changed_study(sitting, tmp_path, PixelSpacing="0.5\\0.5")
    assert differing(sitting) == {"probe": True, "distance": True}


def test_another_label_does_not_end_a_doubt_but_drawing_anew_does(sitting: Sitting, tmp_path: Path) -> None:
    opened = changed_study(sitting, tmp_path, RescaleIntercept="-1000").study
    (probe,) = [item for item in opened.measurements.records if item.measurement.kind == "probe"]
    uid = probe.measurement.uid
    opened.measuring.rename(uid, "another")
    assert opened.measurements.differs(uid)
    opened.measuring.remove(uid)
    opened.history.undo()
    assert opened.measurements.differs(uid)
    renamed = opened.measurements.get(uid)
    assert renamed is not None
    (figure,) = renamed.measurement.figures
    x, y, z = figure.points[0]
    moved = replace(renamed.measurement, figures=(replace(figure, points=((x + 1, y, z),)),))
    opened.measuring.put(moved, "Move")
    assert not opened.measurements.differs(uid)
    opened.history.undo()
    assert opened.measurements.differs(uid)


def test_a_measurement_whose_image_is_not_in_this_copy_stays_listed(sitting: Sitting, tmp_path: Path) -> None:
    place = write_study(tmp_path / "images", "one")
    sitting.open(place)
    drawn = sitting.draw("probe", label="kept")
    reference = drawn.measurement.reference
    assert reference is not None
    sitting.settle()
    sitting.open(write_study(tmp_path / "other", "other"))
    for path in (place / "one").iterdir():
        if path.name == "IM00003.dcm":
            path.unlink()
    opened = sitting.open(place)
    assert opened.measurements.records == (drawn,)
    assert opened.find_image(reference) is None
    assert not opened.measurements.differs(drawn.measurement.uid)
    opened.measuring.rename(drawn.measurement.uid, "renamed")
    sitting.settle()
    (stored,) = sitting.stored()
    assert stored.values == drawn.values
