"""Any order of adding, changing, deleting and reopening leaves what a dictionary would hold."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.store.samples import record, study_of
from viewer_app.measure.measurement import Record
from viewer_app.store import open_store

NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


class StoreMachine(RuleBasedStateMachine):
    """A real store in a real folder beside a dictionary."""

    uids: Bundle[str] = Bundle("uids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = open_store(self.folder)
        self.study_id = study_of(self.store)
        self.expected: dict[str, Record] = {}
        self.made = 0

    @rule(target=uids, number=NUMBERS, label=st.text())
    def add(self, number: float | None, label: str) -> str:
        self.made += 1
        kept = record(f"m{self.made}", number=number, label=label)
        self.store.add(self.study_id, kept)
        self.expected[kept.measurement.uid] = kept
        return kept.measurement.uid

    @rule(uid=uids, number=NUMBERS)
    def update(self, uid: str, number: float | None) -> None:
        kept = record(uid, number=number, label="changed")
        self.store.update(self.study_id, kept)
        self.expected[uid] = kept

    @rule(uid=consumes(uids))
    def delete(self, uid: str) -> None:
        self.store.delete(uid)
        del self.expected[uid]

    @rule(target=uids, uid=consumes(uids))
    def delete_and_undo(self, uid: str) -> str:
        self.store.delete(uid)
        self.store.add(self.study_id, self.expected[uid])
        return uid

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.folder)

    @invariant()
    def the_store_holds_what_the_dictionary_holds(self) -> None:
        found = self.store.list(self.study_id)
        assert [item.doubt for item in found] == [""] * len(found)
        assert {item.uid: item.record for item in found} == self.expected
        assert sum(entry.count for entry in self.store.summary(self.study_id)) == len(self.expected)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(deadline=None, max_examples=25, stateful_step_count=20)
