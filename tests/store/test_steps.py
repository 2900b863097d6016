"""Steps of the history: stored with their measurements or not at all, and read back as far as they are sound."""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.store.samples import TIME, record, study_of
from viewer_app.errors import StoreConflict, StoreError
from viewer_app.store import FILE_NAME, Batch, Store, StoredStep, open_store
from viewer_app.store.connection import connect_for_writing
from viewer_app.store.migrations import STEPS, migrate
from viewer_app.store.opening import _open_for_writing
from viewer_app.store.query import driver, sql

_IN_A_BATCH = 20


def step(uid: str, *, done: bool = True, changes: str = "[]") -> StoredStep:
    return StoredStep(uid, f"Draw {uid} 猫", TIME, done, changes)


def batch(store: Store, *uids: str) -> Batch:
    return Batch(
        study_of(store), {uid: record(uid) for uid in uids}, {f"step-{uid}": step(f"step-{uid}") for uid in uids}
    )


def test_steps_come_back_in_the_order_of_making(store: Store) -> None:
    study = study_of(store)
    made = [step(uid) for uid in "cab"]
    for each in made:
        assert store.carry(Batch(study, {}, {each.uid: each})) == {}
    assert store.steps(study) == tuple(made)
    taken_back = replace(made[1], done=False)
    store.carry(Batch(study, {}, {"a": taken_back, "c": None, "not there": None}))
    assert store.steps(study) == (taken_back, made[2])
    assert store.steps(study_of(store, "1.2.3")) == ()


def test_many_measurements_are_written_by_two_statements_each(store: Store) -> None:
    """One that looks whether it is there, one that writes it; what is of all of them is written once."""
    study, many = study_of(store), [f"m{number}" for number in range(200)]
    sitting = store.start_session(study, "dr")
    whole = replace(batch(store, *many), steps={"all": step("all")}, session_id=sitting)
    seen: list[str] = []
    driver(store._database).set_trace_callback(seen.append)
    assert store.carry(whole) == {}
    driver(store._database).set_trace_callback(None)
    assert len(seen) <= 2 * len(many) + 10
    assert [item.uid for item in store.list(study)] == many
    (counted,) = sql(store._database, f"SELECT measurements_created FROM view_session WHERE id = {sitting}")
    assert counted == (len(many),)


def test_a_batch_adds_changes_and_deletes(store: Store) -> None:
    study = study_of(store)
    store.carry(batch(store, "m1", "m2"))
    changed = record("m1", label="other")
    refused = store.carry(Batch(study, {"m1": changed, "m2": None, "m3": record("m3")}, {}, frozenset({"m1", "m2"})))
    assert refused == {}
    assert {item.uid: item.record for item in store.list(study)} == {"m1": changed, "m3": record("m3")}


def test_new_measurements_of_a_batch_are_counted_in_the_sitting(store: Store, folder: Path) -> None:
    study = study_of(store)
    sitting = store.start_session(study, "dr")
    store.carry(replace(batch(store, "m1", "m2"), session_id=sitting))
    store.carry(Batch(study, {"m1": record("m1", label="x")}, {}, frozenset({"m1"}), sitting))
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        assert raw.execute("SELECT measurements_created FROM view_session").fetchall() == [(2,)]


def test_what_another_window_changed_is_refused_alone(store: Store, folder: Path) -> None:
    study = study_of(store)
    store.carry(batch(store, "m1"))
    with open_store(folder) as other:
        other.list(study)
        other.update(study, record("m1", label="theirs"))
    wishes = {"m1": record("m1", label="ours"), "m2": record("m2"), "m3": record("m3", number=float("nan"))}
    refused = store.carry(Batch(study, wishes, {"s": step("s")}, frozenset({"m1"})))
    assert set(refused) == {"m1", "m3"}
    assert isinstance(refused["m1"], StoreConflict)
    assert all(error.advice for error in refused.values())
    assert {item.uid: item.label for item in store.list(study)} == {"m1": "theirs", "m2": "nodule"}
    assert store.steps(study)[-1] == step("s")


def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    """The step is of a study that is not there: the measurements before it are taken back too."""
    known = study_of(store)
    wrong = Batch(known + 1, {"m1": record("m1")}, {"s": step("s")})
    with pytest.raises(StoreError):
        store.carry(wrong)
    assert store.list(known) == store.list(known + 1) == ()
    assert store.steps(known + 1) == ()


@pytest.mark.parametrize("column", ["title", "made_at", "changes", "digest", "done"])
def test_a_damaged_step_ends_what_can_be_taken_back(store: Store, folder: Path, column: str) -> None:
    study = study_of(store)
    for uid in "abc":
        store.carry(Batch(study, {}, {uid: step(uid)}))
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw, raw:
        raw.execute(f"UPDATE history_step SET {column} = 'x' WHERE uid = 'b'")
    assert store.steps(study) == (step("c"),)


def test_a_store_of_the_first_version_gets_a_history_and_keeps_its_rows_sound(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE_NAME).touch(0o600)
    with closing(connect_for_writing(folder / FILE_NAME)) as database:
        migrate(database, STEPS[:1])
    first = _open_for_writing(folder / FILE_NAME, alone=True, steps=STEPS[:1])
    with closing(first.database):
        old = Store(first.database, None, "", ())
        study = study_of(old)
        old.add(study, record())
    with open_store(folder) as store:
        (kept,) = store.list(study)
        assert (kept.doubt, kept.record) == ("", record())
        assert store.steps(study) == ()
        store.carry(Batch(study, {}, {"s": step("s")}))
        assert store.steps(study) == (step("s"),)


def carry_until_killed(folder: Path, acknowledge: Connection) -> None:
    """The child: store batches of many measurements and one step."""
    with open_store(folder) as store:
        study = study_of(store)
        for number in range(1_000_000):
            records = {f"{number}-{each}": record(f"{number}-{each}") for each in range(_IN_A_BATCH)}
            store.carry(Batch(study, dict(records), {f"s{number}": step(f"s{number}")}))
            acknowledge.send(number)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a thing of POSIX")
def test_killed_in_the_midst_no_step_is_half_stored(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=carry_until_killed, args=(folder, theirs))
    child.start()
    theirs.close()
    with closing(ours):
        assert ours.poll(60)
        time.sleep(0.07)
        child.kill()
        child.join()
        told = []
        try:
            while True:
                told.append(ours.recv())
        except (EOFError, OSError):
            assert told
    with open_store(folder) as store:
        study = study_of(store)
        steps = {item.uid for item in store.steps(study)}
        stored = [item.uid.partition("-")[0] for item in store.list(study)]
    assert {f"s{number}" for number in told} <= steps
    assert {uid: stored.count(uid[1:]) for uid in steps} == dict.fromkeys(steps, _IN_A_BATCH)
    assert {f"s{number}" for number in stored} == steps
