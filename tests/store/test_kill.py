"""The short form of the kill campaign."""

from __future__ import annotations

import pytest

from tests.store.kill_campaign import run_kill_campaign


@pytest.mark.timeout(240)
def test_kill_9_loses_nothing_that_was_acknowledged() -> None:
    report = run_kill_campaign(rounds=100, seed=20260131)
    assert report.lost == ()
    assert report.damage == ()
    assert report.killed_at_work >= 50
    assert report.acknowledged >= report.killed_at_work
