"""Moving pictures are full where they come in time, and smaller only where most of them would not."""

from __future__ import annotations

from viewer_app.ui.views.pace import LONGEST_S, Pace

PIXELS = 200_000


def test_full_until_several_were_slow() -> None:
    pace = Pace()
    for _ in range(4):
        pace.took(3 * LONGEST_S, PIXELS)
        assert not pace.is_late(PIXELS)
    pace.took(3 * LONGEST_S, PIXELS)
    assert pace.is_late(PIXELS)
    assert not pace.is_late(PIXELS // 10)


def test_two_slow_ones_among_five_are_no_reason() -> None:
    pace = Pace()
    for times in (0.5, 9.0, 0.5, 9.0, 0.5):
        pace.took(times * LONGEST_S, PIXELS)
    assert not pace.is_late(PIXELS)


def test_it_does_not_go_to_and_fro_at_the_limit() -> None:
    pace = Pace()
    for _ in range(5):
        pace.took(1.1 * LONGEST_S, PIXELS)
    assert pace.is_late(PIXELS)
    for _ in range(5):
        pace.took(0.9 * LONGEST_S, PIXELS)
    assert pace.is_late(PIXELS)
    for _ in range(5):
        pace.took(0.6 * LONGEST_S, PIXELS)
    assert not pace.is_late(PIXELS)
