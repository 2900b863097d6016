"""Parts of one series at the same places, and stepping between them at one place in the patient."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cases import case
from tests.made import image, stacks
from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.progress import Watch
from viewer_app.session.phases import at_phase, is_in_time, listed, phases, same_place
from viewer_app.session.view import View
from viewer_app.sources import FolderSource

SLICES = 4


def parts(count: int, keyword: str = "TemporalPositionIdentifier", *, step: float = 2.0) -> list[Any]:
    """A series that shows `SLICES` places `count` times."""
    values: list[dict[str, Any]] = [{keyword: part + 1} for part in range(count)]
    return [
        image(part * SLICES + k + 1, origin=(0.0, 0.0, step * k), **told)
        for part, told in enumerate(values)
        for k in range(SLICES)
    ]


def test_phases_come_in_their_order_whichever_is_on_show() -> None:
    found = stacks(parts(5))
    assert all(phases(found, stack) == found for stack in found)
    assert [stack.label for stack in phases(found, found[3])] == [f"Time point {n} of 5" for n in range(1, 6)]


def test_a_part_that_lacks_a_place_is_no_phase_of_the_others() -> None:
    found = stacks(parts(5)[:-1])
    assert phases(found, found[0]) == found[:4]
    assert phases(found, found[4]) == found[4:]


def test_a_stack_without_parts_is_alone() -> None:
    (found,) = stacks(parts(1))
    assert phases((found,), found) == (found,)


def test_another_series_and_another_direction_are_no_phases() -> None:
    found = stacks(parts(2))
    turned = [image(90 + k, origin=(0.0, 2.0 * k, 0.0)) for k in range(3)]
    for one in turned:
        one.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    (other,) = stacks(turned)
    foreign = replace(found[1], info=replace(found[1].info, series_uid="2.25.77"))
    assert phases((*found, foreign, other), found[0]) == found
    assert same_place(found[0], 1, other) is None


@pytest.mark.parametrize(("count", "standing"), [(32, 32), (33, 1)])
def test_the_first_of_many_phases_stands_for_all_in_a_list(count: int, standing: int) -> None:
    found = stacks(parts(count))
    told = listed(found)
    assert list(told) == [stack.key for stack in found]
    assert len({stack.key for stack in told.values()}) == standing
    assert told[found[-1].key] is (found[0] if standing == 1 else found[-1])


def test_a_stopped_run_is_listed_beside_the_others() -> None:
    found = stacks(parts(40)[:-1])
    told = listed(found)
    assert [stack.key for stack in told.values()] == [found[0].key] * 39 + [found[39].key]


def test_the_same_place_is_found_by_the_patient_not_by_number() -> None:
    first, second = stacks(parts(2))
    turned_round = replace(second, images=second.images[::-1])
    assert [same_place(first, index, second) for index in range(SLICES)] == [0, 1, 2, 3]
    assert [same_place(first, index, turned_round) for index in range(SLICES)] == [3, 2, 1, 0]


def test_a_place_that_is_not_there_is_not_guessed() -> None:
    first, *_ = stacks(parts(2))
    (other,) = stacks(parts(1, step=1.5))
    lowest = SLICES - 1
    assert [same_place(first, index, other) for index in range(SLICES)] == [None, None, None, lowest]
    assert at_phase(View(first.key, 0), first, other) is None


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [("TemporalPositionIdentifier", True), ("AcquisitionNumber", True), ("EchoTime", False), ("FlipAngle", False)],
)
def test_what_only_time_tells_apart(keyword: str, expected: bool) -> None:
    found = stacks(parts(3, keyword))
    assert len(found) == 3
    assert [is_in_time(stack) for stack in found] == [expected] * 3


def test_the_window_goes_along_through_time_only() -> None:
    soft = Window(40, 400)
    early, late = stacks(parts(2))
    short, long = stacks(parts(2, "EchoTime"))
    view = View(early.key, 2, scale=3.0, inverted=True)
    assert at_phase(view, early, late, soft) == replace(view, stack_key=late.key, window=soft)
    assert at_phase(replace(view, stack_key=short.key), short, long, soft) == replace(view, stack_key=long.key)
    own = Window(10, 20)
    assert at_phase(replace(view, window=own), short, long, soft) == replace(view, stack_key=long.key, window=own)


def test_the_window_does_not_go_along_to_another_unit() -> None:
    early, late = stacks(parts(2))
    other_unit = replace(
        late,
        images=tuple(
            replace(one, frame=replace(one.frame, rescale=replace(one.frame.rescale, unit="g/ml")))
            for one in late.images
        ),
    )
    moved = at_phase(View(early.key, 2), early, other_unit, Window(40, 400))
    assert moved is not None
    assert moved.window is None


def _all_stacks(folder: Path) -> list[tuple[Stack, ...]]:
    found = FolderSource(folder).find(Watch())
    return [stacks_of(series) for study in found.studies for series in study.series]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["mr-enhanced-multiframe", "mr-brain-multiorient-siemens"])
def test_real_parts_are_at_one_place_whatever_their_order(name: str) -> None:
    for found in _all_stacks(case(name)):
        for stack in found:
            siblings = phases(found, stack)
            assert stack in siblings
            for other in siblings:
                places = {same_place(stack, index, other) for index in range(len(stack.images))}
                assert places == set(range(len(stack.images)))
