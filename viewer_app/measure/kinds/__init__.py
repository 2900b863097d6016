"""The table of kinds. Its order is the order of the tool row; everything else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from viewer_app.measure.kind import Kind
from viewer_app.measure.kinds.distance import Distance
from viewer_app.measure.kinds.probe import Probe

_ALL: tuple[Kind, ...] = (Distance(), Probe())

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
