"""Words that are wider than their room go on in a further line; none is cut, nor a number parted from its unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_NAME, _PART, _WORD = "  ", " · ", " "  # a number and its unit have a thin space between


def wrapped(
    text: str, width: Callable[[str], float], room: float, separators: Sequence[str] = (_NAME, _PART, _WORD)
) -> tuple[str, ...]:
    """`text` in few lines that fit `room` by `width`: parted between name and number, then parts, then words.

    A single word that does not fit has a line of its own.
    """
    if width(text) <= room or not separators:
        return (text,)
    between, *finer = separators
    lines: list[str] = []
    for part in text.split(between):
        if lines and between != _NAME and width(lines[-1] + between + part) <= room:
            lines[-1] += between + part
        else:
            lines.extend(wrapped(part, width, room, finer))
    return tuple(lines)
