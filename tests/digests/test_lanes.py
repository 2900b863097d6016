"""The kernel by itself."""

from __future__ import annotations

import numpy as np
import pytest

lanes = pytest.importorskip("viewer_app.digests.lanes")


def states(width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    return np.repeat(np.array(lanes.INITIAL, np.uint32), width).reshape(4, width)


def body(length: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.frombuffer(bytes(range(256)) * (length // 256 + 1), np.uint8)[:length]


def test_it_ends_where_the_shortest_body_ends() -> None:
    assert lanes.advance(states(8), tuple(body(640 + 70 * lane) for lane in range(8))) == 10
    assert lanes.advance(states(1), (body(63),)) == 0


def test_it_goes_on_from_a_block() -> None:
    whole, parts = states(1), states(1)
    lanes.advance(whole, (body(1000),))
    assert lanes.advance(parts, (body(300),)) == 4
    assert lanes.advance(parts, (body(1000),), 4) == 15
    assert np.array_equal(whole, parts)


def test_nothing_is_done_past_the_end() -> None:
    state = states(1)
    assert lanes.advance(state, (body(640),), 10) == 10
    lanes.advance(state, (body(640),), 11)
    assert np.array_equal(state, states(1))


def test_states_of_other_lanes_are_refused() -> None:
    with pytest.raises(ValueError, match="for 1 bodies"):
        lanes.advance(states(8), (body(640),))
    with pytest.raises(ValueError, match="from block -1"):
        lanes.advance(states(1), (body(640),), -1)
