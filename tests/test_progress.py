"""A Watch tells steps, and wakes and ends what nobody waits for."""

from __future__ import annotations

import pytest

from viewer_app.errors import Cancelled
from viewer_app.progress import Step, Watch


def test_steps_are_reported_until_it_is_cancelled() -> None:
    told: list[Step] = []
    watch = Watch(told.append)
    watch.step(1, 2, "Reading")
    watch.check()
    watch.cancel()
    with pytest.raises(Cancelled):
        watch.step(2, 2)
    with pytest.raises(Cancelled):
        watch.check()
    assert told == [Step(1, 2, "Reading")]
    assert watch.cancelled


def test_wakers_run_once_and_a_late_one_at_once() -> None:
    woken: list[str] = []
    watch = Watch()
    watch.on_cancel(lambda: woken.append("early"))
    take_back = watch.on_cancel(lambda: woken.append("taken back"))
    take_back()
    take_back()
    watch.cancel()
    watch.cancel()
    watch.on_cancel(lambda: woken.append("late"))
    assert woken == ["early", "late"]
