"""Where a mark lies: on pixels of an image, or at patient points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pydicom import Dataset

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Instance, Tile
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.lying import to_patient
from viewer_app.measure.measurement import Figure, Measurement, Reference
from viewer_app.report.dicom.coding import DCM
from viewer_app.report.dicom.items import Relationship, image, in_image, in_patient

# Their outlines have a size on the screen, or are crosses: what was placed are the points.
_OF_POINTS = frozenset({"probe", "text_note", "arrow", "distance_3d"})
_CENTRE_OF_FIRST_PIXEL = 0.5


def places_of(drawn: Measurement, images: Mapping[str, Instance]) -> list[Dataset]:
    """Items that say what a mark was measured on: its lines, or the image alone where it has none."""
    if drawn.region is not None:
        return [_image(reference, images) for reference in references_of(drawn, images)]
    return [item for figure in drawn.figures for item in _figure(drawn.kind, figure, images)]


def references_of(drawn: Measurement, images: Mapping[str, Instance]) -> list[Reference]:
    """The images of a mark that are at hand, each once."""
    found = (figure.reference for figure in drawn.figures)
    return list(dict.fromkeys(one for one in found if one is not None and one.sop_instance_uid in images))


def _figure(kind: str, figure: Figure, images: Mapping[str, Instance]) -> Iterator[Dataset]:
    reference = figure.reference
    lines = _lines(kind, figure)
    if reference is not None and reference.sop_instance_uid in images:
        source = _image(reference, images, Relationship.SELECTED_FROM)
        shift = _shift(reference, images)
        for line in lines:
            pixels = figure.plane.to_pixels(line) + shift
            yield in_image(DCM.SourceOfMeasurement, _graphic(line), _flat(pixels), source)
    elif figure.plane.located and figure.plane.frame_of_reference_uid:
        for line in lines:
            uid = figure.plane.frame_of_reference_uid
            yield in_patient(DCM.SourceOfMeasurement, _graphic(line), _flat(line), uid)


def _lines(kind: str, figure: Figure) -> list[Floats]:
    """Polylines of points (n, 3) in the unit of the figure's plane; a closed one ends where it begins."""
    points = np.asarray(figure.points, dtype=np.float64)
    if kind in _OF_POINTS or kind not in KINDS or len(points) < KINDS[kind].min_points:
        return [points]
    outline = KINDS[kind].outline(figure.plane.in_plane(points), figure.plane.column_spacing)
    return [to_patient(figure.plane, line) for line in outline.lines]


def _image(
    reference: Reference, images: Mapping[str, Instance], relationship: Relationship = Relationship.INFERRED_FROM
) -> Dataset:
    instance = images[reference.sop_instance_uid]
    frame = reference.frame if len(instance.frames) > 1 and _tile(reference, images) is None else 0
    concept = DCM.SourceOfMeasurement if relationship is Relationship.INFERRED_FROM else None
    return image(relationship, concept, instance.sop_class_uid, instance.sop_instance_uid, frame)


def _shift(reference: Reference, images: Mapping[str, Instance]) -> tuple[float, float]:
    """From (column, row) of the frame, whole at the centres of pixels, to the image of the file from its corner."""
    tile = _tile(reference, images)
    column, row = (tile.first_column, tile.first_row) if tile is not None else (0, 0)
    return column + _CENTRE_OF_FIRST_PIXEL, row + _CENTRE_OF_FIRST_PIXEL


def _tile(reference: Reference, images: Mapping[str, Instance]) -> Tile | None:
    """The part of a mosaic that a frame is; its file has one frame only."""
    frames = images[reference.sop_instance_uid].frames
    return next((frame.tile for frame in frames if frame.number == reference.frame), None)


def _graphic(line: Floats) -> str:
    return "POINT" if len(line) == 1 else "POLYLINE"


def _flat(points: Floats) -> list[float]:
    return [float(number) for number in points.ravel()]
