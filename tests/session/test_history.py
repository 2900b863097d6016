"""Undo and redo against a plain list, with a real store that must end with the same measurements."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import shiboken6
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from PySide6.QtCore import QCoreApplication, QEventLoop
from pytestqt.qtbot import QtBot

from tests.sources.places import write_study
from tests.store.samples import TIME, record
from viewer_app.imaging.study import Study
from viewer_app.measure.measurement import Record
from viewer_app.progress import Watch
from viewer_app.session.history import STEPS_KEPT, Change, History, Move, Steps
from viewer_app.session.kept_steps import fitting, steps_of
from viewer_app.session.measurements import Measurements
from viewer_app.session.remembering import known_as
from viewer_app.session.saving import Saver
from viewer_app.sources import FolderSource
from viewer_app.store import open_store
from viewer_app.tasks import Tasks


def with_(found: Record, **changed: Any) -> Record:
    return replace(found, measurement=replace(found.measurement, **changed))


class Model:
    """What history is: a list of states, and how far one has gone in it."""

    def __init__(self) -> None:
        self.states: list[dict[str, Record]] = [{}]
        self.titles: list[str] = []
        self.at = 0

    @property
    def now(self) -> dict[str, Record]:
        return self.states[self.at]

    def do(self, title: str, state: dict[str, Record]) -> None:
        del self.states[self.at + 1 :], self.titles[self.at :]
        self.states.append(state)
        self.titles.append(title)
        self.at += 1


class Subject:
    """History, measurements and model side by side."""

    def __init__(self, kept: int = STEPS_KEPT) -> None:
        self.measurements = Measurements()
        self.history = History(kept=kept)
        self.history.let_carry(Record, self.carry_out)
        self.history.moved.connect(self.save)
        self.model = Model()
        self.saver: Saver | None = None
        self.count = 0

    def restart(self, records: tuple[Record, ...], steps: Steps) -> None:
        """Other owners of the same, as after a restart."""
        self.measurements = Measurements()
        self.measurements.load(records)
        self.history = History()
        self.history.let_carry(Record, self.carry_out)
        self.history.moved.connect(self.save)
        self.history.resume(steps)

    def carry_out(self, changes: tuple[Change[Record], ...]) -> None:
        self.measurements.carry_out(changes)

    def save(self, move: Move) -> None:
        if self.saver is not None:
            self.saver.save(move)

    def draw(self) -> None:
        self.count += 1
        made = record(f"m{self.count}", label="", created_at=TIME + timedelta(seconds=self.count))
        self.history.do("Draw", Change(None, made))
        self.model.do("Draw", {**self.model.now, made.measurement.uid: made})

    def rename(self, uid: str, label: str) -> None:
        before = self.model.now[uid]
        after = with_(before, label=label)
        self.history.do("Rename", Change(before, after))
        self.model.do("Rename", {**self.model.now, uid: after})

    def delete(self, uid: str) -> None:
        before = self.model.now[uid]
        self.history.do("Delete", Change(before, None))
        self.model.do("Delete", {key: item for key, item in self.model.now.items() if key != uid})

    def several(self, title: str, afters: dict[str, Record | None]) -> None:
        """One step of a change for each of `afters`."""
        now = self.model.now
        self.history.do(title, *(Change(now[uid], after) for uid, after in afters.items()))
        changed = now | afters
        self.model.do(title, {uid: item for uid, item in changed.items() if item is not None})

    def go_on(self, uid: str, label: str) -> None:
        """A change that becomes one with the step before it, where there is one."""
        before, last = self.model.now[uid], self.history.next_undo
        after = with_(before, label=label)
        self.history.do("Go on", Change(before, after), onto=last.uid if last is not None else "none")
        title = "Go on" if last is None else self.model.titles[self.model.at - 1]
        self.model.at -= last is not None
        self.model.do(title, {**self.model.states[self.model.at + (last is not None)], uid: after})

    def go_to(self, count: int) -> None:
        self.history.go_to(count)
        self.model.at = count

    def undo(self) -> None:
        self.history.undo()
        self.model.at = max(self.model.at - 1, 0)

    def redo(self) -> None:
        self.history.redo()
        self.model.at = min(self.model.at + 1, len(self.model.states) - 1)

    def check(self) -> None:
        model, history = self.model, self.history
        assert {item.measurement.uid: item for item in self.measurements.records} == model.now
        assert history.titles == tuple(model.titles[: model.at])
        assert tuple(step.title for step in history.listed) == tuple(model.titles)
        undo, redo = history.next_undo, history.next_redo
        assert (undo.title if undo else None) == (model.titles[model.at - 1] if model.at else None)
        assert (redo.title if redo else None) == (model.titles[model.at] if model.at < len(model.titles) else None)


def any_of(subject: Subject, number: int) -> str:
    return sorted(subject.model.now)[number % len(subject.model.now)]


class HistoryMachine(RuleBasedStateMachine):
    """Everything a person may do, in any order; at rest the store holds what the screen shows."""

    study: Study
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.subject = Subject()
        self.place = Path(tempfile.mkdtemp(dir=self.folder))
        self.store = open_store(self.place)
        self.tasks = Tasks()
        self.begin_saving()

    def begin_saving(self) -> None:
        self.study_id = known_as(self.store, self.study)
        self.subject.saver = self.saver = Saver(self.tasks, self.store, self.study)
        self.saver.begin(self.study_id, None, [item.uid for item in self.store.list(self.study_id)])

    @rule()
    def draw(self) -> None:
        self.subject.draw()

    @precondition(lambda self: self.subject.model.now)
    @rule(number=st.integers(0, 50), label=st.sampled_from(["", "a", "Änne", "猫"]))
    def rename(self, number: int, label: str) -> None:
        self.subject.rename(any_of(self.subject, number), label)

    @precondition(lambda self: self.subject.model.now)
    @rule(number=st.integers(0, 50), label=st.sampled_from(["", "b", "c"]))
    def go_on(self, number: int, label: str) -> None:
        self.subject.go_on(any_of(self.subject, number), label)

    @precondition(lambda self: self.subject.model.now)
    @rule(number=st.integers(0, 50))
    def delete(self, number: int) -> None:
        self.subject.delete(any_of(self.subject, number))

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        for _ in range(times):
            self.subject.undo()

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        for _ in range(times):
            self.subject.redo()

    @precondition(lambda self: self.subject.model.now)
    @rule(numbers=st.sets(st.integers(0, 50), min_size=1))
    def delete_many(self, numbers: set[int]) -> None:
        self.subject.several("Delete several", dict.fromkeys(any_of(self.subject, number) for number in numbers))

    @precondition(lambda self: self.subject.model.now)
    @rule()
    def delete_all(self) -> None:
        self.subject.several("Delete all", dict.fromkeys(self.subject.model.now))

    @precondition(lambda self: self.subject.model.now)
    @rule(numbers=st.sets(st.integers(0, 50), min_size=1), color=st.sampled_from(["", "#ff8fc7", "#6fdc78"]))
    def restyle(self, numbers: set[int], color: str) -> None:
        now = self.subject.model.now
        uids = {any_of(self.subject, number) for number in numbers}
        self.subject.several("Restyle", {uid: with_(now[uid], color=color) for uid in uids})

    @precondition(lambda self: self.subject.model.now)
    @rule(number=st.integers(0, 50), by=st.floats(-1e3, 1e3))
    def move(self, number: int, by: float) -> None:
        uid = any_of(self.subject, number)
        found = self.subject.model.now[uid]
        figure = found.measurement.figures[0]
        points = tuple((x + by, y, z) for x, y, z in figure.points)
        self.subject.several("Move", {uid: with_(found, figures=(replace(figure, points=points),))})

    @rule(far=st.floats(0, 1))
    def go_to(self, far: float) -> None:
        self.subject.go_to(round(far * len(self.subject.model.titles)))

    @rule()
    def reload(self) -> None:
        """Start anew from the store: measurements, what was done and what was taken back are the same."""
        self.rest()
        records = tuple(item.record for item in self.store.list(self.study_id) if item.record is not None)
        self.subject.restart(records, fitting(steps_of(self.store.steps(self.study_id)), records))

    @rule()
    def reopen(self) -> None:
        """Close the file and open it, as after a restart."""
        self.rest()
        self.store.close()
        self.store = open_store(self.place)
        shiboken6.delete(self.saver)
        self.begin_saving()

    @rule()
    def rest(self) -> None:
        """Let the saver come to rest: the store must hold what the screen shows."""
        while self.tasks.busy:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        assert self.saver.waiting == 0
        assert self.saver.idle
        assert self.saver.error is None
        assert tuple(item.record for item in self.store.list(self.study_id)) == self.subject.measurements.records

    @invariant()
    def agrees(self) -> None:
        self.subject.check()

    def teardown(self) -> None:
        self.rest()
        self.tasks.close()
        self.store.close()
        for thing in (self.saver, self.tasks):
            shiboken6.delete(thing)


def test_any_order_of_changes_ends_as_the_model_and_in_the_store(qtbot: QtBot, tmp_path: Path) -> None:
    place = write_study(tmp_path / "images", "one", 1)
    (HistoryMachine.study,) = FolderSource(place).find(Watch()).studies
    HistoryMachine.folder = tmp_path
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        HistoryMachine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_ten_thousand_steps(qtbot: QtBot) -> None:
    """Without a store, so that the length is the point. The seed is fixed: a failure can be had again."""
    chance = random.Random(20260131)
    subject = Subject(kept=10_000)
    for step in range(10_000):
        now = subject.model.now
        wishes = ["draw"] * (len(now) < 30) + ["undo"] * 3 + ["redo"] * 2 + ["rename", "rename", "delete"] * bool(now)
        wish = chance.choice(wishes)
        if wish in ("rename", "delete"):
            uid = any_of(subject, chance.randrange(50))
            subject.rename(uid, f"label {step}") if wish == "rename" else subject.delete(uid)
        else:
            getattr(subject, wish)()
        subject.check()
    assert subject.count > 500


def test_what_was_taken_back_is_gone_after_something_else_is_done() -> None:
    subject = Subject()
    subject.draw()
    subject.undo()
    subject.draw()
    subject.redo()
    subject.check()
    assert subject.history.next_redo is None
    assert [item.measurement.uid for item in subject.measurements.records] == ["m2"]


def test_what_goes_on_from_the_last_step_is_one_with_it_and_from_no_other() -> None:
    subject = Subject()
    moves: list[Move] = []
    subject.history.moved.connect(moves.append)
    subject.draw()
    subject.go_on("m1", "words")
    (first, second) = (list(move.steps.items()) for move in moves)
    assert [step is None for _, step in second] == [True, False]  # the store forgets the one and keeps the other
    assert second[0][0] == first[0][0]
    (step,) = subject.history.listed
    assert subject.measurements.records[0].measurement.label == "words"
    assert [(change.before, change.after) for change in step.changes] == [(None, subject.measurements.records[0])]
    subject.draw()
    subject.history.do("Rename", Change(subject.measurements.records[0], None), onto=step.uid)
    assert subject.history.titles == ("Draw", "Draw", "Rename")


def test_undo_and_redo_of_nothing_do_nothing() -> None:
    subject = Subject()
    told: list[bool] = []
    subject.history.changed.connect(lambda: told.append(True))
    subject.history.undo()
    subject.history.redo()
    assert told == []


def test_a_step_of_several_changes_is_told_once(qtbot: QtBot) -> None:
    subject = Subject(kept=10_000)
    for _ in range(1_000):
        subject.draw()
    told: list[str] = []
    subject.measurements.changed.connect(lambda before, after: told.append("one"))
    subject.measurements.reset.connect(lambda: told.append("all"))
    subject.several("Delete all", dict.fromkeys(subject.model.now))
    subject.undo()
    subject.check()
    assert told == ["all", "all"]


def test_the_oldest_steps_are_forgotten_beyond_the_bound() -> None:
    subject = Subject(kept=3)
    moves: list[Move] = []
    subject.history.moved.connect(moves.append)
    for _ in range(5):
        subject.draw()
    assert len(subject.history.titles) == 3
    made = [uid for move in moves for uid, step in move.steps.items() if step is not None]
    assert [uid for move in moves for uid, step in move.steps.items() if step is None] == made[:2]
    subject.history.go_to(0)
    assert [item.measurement.uid for item in subject.measurements.records] == ["m1", "m2"]


def test_going_to_a_place_that_is_not_there_does_nothing() -> None:
    subject = Subject()
    subject.draw()
    subject.history.go_to(2)
    subject.history.go_to(-1)
    subject.history.do("Nothing")
    subject.check()
