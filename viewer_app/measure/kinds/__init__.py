"""The table of kinds. Its order is the order of the tool row; everything else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds.circle import Circle
from viewer_app.measure.kinds.circle_three_points import CircleThreePoints
from viewer_app.measure.kinds.distance import Distance
from viewer_app.measure.kinds.ellipse import Ellipse
from viewer_app.measure.kinds.freehand import Freehand
from viewer_app.measure.kinds.polygon import Polygon
from viewer_app.measure.kinds.probe import Probe
from viewer_app.measure.kinds.rectangle import Rectangle
from viewer_app.measure.kinds.spline import Spline

_ALL: tuple[Kind, ...] = (
    Distance(),
    Rectangle(),
    Ellipse(),
    Circle(),
    CircleThreePoints(),
    Polygon(),
    Freehand(),
    Spline(),
    Probe(),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
