"""What is drawn on a slab stays in sight while its pixels are sampled, and is kept once they are."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from tests.ui.job.driver import Driver, settle
from viewer_app.imaging.cuts import SlabMode
from viewer_app.session import ahead
from viewer_app.tasks import Lane

Key = Qt.Key


def test_a_rectangle_on_a_slab_is_seen_before_its_numbers_are_there(
    caliper: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    caliper.wait_for_rest()
    caliper.key(Key.Key_M)
    caliper.wait_for_rest()
    caliper.window.viewports.activate(1)
    found = caliper.study.active.mpr
    assert found is not None
    caliper.study.layout.set(found.with_slab(6.0, SlabMode.MEAN))
    settle()
    monkeypatch.setattr(ahead, "AT_ONCE", 0)
    gate = threading.Event()
    try:
        for _ in range(Lane.BROWSE.threads):
            caliper.workspace.tasks.run(Lane.BROWSE, lambda watch: gate.wait())
        caliper.window.actions_by_name["rectangle"].trigger()
        caliper.drag(caliper.part(0.35, 0.35), caliper.part(0.6, 0.6))
        assert not caliper.records
        (mark,) = caliper.viewport.marks()
        assert {value.note for value in mark.record.values if value.number is None} == {"…"}
        assert mark.record.values[0].number is not None
    finally:
        gate.set()
    caliper.wait_until(lambda: caliper.records, "the record")
    settle()
    (record,) = caliper.records
    assert all(value.number is not None for value in record.values)
    assert [mark.record for mark in caliper.viewport.marks()] == [record]
    assert caliper.window.manner.current == record.measurement.uid
    caliper.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not caliper.records
