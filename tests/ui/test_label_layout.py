"""Where labels stand, as pure geometry: held to areas and lengths counted pixel by pixel, and to the rules."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer_app.imaging.geometry import Floats
from viewer_app.ui.views.label_layout import Box, Placed, Room, Wanted, covered, laid_out, overlaps

ROOM = Room((10.0, 10.0, 790.0, 590.0))
_ENDS = st.tuples(*[st.floats(0.0, 800.0), st.floats(0.0, 600.0)] * 2)


def wanted(key: str, ends: tuple[float, ...], by_hand: tuple[float, float] | None = None) -> Wanted:
    segments = np.array([ends])
    return Wanted(key, (90.0, 18.0), segments, segments.reshape(2, 2), by_hand)


def line_in(box: Box, ends: tuple[float, ...]) -> float:
    """The length of a line in a box, from a million points on it."""
    share = (np.arange(1_000_000) + 0.5) / 1_000_000
    across, down = (ends[axis] + share * (ends[axis + 2] - ends[axis]) for axis in (0, 1))
    inside = (across >= box[0]) & (across <= box[2]) & (down >= box[1]) & (down <= box[3])
    return float(inside.mean() * np.hypot(ends[2] - ends[0], ends[3] - ends[1]))


@settings(max_examples=30, deadline=None)
@given(_ENDS, st.tuples(st.floats(0, 700), st.floats(0, 500)))
def test_the_length_of_a_line_in_a_box_is_that_of_its_points(
    ends: tuple[float, ...], corner: tuple[float, float]
) -> None:
    box = np.array([[*corner, corner[0] + 90.0, corner[1] + 18.0]])
    grown = corner[0] - 2, corner[1] - 2, corner[0] + 92, corner[1] + 20
    length = float(np.hypot(ends[2] - ends[0], ends[3] - ends[1]))
    found = covered(box, np.array([ends])).item()
    if length >= 1.0:
        assert abs(found - line_in(grown, ends)) <= max(0.01, 2e-6 * length)


def test_overlaps_are_counted_by_whole_pixels() -> None:
    boxes = np.array([[0.0, 0.0, 10.0, 10.0], [20.0, 0.0, 30.0, 5.0]])
    others = np.array([[5.0, 5.0, 25.0, 15.0], [8.0, -5.0, 9.0, 50.0]])
    canvas = np.zeros((2, 60, 60), dtype=int)
    expected = []
    for left, top, right, bottom in boxes.astype(int).tolist():
        total = 0
        for other in others.astype(int).tolist():
            canvas[:] = 0
            canvas[0, top:bottom, left:right] = 1
            canvas[1, max(other[1], 0) : other[3], other[0] : other[2]] = 1
            total += int(canvas.all(axis=0).sum())
        expected.append(total)
    assert overlaps(boxes, others).tolist() == expected


def _own(placed: Placed, ends: tuple[float, ...]) -> float:
    segments: Floats = np.array([ends])
    return covered(np.array([placed.box]), segments).item()


@settings(max_examples=60, deadline=None)
@given(st.lists(_ENDS, min_size=1, max_size=8))
def test_no_label_leaves_the_room_and_none_of_a_few_covers_another_or_its_line(lines: list[tuple[float, ...]]) -> None:
    labels = [wanted(str(number), ends) for number, ends in enumerate(lines)]
    found = laid_out(labels, ROOM, {}, {})
    assert set(found) == {label.key for label in labels}
    for placed in found.values():
        left, top, right, bottom = placed.box
        assert left >= 10 and top >= 10 and right <= 790.000001 and bottom <= 590.000001
    if len(lines) <= 3:
        boxes = np.array([placed.box for placed in found.values()])
        assert all(overlaps(boxes[at : at + 1], np.delete(boxes, at, axis=0)).item() == 0 for at in range(len(boxes)))
        assert all(_own(found[label.key], ends) == 0 for label, ends in zip(labels, lines, strict=True))


def test_settled_labels_stay_and_others_give_way() -> None:
    line = (100.0, 100.0, 200.0, 100.0)
    alone = laid_out([wanted("a", line)], ROOM, {}, {})["a"]
    both = laid_out([wanted("b", line), wanted("a", line)], ROOM, {"a": alone}, {})
    assert both["a"] == alone
    assert overlaps(np.array([both["b"].box]), np.array([alone.box])).item() == 0


def test_a_place_before_is_kept_while_it_covers_nothing_and_is_near() -> None:
    line = (300.0, 300.0, 400.0, 300.0)
    first = laid_out([wanted("a", line)], ROOM, {}, {})["a"]
    blocked = Room(ROOM.inside, (first.box,))
    other = laid_out([wanted("a", line)], blocked, {}, {"a": first.choice})["a"]
    assert other.choice != first.choice
    again = laid_out([wanted("a", tuple(np.array(line) + 3.0))], ROOM, {}, {"a": other.choice})["a"]
    assert again.choice == other.choice
    np.testing.assert_allclose(np.subtract(again.box, other.box), 3.0)


def test_a_persons_choice_comes_first_and_stays_in_sight() -> None:
    line = (100.0, 100.0, 200.0, 100.0)
    found = laid_out([wanted("auto", line), wanted("hand", line, by_hand=(790.0, 5.0))], ROOM, {}, {})
    assert found["hand"] == Placed((700.0, 10.0, 790.0, 28.0), -1)
    at = laid_out([wanted("hand", line, by_hand=(255.0, 100.0)), wanted("auto", line)], ROOM, {}, {})
    assert at["hand"].box == (210.0, 91.0, 300.0, 109.0)
    assert overlaps(np.array([at["auto"].box]), np.array([at["hand"].box])).item() == 0


def test_a_choice_that_is_no_more_is_made_anew() -> None:
    """A polygon that is drawn on has another number of places beside it than before."""
    label = wanted("a", (100.0, 100.0, 300.0, 200.0))
    assert laid_out([label], ROOM, {}, {"a": 10_000}) == laid_out([label], ROOM, {}, {})


def test_a_long_label_does_not_hide_a_short_one() -> None:
    """A tenth of the long one would do it; it rather covers a third of another long one."""
    ends = np.array([[150.0, 60.0, 170.0, 60.0]])
    long = Wanted("long", (300.0, 30.0), ends, ends.reshape(2, 2))
    short, wide = (140.0, 80.0, 180.0, 100.0), (0.0, 0.0, 320.0, 30.0)
    found = laid_out([long], Room((0.0, 0.0, 320.0, 110.0), (short, wide)), {}, {})
    assert overlaps(np.array([found["long"].box]), np.array([short])).item() == 0.0


def test_a_label_keeps_off_the_line_of_another_mark() -> None:
    """Right of its own line it would be best, were there not the other."""
    level, upright = (100.0, 300.0, 400.0, 300.0), (450.0, 150.0, 450.0, 450.0)
    alone = laid_out([wanted("a", level)], ROOM, {}, {})["a"]
    assert _own(alone, upright) > 0
    both = laid_out([wanted("a", level), wanted("b", upright)], ROOM, {}, {"a": alone.choice})
    assert _own(both["a"], upright) == 0 and _own(both["b"], level) == 0
