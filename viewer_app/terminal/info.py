"""`viewer-app info`: what a place holds, its geometry, and what of it cannot be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from viewer_app import scripting
from viewer_app.errors import CaliperError, NothingToShow
from viewer_app.imaging.geometry import plane_name
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.imaging.objects import object_name
from viewer_app.imaging.pixels import FrameReader
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.lossy import lossy_words
from viewer_app.progress import Watch
from viewer_app.terminal.image_facts import image_facts

Password = Callable[[str, str], str | None]
Facts = dict[str, Any]


def gather(place: str, password: Password | None = None, *, check_pixels: bool = True) -> Facts:
    """Patients, studies, series and problems of `place`, as plain JSON values.

    With `check_pixels` every image is decoded once, so that what cannot be shown is named.
    """
    try:
        studies = scripting.open_studies(place, password=password)
    except NothingToShow as error:
        return {"place": place, "patients": [], "problems": [{"where": place, "why": str(error)}]}
    with studies:
        problems = list(studies.problems)
        patients: dict[Any, Facts] = {}
        for study in studies:
            patient = patients.setdefault(study.patient, {**_patient(study), "studies": []})
            patient["studies"].append(_study(study))
            problems.extend(study.record.problems)
            if check_pixels:
                problems.extend(_unreadable(studies, study))
    listed = [{"where": problem.where, "why": problem.why} for problem in problems]
    return {"place": place, "patients": list(patients.values()), "problems": listed}


def _patient(study: scripting.Study) -> Facts:
    patient = study.patient
    return {"id": patient.patient_id, "name": patient.name, "birth_date": patient.birth_date, "sex": patient.sex}


def _study(study: scripting.Study) -> Facts:
    info = study.info
    others = [object_name(instance) for instance in study.other_objects]
    return {
        "study_uid": info.study_uid,
        "date": info.date,
        "description": info.description,
        "accession_number": info.accession_number,
        "series": [_series(series) for series in study.series],
        "not_images": {name: others.count(name) for name in sorted(set(others))},
    }


def _series(series: scripting.Series) -> Facts:
    stack = series.stack
    pixel_format = stack.images[0].instance.pixel_format
    assert pixel_format is not None
    doubts = dict.fromkeys(doubt for image in stack.images for doubt in image.frame.doubts)
    return {
        "series_uid": stack.info.series_uid,
        "stack": stack.number,
        "label": stack.label,
        "number": stack.info.number,
        "modality": stack.info.modality,
        "description": stack.info.description,
        "images": len(stack.images),
        "rows": pixel_format.rows,
        "columns": pixel_format.columns,
        "transfer_syntaxes": sorted({image.instance.transfer_syntax_uid for image in stack.images}),
        "value_unit": stack.images[0].frame.rescale.unit,
        "rescale": _rescale(stack),
        "geometry": _geometry(stack),
        "doubts": list(doubts),
        "lossy": sorted({words for image in stack.images if (words := lossy_words(image.instance))}),
        **image_facts(stack),
    }


def _rescale(stack: Stack) -> Facts:
    """Slope and intercept where all images share them, else None."""
    found = {image.frame.rescale for image in stack.images}
    shared = stack.images[0].frame.rescale if len(found) == 1 else None
    return {
        "slope": shared.slope if shared else None,
        "intercept": shared.intercept if shared else None,
        "units": sorted({rescale.unit for rescale in found}),
    }


def _geometry(stack: Stack) -> Facts:
    plane, report = stack.images[0].plane, stack.report
    return {
        "plane": plane_name(plane),
        "located": plane.located,
        "unit": plane.unit,
        "calibration": plane.calibration.value,
        "calibrations": sorted({image.plane.calibration.value for image in stack.images}),
        "pixel_spacing": list(plane.spacing),
        **_places(stack),
        "step_mm": report.step_mm,
        "tilt_deg": report.tilt_deg,
        "is_volume": report.is_volume,
        "affine": stack.affine.tolist() if report.is_volume else None,
        "warnings": list(report.warnings),
        "notes": list(report.notes),
        "report": [asdict(finding) for finding in report.findings],
    }


def _places(stack: Stack) -> Facts:
    """Patient coordinates in LPS mm; None where the images have no place."""
    first, last = stack.images[0].plane, stack.images[-1].plane
    here = first.located
    return {
        "first_position": list(first.origin) if here else None,
        "last_position": list(last.origin) if here else None,
        "row_direction": list(first.row_direction) if here else None,
        "column_direction": list(first.column_direction) if here else None,
        "frame_of_reference_uid": first.frame_of_reference_uid,
    }


def _unreadable(studies: scripting.Studies, study: scripting.Study) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for series in study.series:
        for instance in series.instances:
            why = "" if instance.identity in seen else _why_not(studies, instance)
            seen.add(instance.identity)
            if why:
                yield Problem(instance.locator, why)


def _why_not(studies: scripting.Studies, instance: Instance) -> str:
    watch = Watch()
    try:
        with studies.source.open(instance, watch) as file:
            reader = FrameReader(file, instance, watch)
            for frame in instance.frames:
                reader.frame(frame.number, watch)
            return " ".join(reader.doubts)
    except CaliperError as error:
        return str(error)


def as_text(found: Facts) -> str:
    """The facts for reading in a terminal."""
    lines: list[str] = []
    for patient in found["patients"]:
        lines.append(f"Patient {patient['name'] or 'without a name'}  ID {patient['id'] or '–'}".rstrip())
        for study in patient["studies"]:
            lines.extend(_study_lines(study))
    problems = found["problems"]
    if problems:
        lines.append(f"Problems ({len(problems)})")
        lines.extend(f"  {problem['where']}: {problem['why']}" for problem in problems)
    return "\n".join(_printable(line) for line in lines)


def _study_lines(study: Facts) -> Iterator[str]:
    yield f"  Study {study['date'] or 'without a date'}  {study['description']}".rstrip()
    for series in study["series"]:
        name = f"{series['modality'] or '–'} {series['description']}".rstrip()
        label = f" · {series['label']}" if series["label"] else ""
        yield f"    {name}{label}: {_images(series)}, {_scale(series['geometry'])}"
        for sentence in (*series["geometry"]["warnings"], *series["geometry"]["notes"]):
            yield f"      {sentence}"
    for name, count in study["not_images"].items():
        yield f"    {count} × {name}, not an image"


def _images(series: Facts) -> str:
    count = series["images"]
    return f"{count} {'image' if count == 1 else 'images'} of {series['columns']} × {series['rows']}"


def _scale(geometry: Facts) -> str:
    if geometry["unit"] != "mm":
        return "no scale for the whole image"
    across, down = geometry["pixel_spacing"][1], geometry["pixel_spacing"][0]
    step = f" × {geometry['step_mm']:g}" if geometry["step_mm"] else ""
    plane = f", {geometry['plane']}" if geometry["plane"] else ""
    return f"{across:g} × {down:g}{step} mm{plane}, {geometry['calibration']}"


def _printable(line: str) -> str:
    """Without control characters and lone surrogates, which a terminal would act on or refuse."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)
