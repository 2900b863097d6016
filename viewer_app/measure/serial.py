"""Records to plain JSON values and back, losing no bit.

Floats keep their shortest exact form, so a stored double comes back equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from viewer_app.errors import VolumeError
from viewer_app.imaging.cuts import SlabMode
from viewer_app.imaging.geometry import Calibration, Plane, Unit, vector
from viewer_app.measure.coloring import is_color
from viewer_app.measure.measurement import Figure, Measurement, Place, Reconstruction, Record, Reference
from viewer_app.measure.quantity import Dimension, Value
from viewer_app.measure.seen import seen_from_json, seen_to_json
from viewer_app.measure.volumes import VoxelRegion, region_from_json, region_to_json

FORMAT = 1
_PLACE = tuple(field.name for field in fields(Place))


def record_to_json(record: Record) -> dict[str, Any]:
    """All of a record; times in ISO 8601 with their zone."""
    drawn = record.measurement
    return {
        "uid": drawn.uid,
        "label": drawn.label,
        "description": drawn.description,
        "author": drawn.author,
        "created_at": drawn.created_at.isoformat(),
        "updated_at": drawn.updated_at.isoformat(),
        "place": {name: getattr(record.place, name) for name in _PLACE},
        "data": data_to_json(record),
    }


def record_from_json(item: Mapping[str, Any]) -> Record:
    """The record `record_to_json` wrote; ValueError, KeyError or TypeError for anything else."""
    data = item["data"]
    figures, values, rule_version = figures_from_json(data)
    measurement = Measurement(
        uid=_text(item["uid"]),
        kind=_text(data["kind"]),
        figures=figures,
        label=_text(item["label"]),
        description=_text(item["description"]),
        author=_text(item["author"]),
        created_at=datetime.fromisoformat(item["created_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        color=color_from_json(data),
        label_offset=label_offset_from_json(data),
        region=voxels_from_json(data),
        made_of=sources_from_json(data),
        seen=seen_from_json(data),
    )
    return Record(measurement, values, Place(**item["place"]), rule_version)


def data_to_json(record: Record) -> dict[str, Any]:
    """The `measurement_data` of a row: figures, numbers, what a person chose of its look, voxels where there are."""
    drawn = record.measurement
    data = figures_to_json(drawn.kind, drawn.figures, record.values, record.rule_version)
    if drawn.color:
        data["color"] = drawn.color
    if drawn.label_offset is not None:
        data["label_offset"] = list(drawn.label_offset)
    if drawn.region is not None:
        data["region"] = region_to_json(drawn.region)
    if drawn.made_of:
        data["made_of"] = list(drawn.made_of)
    if drawn.seen is not None:
        data["seen"] = seen_to_json(drawn.seen)
    return data


def color_from_json(data: Mapping[str, Any]) -> str:
    """The colour in `measurement_data`, "" where none was chosen; ValueError for what is no colour."""
    color = data.get("color", "")
    if color != "" and not is_color(color):
        raise ValueError(f"no colour: {color!r}")
    return str(color)


def label_offset_from_json(data: Mapping[str, Any]) -> tuple[float, float] | None:
    """Where the label was moved to, None where it was not; ValueError for what is no place."""
    offset = data.get("label_offset")
    if offset is None:
        return None
    if not isinstance(offset, list) or len(offset) != 2 or not all(_is_finite(number) for number in offset):
        raise ValueError(f"no place of a label: {offset!r}")
    return float(offset[0]), float(offset[1])


def voxels_from_json(data: Mapping[str, Any]) -> VoxelRegion | None:
    """The voxels in `measurement_data`, None where there are none; ValueError for what are none of ours."""
    found = data.get("region")
    try:
        return None if found is None else region_from_json(found)
    except VolumeError as error:
        raise ValueError(error.what) from error


def sources_from_json(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The marks it was made of in `measurement_data`, () where it says none; ValueError for what are no UIDs."""
    found = data.get("made_of", [])
    if not isinstance(found, list) or not all(isinstance(uid, str) for uid in found):
        raise ValueError(f"no marks: {found!r}")
    return tuple(found)


def figures_to_json(kind: str, figures: Sequence[Figure], values: Sequence[Value], rule_version: int) -> dict[str, Any]:
    """The `measurement_data` of a row: kind, figures in patient mm, references, numbers."""
    return {
        "format": FORMAT,
        "kind": kind,
        "rule_version": rule_version,
        "figures": [_figure_to_json(figure) for figure in figures],
        "values": [_value_to_json(value) for value in values],
    }


def figures_from_json(data: Mapping[str, Any]) -> tuple[tuple[Figure, ...], tuple[Value, ...], int]:
    """Figures, values and rule version of `measurement_data`; ValueError if it is none we wrote."""
    try:
        if data["format"] != FORMAT:
            raise ValueError(f"measurement data of format {data['format']!r}")
        figures = tuple(_figure_from_json(item) for item in data["figures"])
        values = tuple(_value_from_json(item) for item in data["values"])
        return figures, values, int(data["rule_version"])
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"measurement data lack or garble {error}") from error


def _figure_to_json(figure: Figure) -> dict[str, Any]:
    reference, reconstruction = figure.reference, figure.reconstruction
    data = {
        "points_mm" if figure.plane.unit == "mm" else "points_px": [list(point) for point in figure.points],
        "plane": _plane_to_json(figure.plane),
        "reference": reference
        and {
            "series_uid": reference.series_uid,
            "sop_instance_uid": reference.sop_instance_uid,
            "frame": reference.frame,
        },
    }
    return data if reconstruction is None else data | {"reconstruction": _reconstruction_to_json(reconstruction)}


def _figure_from_json(data: Mapping[str, Any]) -> Figure:
    plane = _plane_from_json(data["plane"])
    points = data["points_mm" if plane.unit == "mm" else "points_px"]
    reference = data["reference"]
    return Figure(
        plane=plane,
        points=tuple(vector(point) for point in points),
        reference=None
        if reference is None
        else Reference(str(reference["series_uid"]), str(reference["sop_instance_uid"]), int(reference["frame"])),
        reconstruction=_reconstruction_from_json(data.get("reconstruction")),
    )


def _reconstruction_to_json(reconstruction: Reconstruction) -> dict[str, Any]:
    return {
        "series_uid": reconstruction.series_uid,
        "stack": reconstruction.stack,
        "slab_mm": reconstruction.slab_mm,
        "slab_mode": reconstruction.slab_mode.value,
    }


def _reconstruction_from_json(data: Mapping[str, Any] | None) -> Reconstruction | None:
    if data is None:
        return None
    mode = SlabMode(data["slab_mode"])
    return Reconstruction(str(data["series_uid"]), int(data["stack"]), float(data["slab_mm"]), mode)


def _plane_to_json(plane: Plane) -> dict[str, Any]:
    return {
        "origin": list(plane.origin),
        "row_direction": list(plane.row_direction),
        "column_direction": list(plane.column_direction),
        "spacing": list(plane.spacing),
        "unit": plane.unit,
        "calibration": plane.calibration.value,
        "frame_of_reference_uid": plane.frame_of_reference_uid,
        "located": plane.located,
    }


def _plane_from_json(data: Mapping[str, Any]) -> Plane:
    units: dict[str, Unit] = {"mm": "mm", "px": "px"}
    return Plane(
        origin=vector(data["origin"]),
        row_direction=vector(data["row_direction"]),
        column_direction=vector(data["column_direction"]),
        row_spacing=float(data["spacing"][0]),
        column_spacing=float(data["spacing"][1]),
        unit=units[data["unit"]],
        calibration=Calibration(data["calibration"]),
        frame_of_reference_uid=str(data["frame_of_reference_uid"]),
        located=bool(data["located"]),
    )


def _value_to_json(value: Value) -> dict[str, Any]:
    return {
        "key": value.key,
        "title": value.title,
        "dimension": value.dimension.value,
        "number": value.number,
        "unit": value.unit,
        "provenance": value.provenance,
        "note": value.note,
        "uncertainty": value.uncertainty,
    }


def _value_from_json(data: Mapping[str, Any]) -> Value:
    number, uncertainty = data["number"], data.get("uncertainty")
    return Value(
        key=str(data["key"]),
        title=str(data["title"]),
        dimension=Dimension(data["dimension"]),
        number=None if number is None else float(number),
        unit=str(data["unit"]),
        provenance=str(data["provenance"]),
        note=str(data["note"]),
        uncertainty=None if uncertainty is None else float(uncertainty),
    )


def _is_finite(number: object) -> bool:
    return isinstance(number, int | float) and math.isfinite(number)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r}")
    return value
