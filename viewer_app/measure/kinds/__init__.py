"""The table of kinds. Its order is the order of the tool row, the most used first; everything else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from viewer_app.measure.kind import Gesture, Kind
from viewer_app.measure.kinds.angle import Angle
from viewer_app.measure.kinds.arrow import Arrow
from viewer_app.measure.kinds.circle import Circle
from viewer_app.measure.kinds.circle_three_points import CircleThreePoints
from viewer_app.measure.kinds.cobb import Cobb
from viewer_app.measure.kinds.contour_volume import BetweenContours, ContourVolume
from viewer_app.measure.kinds.distance import Distance
from viewer_app.measure.kinds.distance_3d import Distance3D
from viewer_app.measure.kinds.ellipse import Ellipse
from viewer_app.measure.kinds.ellipsoid import Ellipsoid
from viewer_app.measure.kinds.freehand import Freehand
from viewer_app.measure.kinds.open_angle import OpenAngle
from viewer_app.measure.kinds.polygon import Polygon
from viewer_app.measure.kinds.polyline import Polyline
from viewer_app.measure.kinds.probe import Probe
from viewer_app.measure.kinds.rectangle import Rectangle
from viewer_app.measure.kinds.spline import Spline
from viewer_app.measure.kinds.text_note import TextNote
from viewer_app.measure.kinds.two_diameters import TwoDiameters
from viewer_app.measure.kinds.voxel_volume import VoxelVolume
from viewer_app.measure.measurement import Measurement

_ALL: tuple[Kind, ...] = (
    Distance(),
    TwoDiameters(),
    Angle(),
    Ellipse(),
    Probe(),
    Arrow(),
    TextNote(),
    Freehand(),
    Rectangle(),
    Circle(),
    Polygon(),
    Polyline(),
    Spline(),
    Cobb(),
    OpenAngle(),
    CircleThreePoints(),
    Distance3D(),
    VoxelVolume(),
    ContourVolume(),
    BetweenContours(),
    Ellipsoid(),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})

DRAWN: Mapping[str, Kind] = MappingProxyType(
    {name: kind for name, kind in KINDS.items() if kind.gesture != Gesture.STACK}
)
"""Those that are drawn point by point, each with a tool of its name; the others have tools of their own."""


def is_by_voxels(measurement: Measurement) -> bool:
    """True for a measurement of a known kind that has voxels of a stack."""
    kind = KINDS.get(measurement.kind)
    return kind is not None and kind.by_voxels


def counts_voxels(measurement: Measurement) -> bool:
    """True for a measurement of a known kind whose statistics are those of voxels of a stack."""
    kind = KINDS.get(measurement.kind)
    return kind is not None and kind.counts_voxels
