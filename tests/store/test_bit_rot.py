"""The short form of the bit rot campaign."""

from __future__ import annotations

from tests.store.bit_rot_campaign import run_bit_rot_campaign


def test_a_flipped_bit_never_shows_a_wrong_number() -> None:
    outcomes = run_bit_rot_campaign(rounds=300, seed=11)
    assert outcomes.keys() <= {"right", "flagged", "set aside", "refused"}
    assert outcomes["flagged"] > 50
