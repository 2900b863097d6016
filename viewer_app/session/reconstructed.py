"""What reconstructed planes are measured on, which marks a tile shows, and the way back to the plane of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.geometry import Plane, Vector, vector
from viewer_app.imaging.mpr import VoxelSource, why_no_mpr
from viewer_app.imaging.sampler import plane_image
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.kinds import is_by_voxels
from viewer_app.measure.lying import lies_on, may_pierce
from viewer_app.measure.measurement import Figure, Measurement, Record
from viewer_app.session.display import first_view
from viewer_app.session.layout import Layout
from viewer_app.session.reconstructing import Mpr, group, mpr_layout

if TYPE_CHECKING:
    from viewer_app.session.study import OpenStudy
    from viewer_app.session.tile import Tile

_DIRECTIONS_KEPT = 8
_ROUNDING_MM = 1e-6


def voxels_of(opened: OpenStudy, key: str) -> VoxelSource | None:
    """What planes through the stack of that key are measured on; None before all of its images are there.

    Of an uneven stack that are its even slices, once they are made; of a prior's and one that allows no planes nothing.
    """
    stack, volume = opened.stack_by_key(key), opened.volume_by_key(key)
    if stack is None or volume is None or not volume.is_complete or opened.owner(key) is not opened.study:
        return None
    if opened.resampling.is_needed(stack):
        return opened.resampling.of(key)
    return None if why_no_mpr(stack) else volume


def acquired_image(opened: OpenStudy, figure: Figure) -> PlanarImage | None:
    """The pixels of the image a figure was drawn on; None before they arrive, and on a reconstructed plane."""
    place = opened.find_image(figure.reference) if figure.reference else None
    volume = opened.volume_by_key(place[0].key) if place is not None else None
    return volume.image(place[1]) if place and volume is not None and volume.has(place[1]) else None


def image_about(tile: Tile, point: Vector, pixels: float) -> PlanarImage | None:
    """What the tile shows as an image to measure on: the slice, or of a plane its pixels so many about a point.

    None where that has not arrived, or may not be measured.
    """
    cut = tile.view.value.cut
    if cut is None:
        return tile.current_image()
    voxels, plane = voxels_of(tile.opened, tile.view.value.stack_key), tile.plane
    if voxels is None:
        return None
    reach = pixels * np.array([plane.column_spacing, plane.row_spacing])
    about = plane.in_plane([point]) + np.stack([-reach, reach])
    return plane_image(voxels, plane, cut.slab_mm, cut.slab_mode, about)


def records_on(tile: Tile) -> tuple[Record, ...]:
    """The records of which a figure lies on what the tile shows, oldest first; volumes are `volumetry.volumes_on`."""
    return tuple(record for record in candidates(tile) if is_on(tile, record.measurement))


def candidates(tile: Tile) -> tuple[Record, ...]:
    """The records, without volumes, that may lie on what the tile shows, oldest first: few of many."""
    stored, stack = tile.opened.measurements, tile.stack
    if tile.view.value.cut is None or stack is None:
        found = stored.concerning(tile.current_reference())
    else:
        reach = tile.opened.measuring.shown_within * tile.opened.grid(stack).smallest_edge_mm
        found = stored.near(tile.plane, reach + _ROUNDING_MM)
    return tuple(record for record in found if not is_by_voxels(record.measurement))


def is_on(tile: Tile, measurement: Measurement) -> bool:
    """Whether a figure lies on what the tile shows."""
    return any(_lies_in(tile, figure) for figure in measurement.figures)


def figures_on(tile: Tile, measurement: Measurement) -> tuple[int, ...]:
    """The numbers of the figures that lie on what the tile shows."""
    return tuple(number for number, figure in enumerate(measurement.figures) if _lies_in(tile, figure))


def _lies_in(tile: Tile, figure: Figure) -> bool:
    """Whether a figure of the study lies on what the tile shows of it."""
    return not tile.is_prior and is_in(tile, figure, tile.opened.measuring.stack_key(figure))


def is_in(tile: Tile, figure: Figure, stack_key: str) -> bool:
    """Whether a figure that was drawn on the stack of that key lies on what the tile shows.

    What was drawn on an image is on no other image (C41), but on a reconstructed plane of its stack that it lies on;
    what was drawn on a reconstructed plane is on images too.
    """
    stack = tile.stack
    if stack is None:
        return False
    reference = tile.image_reference
    if figure.reconstruction is None and tile.view.value.cut is None:
        return reference is not None and figure.reference == reference
    if stack.images[0].instance.is_twin or stack_key != stack.key:
        return False
    return lies_on(figure, tile.plane, tile.opened.grid(stack).smallest_edge_mm, tile.opened.measuring.shown_within)


def drawn_in(tile: Tile) -> tuple[Measurement, ...]:
    """What was measured on the stack on show or planes of it; no volumes, which are seen on every plane."""
    key, opened = tile.view.value.stack_key, tile.opened
    drawn = (record.measurement for record in opened.measurements.records)
    mine = (each for each in drawn if opened.measuring.stack_key(each.figures[0]) == key)
    return tuple(each for each in mine if not is_by_voxels(each))


_Asked = tuple[tuple[Record, ...], dict[str, tuple[Record, bool]], tuple[Measurement, ...]]


class Across:
    """Which marks may go through planes of one direction: each asked once for all slices, until it is another."""

    def __init__(self, opened: OpenStudy) -> None:
        self._opened = opened
        self._known: dict[tuple[str, Vector, str], _Asked] = {}

    def of(self, tile: Tile) -> tuple[Measurement, ...]:
        """What was measured on the stack on show, or planes of it, and may go through the plane on show."""
        key, plane = tile.view.value.stack_key, tile.plane
        asked = self._known.pop(place := (key, plane.normal, plane.frame_of_reference_uid), ((), {}, ()))
        if asked[0] is not self._opened.measurements.records:
            asked = self._ask(asked[1], key, plane)
        self._known[place] = asked
        if len(self._known) > _DIRECTIONS_KEPT:
            self._known.pop(next(iter(self._known)))
        return asked[2]

    def _ask(self, before: dict[str, tuple[Record, bool]], key: str, plane: Plane) -> _Asked:
        now, records = {}, self._opened.measurements.records
        for record in records:
            known = before.get(record.measurement.uid)
            if known is None or known[0] is not record:
                known = record, self._may_pierce(record.measurement, key, plane)
            now[record.measurement.uid] = known
        return records, now, tuple(record.measurement for record, may in now.values() if may)

    def _may_pierce(self, measurement: Measurement, key: str, plane: Plane) -> bool:
        return self._opened.measuring.stack_key(measurement.figures[0]) == key and may_pierce(measurement, plane)


def layout_at(opened: OpenStudy, figure: Figure) -> Layout | None:
    """The layout with the plane of a figure, slab and all, in the active tile; None where it cannot be reconstructed.

    An MPR of its stack that is on show is turned to it; otherwise there will be one.
    """
    made = figure.reconstruction
    stack = opened.stack_by_key(opened.measuring.stack_key(figure))
    if made is None or stack is None or (why_no_mpr(stack) and not opened.resampling.is_needed(stack)):
        return None
    layout = opened.layout.value
    places = _mpr_of(layout, stack.key)
    if places is None:
        view = opened.view.value if opened.view.value.stack_key == stack.key else first_view(stack)
        layout, places = mpr_layout(stack, view), (0, 1, 2)
    return Mpr(layout, places[0], places, opened.grid(stack)).showing(cut_of(opened, stack, figure))


def cut_of(opened: OpenStudy, stack: Stack, figure: Figure) -> Cut:
    """The plane of `stack` that a figure was drawn on, slab and all, through the voxel nearest to its middle."""
    plane, made, middle = figure.plane, figure.reconstruction, vector(np.mean(figure.points, axis=0))
    assert made is not None
    cut = Cut(middle, plane.row_direction, plane.column_direction, made.slab_mm, made.slab_mode)
    return replace(cut, point=opened.grid(stack).nearest_across(middle, cut.normal))


def _mpr_of(layout: Layout, key: str) -> tuple[int, int, int] | None:
    """The tiles of an MPR of the stack of that key."""
    places = (place for place, view in enumerate(layout.views) if view.stack_key == key)
    return next(filter(None, (group(layout, place) for place in places)), None)
