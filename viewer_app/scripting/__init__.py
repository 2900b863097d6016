"""What the window measures, a script can measure: the public door without a window.

    from viewer_app.scripting import measure, open_study

    study = open_study("chest")
    series = study.series[0]
    values = measure("distance", series, [(0, 0, -20), (30, 40, -20)])
    print(values["length"].number, values["length"].unit)

Points are patient coordinates: x, y, z in LPS mm (pixels for an image without
a scale). Numbers come from the same rooms as those on the screen.
"""

from __future__ import annotations

from viewer_app.imaging.cuts import SlabMode, plane_through
from viewer_app.measure.histogram import Histogram
from viewer_app.measure.volumes import VoxelRegion
from viewer_app.scripting.measuring import histogram, measure
from viewer_app.scripting.opened import Series, Studies, Study, open_studies, open_study
from viewer_app.scripting.volumes import differences_percent, grow, paint, voxels

__all__ = [
    "Histogram",
    "Series",
    "SlabMode",
    "Studies",
    "Study",
    "VoxelRegion",
    "differences_percent",
    "grow",
    "histogram",
    "measure",
    "open_studies",
    "open_study",
    "paint",
    "plane_through",
    "voxels",
]
