"""kill -9 while measuring: every acknowledged measurement must be there afterwards (H79).

kill -9 cannot tell synchronous FULL from NORMAL: that takes a model of power cuts.
"""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.store.samples import record, study_of
from viewer_app.store import FILE_NAME, open_store

LONGEST_LIFE_SECONDS = 0.08
_LOOK_EVERY = 10


@dataclass(frozen=True, slots=True)
class KillReport:
    """What the rounds found. `lost` lists acknowledged measurements that are missing or changed."""

    rounds: int
    acknowledged: int
    lost: tuple[str, ...]
    damage: tuple[str, ...]
    killed_at_work: int


def run_kill_campaign(rounds: int, seed: int) -> KillReport:
    """Kill a child that adds measurements to one store, `rounds` times.

    The store is opened and its file checked each time, what earlier rounds acknowledged each tenth time and at the
    end: what is lost stays lost.
    """
    chance = random.Random(seed)
    context = _context()
    expected: dict[str, float] = {}
    lost: list[str] = []
    damage: list[str] = []
    at_work = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(rounds):
            acknowledged = _one_round(context, folder, number, chance)
            at_work += bool(acknowledged)
            expected |= acknowledged
            damage += _integrity(folder)
            is_looked_into = number % _LOOK_EVERY == 0 or number == rounds - 1
            lost += _missing(folder, expected if is_looked_into else acknowledged)
    return KillReport(rounds, len(expected), tuple(lost), tuple(damage), at_work)


def measure_until_killed(folder: Path, number: int, seed: int, acknowledge: Connection) -> None:
    """The child: add measurements and tell each one's UID and value once `add` has returned."""
    chance = random.Random(seed)
    store = open_store(folder)
    study_id = study_of(store)
    acknowledge.send(None)
    for count in range(1_000_000):
        value = chance.uniform(-1e6, 1e6)
        uid = f"round-{number}-{count}"
        store.add(study_id, record(uid, number=value))
        acknowledge.send((uid, value))


def _context() -> multiprocessing.context.BaseContext:
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _one_round(
    context: multiprocessing.context.BaseContext, folder: Path, number: int, chance: random.Random
) -> dict[str, float]:
    ours, theirs = context.Pipe(duplex=False)
    arguments = (folder, number, chance.randrange(1 << 30), theirs)
    child = context.Process(target=measure_until_killed, args=arguments)  # type: ignore[attr-defined]  # every context has it
    child.start()
    theirs.close()
    # One round in five is killed while the store is being opened.
    if chance.random() > 0.2 and not ours.poll(30):
        raise TimeoutError("the child did not open the store")
    time.sleep(chance.uniform(0.0, LONGEST_LIFE_SECONDS))
    child.kill()
    child.join()
    with closing(ours):
        return dict(_messages(ours))


def _messages(pipe: Connection) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    try:
        while True:
            message = pipe.recv()
            if message is not None:
                found.append(message)
    except (EOFError, OSError):
        return found


def _integrity(folder: Path) -> list[str]:
    if not (folder / FILE_NAME).exists():
        return []
    with closing(sqlite3.connect(folder / FILE_NAME)) as raw:
        answers = [str(row[0]) for row in raw.execute("PRAGMA integrity_check")]
        orphans = [f"orphan row {row}" for row in raw.execute("PRAGMA foreign_key_check")]
    return [answer for answer in answers if answer != "ok"] + orphans


def _missing(folder: Path, expected: dict[str, float]) -> list[str]:
    with open_store(folder) as store:
        found = [item for uid in expected if (item := store.get(uid)) is not None]
        told = list(store.notices)
    sound = {item.uid: item.value for item in found if not item.doubt}
    return told + [uid for uid, value in expected.items() if sound.get(uid) != value]
