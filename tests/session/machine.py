"""H94: anything a person may do to the measurements of an open study, in any order, against a plain list of states.

The study, its history, the saver and the store are the real ones; the model is a list of dictionaries. Run small by
tests/session/test_machine.py, and for as long as one likes by `dev.py campaign measuring [N]`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import shiboken6
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from pytestqt.qtbot import QtBot

from tests.measure.made import POINTWISE, spread_points
from tests.session.sitting import AUTHOR, Sitting, made_by
from tests.sources.places import STEP_MM
from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import vector
from viewer_app.measure.coloring import COLORS
from viewer_app.measure.kind import Gesture, with_point
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement, Record
from viewer_app.measure.seen import Seen
from viewer_app.phantom.blocks import axial_plane, stack
from viewer_app.phantom.dicom import write_series
from viewer_app.session.edits import duplicate, paste, propagate, relabel, remove_all, remove_many, restyle
from viewer_app.store import open_store
from viewer_app.tasks import Tasks

State = dict[str, Record]
NUMBER = st.integers(0, 50)
NUMBERS = st.sets(NUMBER, min_size=1, max_size=4)
LABELS = st.sampled_from(["", "a", "Änne", "猫", "=1+1", "\u202ex"])
SLICES, SIDE = 5, 64
CUTS = (
    Cut((0.0, 0.0, STEP_MM * 2), (0.6, 0.0, 0.8), (0.0, -1.0, 0.0)),
    Cut((0.0, 0.0, STEP_MM * 2), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), 4.0, SlabMode.MEAN),
)
_NOISE = 94


def write_images(folder: Path) -> Path:
    """One study: two parallel series of one Frame of Reference, noise on pixels of 0.5 x 0.8 mm."""
    random = np.random.default_rng(_NOISE)
    for number, shift in enumerate((0.0, 1.0), start=1):
        plane = axial_plane((-25.0, -15.75, shift), 0.5, 0.8, "here")
        pixels = [random.integers(0, 3000, (SIDE, SIDE)).astype(np.uint16) for _ in range(SLICES)]
        steps = [(0.0, 0.0, STEP_MM * k) for k in range(SLICES)]
        values = {"StudyInstanceUID": "2.25.94", "SeriesNumber": number}
        write_series(folder / str(number), stack(pixels, plane, steps, f"series {number}", **values))
    return folder


class Model:
    """What measurements and history are: states, the titles of the steps between them, and where one is."""

    def __init__(self) -> None:
        self.states: list[State] = [{}]
        self.titles: list[str] = []
        self.at = 0

    @property
    def now(self) -> State:
        """What is there."""
        return self.states[self.at]

    def do(self, title: str, changed: Mapping[str, Record | None]) -> None:
        """One more step; what had been taken back is gone."""
        del self.states[self.at + 1 :], self.titles[self.at :]
        after = {**self.now, **changed}
        self.states.append({uid: found for uid, found in after.items() if found is not None})
        self.titles.append(title)
        self.at += 1

    def go_to(self, count: int) -> None:
        """To another state, if there is one."""
        if 0 <= count < len(self.states):
            self.at = count


class MeasuringMachine(RuleBasedStateMachine):
    """Whatever order: what the window shows is the model's state; at rest the store holds the same, and its steps."""

    images: Path
    folder: Path
    qtbot: QtBot

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(dir=self.folder))
        self.model = Model()
        self.drawn = 0
        self.start()

    def start(self) -> None:
        """The program starts, and opens the study."""
        self.store = open_store(self.place)
        self.tasks = Tasks()
        self.sitting = Sitting(self.qtbot, self.tasks, self.store)
        self.opened = self.sitting.open(self.images)

    # -- what is done ----------------------------------------------------------------------------

    @rule(kind=st.sampled_from(list(POINTWISE)), index=st.integers(0, SLICES - 1), series=st.integers(0, 1))
    def add(self, kind: str, index: int, series: int) -> None:
        self.show(series, index)
        self.draw(kind)

    @rule(kind=st.sampled_from(list(POINTWISE)), cut=st.sampled_from(CUTS))
    def add_on_a_reconstructed_plane(self, kind: str, cut: Cut) -> None:
        self.show(0, 2)
        self.opened.view.set(replace(self.opened.view.value, cut=cut))
        self.sitting.settle()
        assert self.opened.view.value.cut is not None
        self.draw(kind)

    @precondition(lambda self: self.model.now)
    @rule(number=NUMBER, handle=NUMBER, across=st.floats(-5, 5), down=st.floats(-5, 5))
    def move(self, number: int, handle: int, across: float, down: float) -> None:
        found = self.any_of(number)
        self.show_mark(found)
        figure, *others = found.measurement.figures
        step = np.array([across, down]) @ np.array([figure.plane.row_direction, figure.plane.column_direction])
        index = handle % len(figure.points)
        points = KINDS[found.measurement.kind].move_point(
            figure.points, index, vector(np.asarray(figure.points[index]) + step)
        )
        moved = replace(found.measurement, figures=(replace(figure, points=points), *others))
        self.opened.measuring.put(moved, "Move")
        self.expect("Move", {found.measurement.uid: moved})

    @precondition(lambda self: self.model.now)
    @rule(number=NUMBER, label=LABELS)
    def rename(self, number: int, label: str) -> None:
        found = self.any_of(number).measurement
        self.opened.measuring.rename(found.uid, label)
        if label != found.label:
            self.expect("Rename", {found.uid: replace(found, label=label)})

    @precondition(lambda self: self.model.now)
    @rule(numbers=NUMBERS, label=LABELS)
    def relabel(self, numbers: set[int], label: str) -> None:
        uids = self.some(numbers)
        relabel(self.opened, uids, label)
        self.reworded("Rename", uids, lambda mark: replace(mark, label=label))

    @precondition(lambda self: self.model.now)
    @rule(numbers=NUMBERS, color=st.sampled_from(["", *COLORS.values()]))
    def restyle(self, numbers: set[int], color: str) -> None:
        uids = self.some(numbers)
        restyle(self.opened, uids, color)
        self.reworded("Restyle", uids, lambda mark: replace(mark, color=color))

    @precondition(lambda self: self.model.now)
    @rule(number=NUMBER)
    def delete(self, number: int) -> None:
        uid = self.any_of(number).measurement.uid
        self.opened.measuring.remove(uid)
        self.expect("Delete", {uid: None})

    @precondition(lambda self: self.model.now)
    @rule(numbers=NUMBERS)
    def delete_many(self, numbers: set[int]) -> None:
        uids = self.some(numbers)
        remove_many(self.opened, uids)
        self.expect(titled("Delete", len(uids)), dict.fromkeys(uids))

    @precondition(lambda self: self.model.now)
    @rule()
    def delete_all(self) -> None:
        remove_all(self.opened)
        self.expect("Delete all", dict.fromkeys(self.model.now))

    @precondition(lambda self: self.model.now)
    @rule(numbers=NUMBERS, index=st.integers(0, SLICES - 1), series=st.integers(0, 1))
    def paste(self, numbers: set[int], index: int, series: int) -> None:
        self.show(series, index)
        marks = [self.model.now[uid].measurement for uid in self.some(numbers)]
        self.copied(titled("Paste", len(marks)), marks, made_by(paste, self.opened, marks, AUTHOR), each=1)

    @precondition(lambda self: self.model.now)
    @rule(numbers=NUMBERS, by=st.sampled_from([1, 1, 1, -1, 2]))
    def duplicate(self, numbers: set[int], by: int) -> None:
        uids = self.some(numbers)
        marks = [self.model.now[uid].measurement for uid in uids]
        made = made_by(duplicate, self.opened, uids, AUTHOR, by)
        self.copied(titled("Duplicate", len(marks)), marks, made, each=1)

    @precondition(lambda self: self.model.now)
    @rule(number=NUMBER, stop=st.integers(1, SLICES))
    def propagate(self, number: int, stop: int) -> None:
        uid = self.any_of(number).measurement.uid
        made = made_by(propagate, self.opened, [uid], range(stop), AUTHOR)
        self.copied("Propagate", [self.model.now[uid].measurement], made, each=len(made))

    # -- what is taken back ----------------------------------------------------------------------

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        for _ in range(times):
            self.opened.history.undo()
            self.model.go_to(self.model.at - 1)

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        for _ in range(times):
            self.opened.history.redo()
            self.model.go_to(self.model.at + 1)

    @rule(far=st.floats(0, 1))
    def go_to(self, far: float) -> None:
        count = round(far * len(self.model.titles))
        self.opened.history.go_to(count)
        self.model.go_to(count)

    # -- what is left and found again ------------------------------------------------------------

    @rule()
    def reload(self) -> None:
        """The study is opened again in the same window."""
        self.rest()
        self.opened = self.sitting.open(self.images)
        self.rest()

    @rule()
    def reopen(self) -> None:
        """The program ends, with whatever is still on its way to the store, and starts again."""
        self.end()
        self.start()
        self.rest()

    @rule()
    def rest(self) -> None:
        """Once all has come home the store holds what is shown, nothing is in doubt, and its steps lead on."""
        self.sitting.settle()
        assert (self.sitting.workspace.unsaved, self.sitting.trouble) == (0, None)
        assert {found.measurement.uid: found for found in self.sitting.stored()} == self.model.now
        assert not [uid for uid in self.model.now if self.opened.measurements.differs(uid)]

    @invariant()
    def agrees(self) -> None:
        history, model = self.opened.history, self.model
        assert {found.measurement.uid: found for found in self.opened.measurements.records} == model.now
        assert history.titles == tuple(model.titles[: model.at])
        assert tuple(step.title for step in history.listed) == tuple(model.titles)

    def teardown(self) -> None:
        self.rest()
        self.end()

    # -- how -------------------------------------------------------------------------------------

    def end(self) -> None:
        self.sitting.end()
        self.tasks.close()
        self.store.close()
        shiboken6.delete(self.tasks)

    def show(self, series: int, index: int) -> None:
        """An image as it was taken, in the only tile."""
        found = self.opened.stacks[series]
        self.opened.show(found, index)
        self.opened.view.set(self.opened.view.value.acquired(index))
        self.sitting.settle()

    def show_mark(self, found: Record) -> None:
        """The image or the stack a mark lies on: what is not there is not measured on."""
        reference, made = found.measurement.reference, found.measurement.figures[0].reconstruction
        place = self.opened.find_image(reference) if reference is not None else None
        series_uids = [one.info.series_uid for one in self.opened.stacks]
        if place is not None:
            self.show(self.opened.stacks.index(place[0]), place[1])
        elif made is not None:
            self.show(series_uids.index(made.series_uid), 0)

    def draw(self, name: str) -> None:
        """A mark of a kind in general position on the plane on show, as the tools make it."""
        kind, tile = KINDS[name], self.opened.active
        assert tile.why_no_mark is None
        self.drawn += 1
        random = np.random.default_rng([_NOISE, self.drawn])
        cut = self.opened.view.value.cut
        middle = (SIDE / 2, SIDE / 2) if cut is None else tile.plane.to_pixels(cut.point)[0]
        points: tuple[tuple[float, float, float], ...] = ()
        for pixel in spread_points(kind, tile.plane, random, min(kind.max_points, 4)) - SIDE / 2 + middle:
            points = with_point(kind, points, vector(tile.plane.to_patient(pixel)[0]))
        parts = [(point,) for point in points] if kind.gesture is Gesture.PLACES else [points]
        figures = tuple(tile.new_figure(part) for part in parts)
        mark = replace(self.sitting.workspace.new_measurement(name, figures[0]), figures=figures)
        self.opened.measuring.put(mark, f"Draw {kind.title.lower()}")
        # The views of the machine fit the image, in the window of the file.
        self.expect(f"Draw {kind.title.lower()}", {mark.uid: replace(mark, seen=Seen(inverted=False))})

    def any_of(self, number: int) -> Record:
        return list(self.model.now.values())[number % len(self.model.now)]

    def some(self, numbers: Iterable[int]) -> list[str]:
        return list(dict.fromkeys(self.any_of(number).measurement.uid for number in sorted(numbers)))

    def reworded(self, verb: str, uids: list[str], change: Callable[[Measurement], Measurement]) -> None:
        changed = {uid: change(self.model.now[uid].measurement) for uid in uids}
        changed = {uid: mark for uid, mark in changed.items() if mark != self.model.now[uid].measurement}
        if changed:
            self.expect(titled(verb, len(changed)), changed)
        for uid in changed:
            before, after = self.model.states[self.model.at - 1][uid], self.model.now[uid]
            assert after.values == before.values

    def copied(self, title: str, sources: list[Measurement], made: tuple[str, ...], each: int) -> None:
        """Copies have the shapes of their sources on other images; where none could be made, the reason was told."""
        if not made:
            assert self.sitting.errors or title == "Propagate"
            return
        sources = [source for source in sources for _ in range(each)]
        records = {uid: self.opened.measurements.get(uid) for uid in made}
        assert len(made) == len(sources) and not set(made) & set(self.model.now)
        for source, found in zip(sources, records.values(), strict=True):
            assert found is not None
            ours, theirs = found.measurement.figures[0], source.figures[0]
            assert ours.reference != theirs.reference or title.startswith("Paste")
            apart = np.subtract(ours.points, theirs.points)
            assert np.abs(apart - apart[0]).max() < 1e-9
        self.model.do(title, records)

    def expect(self, title: str, marks: Mapping[str, Measurement | None]) -> None:
        """A step that leaves these marks, whatever the numbers: those are evaluated of the images there are."""
        changed: dict[str, Record | None] = dict.fromkeys(marks)
        for uid, mark in marks.items():
            found = self.opened.measurements.get(uid)
            if mark is not None:
                assert found is not None, self.sitting.errors
                assert replace(found.measurement, updated_at=mark.updated_at) == mark
                changed[uid] = found
        self.model.do(title, changed)


def titled(verb: str, count: int) -> str:
    """As the history calls a step of several."""
    return verb if count == 1 else f"{verb} {count} measurements"


def run(qtbot: QtBot, folder: Path, examples: int, steps: int, seed_number: int) -> None:
    """So many runs of so many steps each, the same for the same seed."""
    MeasuringMachine.images = write_images(folder / "images")
    MeasuringMachine.folder, MeasuringMachine.qtbot = folder, qtbot
    machine = seed(seed_number)(MeasuringMachine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate,),  # to find something shorter takes longer than to read what was found
            suppress_health_check=list(HealthCheck),
        ),
    )
