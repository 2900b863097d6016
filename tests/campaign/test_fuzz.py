"""The quick form of the fuzz campaign."""

from __future__ import annotations

from tests.campaign.fuzz import run_fuzz


def test_damaged_files_are_shown_or_refused_in_words() -> None:
    outcomes = run_fuzz(600, seed=1)
    assert sum(outcomes.values()) == 600
    assert outcomes["shown"] and outcomes["DamagedPixels"] and len(outcomes) > 3
