"""The whole way of a place into views: list, assemble, stack, load, and what scripts and `info` get of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.hostile.case import NEIGHBOUR_ID, Seen, Shown
from tests.imaging.pixels.records import ramp
from viewer_app import scripting
from viewer_app.errors import CaliperError, NothingToShow
from viewer_app.imaging.geometry import Plane
from viewer_app.imaging.headers import Patient
from viewer_app.imaging.objects import is_image, object_name
from viewer_app.imaging.stacks import Stack, stacks_of
from viewer_app.imaging.study import Study
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.dicom import image_dataset
from viewer_app.progress import Watch
from viewer_app.sources import open_source
from viewer_app.sources.base import Source
from viewer_app.sources.loading import load
from viewer_app.terminal.info import as_text, gather

_NEIGHBOUR = ramp((16, 16), "u2", 0, 4095)[::-1]


def put_neighbour(folder: Path) -> None:
    """A healthy image of another patient."""
    plane = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1.0, 1.0)
    image = image_dataset(_NEIGHBOUR, plane, name="neighbour", PatientID=NEIGHBOUR_ID, PatientName="Good^Neighbour")
    image.save_as(folder / "neighbour.dcm", enforce_file_format=True)


def look(place: Path, *, lonely: bool) -> Seen:
    """Everything that is seen of `place`; a healthy neighbour must be right and is left out.

    Any error that is not of Caliper's own family comes through.
    """
    found = gather(str(place))
    json.dumps(found)
    assert as_text(found)
    told = tuple((problem["where"], problem["why"]) for problem in found["problems"])
    source = open_source(str(place))
    try:
        studies = source.find(Watch()).studies
        good = [study for study in studies if _is_neighbour(study.patient)]
        assert len(good) == (not lonely), "the neighbour is not listed once"
        for study in good:
            _check_neighbour(source, study)
        seen = _seen(source, [study for study in studies if study not in good], told)
    except NothingToShow as error:
        assert lonely, f"the neighbour is not shown: {error}"
        return Seen(told=told)
    finally:
        source.close()
    _check_scripting(place, seen)
    return seen


def _is_neighbour(patient: Patient) -> bool:
    return (patient.patient_id, patient.name) == (NEIGHBOUR_ID, "Good^Neighbour")


def _check_neighbour(source: Source, study: Study) -> None:
    seen = _seen(source, [study], ())
    assert [np.array_equal(item.stored, _NEIGHBOUR) for item in seen.shown] == [True], "the neighbour is not right"
    assert seen.shown[0].image.plane.unit == "mm" and not seen.shown[0].image.frame.doubts


def _seen(source: Source, studies: list[Study], told: tuple[tuple[str, str], ...]) -> Seen:
    shown: list[Shown] = []
    failed: list[str] = []
    sizes: list[int] = []
    for study in studies:
        for series in study.series:
            for stack in stacks_of(series):
                sizes.append(len(stack.images))
                try:
                    shown.extend(_loaded(source, stack, failed))
                except CaliperError as error:
                    failed.append(str(error))
    assert all(text and text.endswith(".") for text in failed), failed
    others = [object_name(item) for study in studies for item in study.instances if not is_image(item)]
    identities = [(study.patient.patient_id, study.patient.name) for study in studies]
    return Seen(tuple(shown), tuple(failed), told, tuple(others), tuple(sizes), tuple(identities))


def _loaded(source: Source, stack: Stack, failed: list[str]) -> Iterator[Shown]:
    volume = Volume(stack)
    load(source, volume, Watch())
    failed.extend(volume.failed.values())
    for index, image in enumerate(stack.images):
        if not volume.has(index):
            assert index in volume.failed, "a frame is missing without a word"
            continue
        window = volume.default_window(index)
        greys = volume.greys(index, window)
        stored = volume.image(index).stored
        assert greys.shape[:2] == stored.shape[:2] and greys.dtype == np.uint8
        assert np.isfinite((window.center, window.width)).all() and window.width > 0
        yield Shown(image, stack.report, stored.copy(), window.width, volume.doubts.get(index, ()))


def _check_scripting(place: Path, seen: Seen) -> None:
    """A script gets the same pixels, one by one, and the same refusals."""
    shown = {(item.image.sop_instance_uid, item.image.frame.number, item.stored.tobytes()) for item in seen.shown}
    with scripting.open_studies(place) as studies:
        for study in studies:
            for series in () if _is_neighbour(study.patient) else study.series:
                for index, image in enumerate(series.stack.images[:3]):
                    try:
                        stored = series.image(index).stored
                    except CaliperError:
                        continue
                    same = stored.astype(_dtype_of(seen, stored.dtype)).tobytes()
                    assert (image.sop_instance_uid, image.frame.number, same) in shown, "scripts get other pixels"


def _dtype_of(seen: Seen, other: np.dtype[np.generic]) -> np.dtype[np.generic]:
    kinds = {item.stored.dtype for item in seen.shown}
    return kinds.pop() if len(kinds) == 1 else other
