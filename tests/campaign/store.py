"""Long forms of the store's crash tests."""

from __future__ import annotations

from tests.store.bit_rot_campaign import run_bit_rot_campaign
from tests.store.kill_campaign import run_kill_campaign

_KILLS, _FLIPS = 1_000, 10_000


def kill(seed: int, kills: int = _KILLS) -> None:
    """Kill a process that is saving measurements, 1,000 times: nothing acknowledged may be lost."""
    report = run_kill_campaign(kills, seed)
    print(report)
    assert not report.lost and not report.damage


def bit_rot(seed: int, flips: int = _FLIPS) -> None:
    """Flip one bit of a store, 10,000 times: a number is right, flagged or gone with a message, never wrong."""
    outcomes = run_bit_rot_campaign(flips, seed)
    print(dict(outcomes))
    assert not outcomes["wrong"] and not outcomes["missing"]
