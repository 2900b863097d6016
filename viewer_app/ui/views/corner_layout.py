"""Where the lines of the corners stand in a viewport, and which give way where there is little room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from viewer_app.ui.views.corner_text import Corners
from viewer_app.ui.views.short_badges import never_folds, short_badge
from viewer_app.ui.words import POINTER_GAP, SEPARATOR

MARGIN_PX = 8.0
_LETTERS_PX, _LETTER_HALF_PX = 40.0, 11.0
_FEWEST_LETTERS = 3
_MORE, _MORE_SHORT = "more warnings … (Alt+Return)", "more (Alt+Return)"
_ONLY_WARNINGS = "Warnings (Alt+Return)"
_MOST_OF_HEIGHT = 0.3
_HOW = "(interpolated"  # what a file gives as a unit may have brackets too, and is not parted from its number
_HOW_SHORT = "(interp.)"


@dataclass(frozen=True)
class Block:
    """Lines under each other. `crowded`: they reach where they must not."""

    lines: tuple[str, ...]
    box: QRectF
    crowded: bool
    at_right: bool = False


Blocks = Mapping[str, Block]
"""By the name of the corner, and "badges"."""

_UPPER, _LOWER = ("top_left", "top_right"), ("bottom_left", "bottom_right")
# Whose lines may go where a block is crowded: without a technique beside them, badges need fewer lines.
_GIVING = {**{corner: (corner,) for corner in (*_UPPER, *_LOWER)}, "badges": _LOWER}


def arranged(size: QRectF, corners: Corners, pointer: str, metrics: QFontMetricsF, bar: QRectF | None) -> Blocks:
    """All that is written: clear of each other, of the letters at the edges and of the scale `bar`.

    In a small viewport the image is not to be written over: lines go, the least important first. Badges stay; where
    even these do not fit, they are shortened, and then the last of them give way to words that there are more. What
    tells whose picture it is stays in any case.
    """
    room = _Room(size, metrics, bar)
    kept = list(corners.kept_longest)
    blocks = room.blocks(corners, kept, corners.badges, pointer)
    while (line := _weakest(corners, kept, blocks)) is not None:
        kept.remove(line)
        blocks = room.blocks(corners, kept, corners.badges, pointer)
    for badges in _shorter(corners.badges):
        if not blocks["badges"].crowded:
            break
        blocks = room.blocks(corners, kept, badges, pointer)
    return blocks


def _shorter(badges: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The same in fewer and fewer words."""
    short = tuple(map(short_badge, badges))
    yield short
    staying = tuple(badge for badge in short if never_folds(badge))
    others = tuple(badge for badge in short if not never_folds(badge))
    for count in range(len(others) - 1, -1, -1):
        if count or staying:
            yield (*staying, *others[:count], _MORE)
    if others:
        yield (*staying, _MORE_SHORT) if staying else (_ONLY_WARNINGS,)
    if staying:
        yield staying


def _weakest(corners: Corners, kept: list[str], blocks: Blocks) -> str | None:
    """The next line to go; None where nothing is crowded, or no line would help."""
    crowded = {corner for name, block in blocks.items() if block.crowded for corner in _GIVING[name]}
    may_go = {line for corner in crowded for line in getattr(corners, corner)}
    return next((line for line in reversed(kept) if line in may_go), None)


class _Room:
    """The room of one viewport, in screen pixels."""

    def __init__(self, size: QRectF, metrics: QFontMetricsF, bar: QRectF | None) -> None:
        self._size, self._metrics, self._bar = size, metrics, bar
        self._height = metrics.height()
        self._across = size.width() / 2 - MARGIN_PX - _LETTERS_PX / 2
        self._fitted: dict[str, str] = {}
        self._wrapped: dict[tuple[str, float], list[str]] = {}
        self._widths: dict[str, float] = {}

    def blocks(self, corners: Corners, kept: Collection[str], badges: Iterable[str], pointer: str) -> Blocks:
        """The blocks with those lines of the corners that are kept."""
        lines = {name: self._lines(getattr(corners, name), kept) for name in (*_UPPER, *_LOWER)}
        left, right = lines["bottom_left"], (*lines["bottom_right"], *self._pointer_lines(pointer))
        across = self._badge_room(left, right)
        amber = tuple(part for badge in badges for part in self._wrap(badge, across))
        return {
            **{name: self._upper(lines[name], at_right=name == "top_right") for name in _UPPER},
            "bottom_left": self._lower(left),
            "badges": self._lower(amber, above=max(1, len(left)), most=0.5),
            "bottom_right": self._lower(right, at_right=True),
        }

    def _lines(self, lines: Iterable[str], kept: Collection[str]) -> tuple[str, ...]:
        return tuple(shown for line in lines if line in kept and (shown := self._fit(line)))

    def _pointer_lines(self, pointer: str) -> tuple[str, ...]:
        """On one line, or on one for the place, the value and how it came about; what is too long goes, uncut.

        A value between voxels is never seen without words that say so: they are shortened, or it goes with them.
        """
        if not pointer or self._fits(pointer):
            return (pointer,) if pointer else ()
        words, mark, rest = pointer.partition(f" {_HOW}")
        *before, value = words.split(POINTER_GAP)
        ways = [(value, f"{_HOW}{rest}"), (f"{value} {_HOW_SHORT}",), (value, _HOW_SHORT)] if mark else [(value,)]
        return (*filter(self._fits, before), *next((way for way in ways if all(map(self._fits, way))), ()))

    def _fits(self, line: str) -> bool:
        return self._width(line) <= self._across

    def _badge_room(self, left: tuple[str, ...], right: tuple[str, ...]) -> float:
        beside = max((self._width(line) for line in right[: max(0, len(right) - max(1, len(left)))]), default=0.0)
        found = max(self._across, self._size.width() - 3 * MARGIN_PX - beside)
        return found if self._bar is None else min(found, self._bar.left() - 2 * MARGIN_PX)

    def _upper(self, lines: tuple[str, ...], *, at_right: bool) -> Block:
        box = self._box(lines, MARGIN_PX, at_right)
        return Block(lines, box, bool(lines) and box.height() > self._most(_MOST_OF_HEIGHT), at_right)

    def _lower(
        self, lines: tuple[str, ...], *, above: int = 0, at_right: bool = False, most: float = _MOST_OF_HEIGHT
    ) -> Block:
        box = self._box(lines, self._size.bottom() - MARGIN_PX - self._height * (len(lines) + above), at_right)
        highest = self._size.bottom() - MARGIN_PX - self._most(most)
        if at_right and self._bar is not None:
            highest = max(highest, self._bar.bottom())
        return Block(lines, box, bool(lines) and box.top() < highest, at_right)

    def _most(self, share: float) -> float:
        """How far lines may reach from the upper or lower margin: a share of the height, clear of the letters."""
        return min(share * self._size.height(), self._size.height() / 2 - _LETTER_HALF_PX) - MARGIN_PX

    def _box(self, lines: tuple[str, ...], top: float, at_right: bool) -> QRectF:
        width = max(map(self._width, lines), default=0.0)
        left = self._size.right() - MARGIN_PX - width if at_right else MARGIN_PX
        return QRectF(left, top, width, self._height * len(lines))

    # Lines are dropped one by one, so that all others would be measured again and again.
    def _fit(self, line: str) -> str:
        """The line as it fits into its half."""
        if line not in self._fitted:
            self._fitted[line] = fitted(line, self._metrics, self._across)
        return self._fitted[line]

    def _wrap(self, badge: str, across: float) -> list[str]:
        if (badge, across) not in self._wrapped:
            self._wrapped[badge, across] = wrapped(badge, self._metrics, across)
        return self._wrapped[badge, across]

    def _width(self, line: str) -> float:
        if line not in self._widths:
            self._widths[line] = self._metrics.horizontalAdvance(line)
        return self._widths[line]


def fitted(line: str, metrics: QFontMetricsF, room: float) -> str:
    """The line without its last parts where it is too long, "" where nothing of it fits.

    A single part is cut between letters where no number is lost or parted from its unit: half a number would be a
    wrong number, and its name alone says nothing.
    """
    parts = line.split(SEPARATOR)
    while len(parts) > 1 and metrics.horizontalAdvance(SEPARATOR.join(parts)) > room:
        parts.pop()
    left = SEPARATOR.join(parts)
    if metrics.horizontalAdvance(left) <= room:
        return left
    cut = metrics.elidedText(left, Qt.TextElideMode.ElideRight, max(0.0, room)).rstrip("….")
    lost = left[left.rfind(" ", 0, len(cut)) + 1 :]
    is_whole = len(cut) >= _FEWEST_LETTERS and not any(letter.isdigit() for letter in lost)
    return f"{cut.rstrip(' ,')}…" if is_whole else ""


def wrapped(sentence: str, metrics: QFontMetricsF, room: float) -> list[str]:
    """The sentence on as many lines as it needs: its end may be what matters."""
    lines: list[str] = []
    for word in sentence.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
