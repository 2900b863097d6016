"""How a study is looked at, for the store; and the same layout again, as far as its images are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.mpr import why_no_mpr
from viewer_app.imaging.stacks import Stack
from viewer_app.session.display import first_view
from viewer_app.session.layout import MOST_COLUMNS, MOST_ROWS, Layout
from viewer_app.session.reconstructing import group
from viewer_app.session.study import OpenStudy
from viewer_app.session.view import View
from viewer_app.session.view_state import (
    cut_from_json,
    cut_to_json,
    look_from_json,
    look_to_json,
    place_from_json,
    place_to_json,
)
from viewer_app.store import SavedView

_VERSION = 1
_ROUNDING_MM = 1e-3


def saved_view(opened: OpenStudy) -> SavedView:
    """How `opened` is looked at now, for the store: the active tile in columns, all tiles in the state."""
    view, stack, window = opened.view.value, opened.stack, opened.window()
    layout = {"layout": _layout_to_json(opened)}
    if stack is None:
        return SavedView(view_state=layout)
    image = stack.images[view.index]
    return SavedView(
        series_uid=stack.info.series_uid,
        stack_key=stack.key,
        sop_instance_uid=image.sop_instance_uid,
        frame=image.frame.number,
        slice_index=view.index,
        mpr_position=view.cut.point if view.cut is not None else None,
        zoom_level=view.scale,
        pan_x=view.center[0] if view.center else None,
        pan_y=view.center[1] if view.center else None,
        window_level=window.center if window else None,
        window_width=window.width if window else None,
        view_state=look_to_json(view) | layout,
    )


def shown_layout(opened: OpenStudy, saved: SavedView | None) -> Layout | None:
    """The layout to begin with; None where nothing of what was saved is in the study any more.

    A tile whose image is gone shows the middle of its stack, or nothing. A plane is
    reconstructed again only where that may be done, and three of them only through one point;
    else the image nearest to it is shown. States of older versions hold one view.
    """
    if saved is None:
        return None
    layout = _layout_from_json(opened, saved.view_state.get("layout"))
    if layout is None:
        view = _view(opened, _columns(saved))
        return None if view is None else Layout(views=(view,))
    return _with_sound_mprs(opened, layout) if any(view.stack_key for view in layout.views) else None


def _layout_to_json(opened: OpenStudy) -> dict[str, Any]:
    layout = opened.layout.value
    size = {"rows": layout.rows, "columns": layout.columns, "active": layout.active, "enlarged": layout.enlarged}
    return {"version": _VERSION} | size | {"tiles": [_tile_to_json(opened, view) for view in layout.views]}


def _tile_to_json(opened: OpenStudy, view: View) -> dict[str, Any]:
    """The image by its UIDs, since a study may be sorted otherwise when it is read again; {} for an empty tile."""
    stack = opened.stack_by_key(view.stack_key)
    if stack is None:
        return {}
    image = stack.images[view.index]
    named = {
        "study": opened.owner(stack.key).info.study_uid,
        "series": stack.info.series_uid,
        "stack": stack.key,
        "image": image.sop_instance_uid,
        "frame": image.frame.number,
    }
    return named | look_to_json(view) | place_to_json(view) | {"cut": cut_to_json(view.cut)}


def activated(layout: Layout, stack_key: str) -> Layout | None:
    """The layout with a tile active that shows images of that stack; None where there is none."""
    places = [place for place, view in enumerate(layout.views) if view.stack_key == stack_key and view.cut is None]
    return replace(layout, active=layout.active if layout.active in places else places[0]) if places else None


def _layout_from_json(opened: OpenStudy, data: object) -> Layout | None:
    if not isinstance(data, Mapping) or data.get("version") != _VERSION:
        return None
    rows, columns = _count(data.get("rows"), 1, MOST_ROWS), _count(data.get("columns"), 1, MOST_COLUMNS)
    tiles = data.get("tiles")
    if rows is None or columns is None or not isinstance(tiles, list):
        return None
    count = rows * columns
    views = [_tile(opened, tile) for tile in tiles[:count]]
    views += [View()] * (count - len(views))
    active = _count(data.get("active"), 0, count - 1) or 0
    # An empty tile does not fill the window.
    is_enlarged = data.get("enlarged") is True and bool(views[active].stack_key)
    return Layout(rows, columns, tuple(views), active, is_enlarged)


def _count(value: object, least: int, most: int) -> int | None:
    return value if type(value) is int and least <= value <= most else None


def _tile(opened: OpenStudy, tile: object) -> View:
    if not isinstance(tile, Mapping):
        return View()
    view = _view(opened, tile)
    if view is not None:
        return view
    stack = next((stack for stack in _stacks(opened, tile) if stack.key == tile.get("stack")), None)
    return View() if stack is None else first_view(stack)


def _columns(saved: SavedView) -> dict[str, Any]:
    """As a tile, what states of older versions have in columns."""
    center = None if saved.pan_x is None or saved.pan_y is None else [saved.pan_x, saved.pan_y]
    named = {"series": saved.series_uid, "stack": saved.stack_key, "image": saved.sop_instance_uid}
    place = {"frame": saved.frame, "scale": saved.zoom_level, "center": center}
    return {**saved.view_state, **named, **place}


def _view(opened: OpenStudy, tile: Mapping[str, Any]) -> View | None:
    """What the tile showed; None where its image is not there."""
    for stack in _stacks(opened, tile):
        index = stack.index_of(tile.get("image", ""), tile.get("frame", 1))
        if index is not None:
            look = look_from_json(tile, stack.images[index].frame.windows)
            view = View(stack.key, index, **look, **place_from_json(tile))
            return view if tile.get("cut") is None else _with_cut(opened, stack, view, cut_from_json(tile["cut"]))
    return None


def _stacks(opened: OpenStudy, tile: Mapping[str, Any]) -> list[Stack]:
    """Where its image may be: in its stack, in its series, elsewhere in the study it belonged to."""
    wanted = tile.get("study", opened.study.info.study_uid)
    found = [stack for stack, study in opened.within_reach if study.info.study_uid == wanted]
    key, series = tile.get("stack"), tile.get("series")
    return sorted(found, key=lambda stack: (stack.key != key, stack.info.series_uid != series))


def _with_cut(opened: OpenStudy, stack: Stack, view: View, cut: Cut | None) -> View:
    """The view on that plane; where it cannot be reconstructed the image nearest to it."""
    if cut is None:
        return view.acquired(view.index)
    if not why_no_mpr(stack) and _lies_within(opened, stack, cut):
        return replace(view, cut=cut)
    is_located = all(image.plane.located for image in stack.images)
    return view.acquired(opened.wanted_index(replace(view, cut=cut)) if is_located else view.index)


def _lies_within(opened: OpenStudy, stack: Stack, cut: Cut) -> bool:
    grid = opened.grid(stack)
    away = np.linalg.norm(np.subtract(grid.nearest(cut.point), cut.point))
    return bool(away <= _ROUNDING_MM and cut.slab_mm <= grid.thickness_mm(cut.normal) + _ROUNDING_MM)


def _with_sound_mprs(opened: OpenStudy, layout: Layout) -> Layout:
    """Three planes of a stack that do not share a point are no MPR: images take their place. Fewer move alone."""
    views = {}
    for place, view in enumerate(layout.views):
        places = group(layout, place) or ()
        points = {layout.views[other].cut.point for other in places}  # type: ignore[union-attr]  # a group has cuts
        if len(points) > 1:
            views[place] = view.acquired(opened.wanted_index(view))
    return layout.with_views(views)
