"""The quick forms of the fuzz campaigns (G2)."""

from __future__ import annotations

import pytest

from tests.campaign.frames import run_frames, run_kills
from tests.campaign.fuzz import run_fuzz
from tests.hostile.parts import CODED

_FILES, _FRAMES = 8_000, 2_000


@pytest.mark.timeout(400)
def test_damaged_files_are_shown_or_refused_in_words() -> None:
    outcomes = run_fuzz(_FILES, seed=1)
    assert sum(outcomes.values()) == _FILES
    assert outcomes["shown"] and outcomes["DamagedPixels"] and len(outcomes) > 3


@pytest.mark.parametrize("name", CODED)
def test_damaged_frames_are_shown_or_refused_in_words(name: str) -> None:
    outcomes = run_frames(name, _FRAMES, seed=1)
    assert sum(outcomes.values()) == _FRAMES
    assert outcomes["DamagedPixels"]
    assert set(outcomes) <= {"shown", "DamagedPixels", "UnsupportedPixels"}


def test_the_next_image_is_right_after_each_kill_of_a_decoding_process() -> None:
    recovery = run_kills(10, seed=1)
    assert recovery.kills == 10
    assert recovery.median_s < 5
