"""Parts of a `View` as plain JSON values and back. Nothing that is read raises: what is damaged is as in a new view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from viewer_app.imaging.cuts import Cut, SlabMode
from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.headers import Window
from viewer_app.session.view import View

# Fields of a `View` that are stored as they are, and which values can be right.
_LOOK: Mapping[str, Callable[[object], bool]] = {
    "inverted": lambda value: isinstance(value, bool),
    "flipped": lambda value: isinstance(value, bool),
    "quarter_turns": lambda value: type(value) is int and 0 <= value < 4,
    "smooth": lambda value: isinstance(value, bool),
    "color_map": lambda value: isinstance(value, str),
    "clamped": lambda value: value is None or isinstance(value, bool),
}
_TURN = {"flipped", "quarter_turns"}
_FUNCTIONS = frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})
_LONGEST_TEXT = 200  # characters; DICOM allows a window 64

# Beyond these a number was not written by Caliper: values of 32 bit floats; mm, pixels, and screen pixels per one.
_MOST_VALUE, _MOST_PLACE = 3.5e38, 1e7
_UNIT = 1e-6


def look_to_json(view: View) -> dict[str, Any]:
    """Window, turn and colours. A VOI LUT is kept by its name and range: its table stands in the file."""
    return {"window": _window_to_json(view.window)} | {name: getattr(view, name) for name in _LOOK}


def look_from_json(state: Mapping[str, Any], proposed: Sequence[Window]) -> dict[str, Any]:
    """What of the look was saved and can be; `proposed` are the windows of the image's file."""
    found = {name: state[name] for name, is_right in _LOOK.items() if name in state and is_right(state[name])}
    # A picture is restored with all of its turn or with none of it.
    whole = found if found.keys() >= _TURN else {name: found[name] for name in found.keys() - _TURN}
    return whole | {"window": _window_from_json(state.get("window"), proposed)}


def place_to_json(view: View) -> dict[str, Any]:
    """Zoom and pan."""
    return {"scale": view.scale, "center": None if view.center is None else list(view.center)}


def place_from_json(state: Mapping[str, Any]) -> dict[str, Any]:
    """Zoom and pan, each by itself."""
    scale, center = number(state.get("scale"), _MOST_PLACE), _numbers(state.get("center"), 2)
    return {"scale": scale if scale is not None and scale > 0 else None, "center": center}


def cut_to_json(cut: Cut | None) -> dict[str, Any] | None:
    """A reconstructed plane in patient LPS mm; None for an image as it was taken."""
    if cut is None:
        return None
    directions = {"row_direction": list(cut.row_direction), "column_direction": list(cut.column_direction)}
    return {"point": list(cut.point)} | directions | {"slab_mm": cut.slab_mm, "slab_mode": cut.slab_mode.value}


def cut_from_json(data: object) -> Cut | None:
    """The plane, if all of it is there: two unit vectors at right angles, a slab that is not negative."""
    if not isinstance(data, Mapping):
        return None
    point, row, column = (_vector(data.get(name)) for name in ("point", "row_direction", "column_direction"))
    slab = number(data.get("slab_mm"), _MOST_PLACE)
    mode = next((mode for mode in SlabMode if mode.value == data.get("slab_mode")), None)
    if point is None or row is None or column is None or slab is None or slab < 0 or mode is None:
        return None
    products = (_dot(row, row) - 1.0, _dot(column, column) - 1.0, _dot(row, column))
    return None if max(map(abs, products)) > _UNIT else Cut(point, row, column, slab, mode)


def number(value: object, most: float = _MOST_VALUE) -> float | None:
    """A finite number no larger than `most` either way; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= most else None  # as nan is not


def _window_to_json(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    text = window.explanation[:_LONGEST_TEXT]
    return {"center": window.center, "width": window.width, "explanation": text, "function": window.function}


def _window_from_json(data: object, proposed: Sequence[Window]) -> Window | None:
    if not isinstance(data, Mapping):
        return None
    own = next((window for window in proposed if _window_to_json(window) == data), None)
    center, width = number(data.get("center")), number(data.get("width"))
    function, text = data.get("function", "LINEAR"), data.get("explanation", "")
    is_sound = center is not None and width is not None and width > 0 and isinstance(text, str)
    if own is not None or not is_sound or not isinstance(function, str) or function not in _FUNCTIONS:
        return own
    assert center is not None and width is not None
    return Window(center, width, str(text), function)


def _numbers(data: object, count: int) -> tuple[float, ...] | None:
    if not isinstance(data, list) or len(data) != count:
        return None
    found = tuple(number(value, _MOST_PLACE) for value in data)
    return None if None in found else tuple(value for value in found if value is not None)


def _vector(data: object) -> Vector | None:
    found = _numbers(data, 3)
    return None if found is None else (found[0], found[1], found[2])


def _dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
