"""User calibrations to plain JSON values and back, losing no bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Calibration, Unit
from viewer_app.measure.measurement import Reference
from viewer_app.measure.user_calibration import Basis, Pixel, UserCalibration, checked

FORMAT = 1


def calibration_to_json(calibration: UserCalibration) -> dict[str, Any]:
    """All of a calibration; the time in ISO 8601 with its zone."""
    basis = asdict(calibration.basis) | {"calibration": calibration.basis.calibration.value}
    return {
        "format": FORMAT,
        "uid": calibration.uid,
        "reference": asdict(calibration.reference),
        "whole_series": calibration.whole_series,
        "basis": basis,
        "line_px": [list(point) for point in calibration.line],
        "length_mm": calibration.length_mm,
        "author": calibration.author,
        "created_at": calibration.created_at.isoformat(),
    }


def calibration_from_json(data: Mapping[str, Any]) -> UserCalibration:
    """The calibration `calibration_to_json` wrote; ValueError for anything else."""
    try:
        if data["format"] != FORMAT:
            raise ValueError(f"a calibration of format {data['format']!r}")
        return checked(_calibration(data))
    except (KeyError, TypeError, IndexError, AttributeError, CaliperError, ZeroDivisionError) as error:
        raise ValueError(f"a calibration lacks or garbles {error}") from error


def _calibration(data: Mapping[str, Any]) -> UserCalibration:
    reference, (first, second) = data["reference"], data["line_px"]
    created_at = datetime.fromisoformat(data["created_at"])
    if created_at.tzinfo is None:
        raise ValueError("a time without its zone")
    return UserCalibration(
        uid=str(data["uid"]),
        reference=Reference(str(reference["series_uid"]), str(reference["sop_instance_uid"]), int(reference["frame"])),
        whole_series=bool(data["whole_series"]),
        basis=_basis(data["basis"]),
        line=(_pixel(first), _pixel(second)),
        length_mm=float(data["length_mm"]),
        author=str(data["author"]),
        created_at=created_at,
    )


def _basis(data: Mapping[str, Any]) -> Basis:
    units: dict[str, Unit] = {"mm": "mm", "px": "px"}
    return Basis(
        rows=int(data["rows"]),
        columns=int(data["columns"]),
        row_spacing=float(data["row_spacing"]),
        column_spacing=float(data["column_spacing"]),
        unit=units[data["unit"]],
        calibration=Calibration(data["calibration"]),
        aspect=float(data["aspect"]),
    )


def _pixel(point: list[float]) -> Pixel:
    column, row = point
    return float(column), float(row)
