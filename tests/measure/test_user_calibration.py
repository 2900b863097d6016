"""A line of known length: a scale where the file proves none, told as the user's, refused where geometry is known."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from tests.made import image as data_set
from tests.made import record as header
from tests.measure.made import NOW
from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Calibration, vector
from viewer_app.imaging.headers import Image, Rescale
from viewer_app.imaging.volume import PlanarImage
from viewer_app.measure.calibrate import calibrated
from viewer_app.measure.calibration_serial import calibration_from_json, calibration_to_json
from viewer_app.measure.evaluate import evaluate, record, rescaled
from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Figure, Measurement, Place, Reference
from viewer_app.measure.user_calibration import (
    Basis,
    UserCalibration,
    calibrated_plane,
    checked,
    in_force,
    refuse_known_geometry,
)
from viewer_app.phantom.dicom import image_dataset
from viewer_app.phantom.projections import LINE, PROJECTIONS, Projection
from viewer_app.phantom.ultrasound import SCREENS

NOWHERE: dict[str, Any] = {"PixelSpacing": None, "ImagePositionPatient": None, "ImageOrientationPatient": None}
DAY = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
BALL_MM = 25.4
WORDS = "user calibration, 2026-11-23 by dr.x"


def image_of_dataset(dataset: Any) -> Image:
    instance = header(dataset)
    return Image(instance, instance.frames[0])


def reference_of(image: Image) -> Reference:
    return Reference(image.instance.series.series_uid, image.sop_instance_uid, image.frame.number)


def calibration(image: Image, line: Any = LINE, length_mm: float = BALL_MM, **changes: Any) -> UserCalibration:
    made = UserCalibration("c1", reference_of(image), False, Basis.of(image), line, length_mm, "dr.x", DAY)
    return checked(replace(made, **changes))


def drawn(image: Image, pixels: Any, kind: str = "distance") -> Measurement:
    points = tuple(vector(point) for point in image.plane.to_patient(pixels))
    return Measurement("m", kind, (Figure(image.plane, points, reference_of(image)),), "", "", "", NOW, NOW)


@pytest.mark.parametrize("row", PROJECTIONS, ids=lambda row: row.name)
def test_the_line_itself_is_as_long_as_it_was_said(row: Projection) -> None:
    """On every projection: the object's own line, and half of it, in mm, whatever the file's spacing."""
    image = image_of_dataset(row.image)
    given = calibration(image)
    scales = {given.reference: given.scale}
    (whole,) = evaluate(drawn(image, LINE), {}, scales)
    assert whole.number == pytest.approx(BALL_MM, rel=1e-12)
    assert (whole.unit, whole.provenance, whole.note) == ("mm", WORDS, "")
    middle = np.mean(LINE, axis=0)
    (half,) = evaluate(drawn(image, [LINE[0], middle]), {}, scales)
    assert half.number == pytest.approx(BALL_MM / 2, rel=1e-12)
    assert whole.uncertainty is not None
    assert half.uncertainty is not None
    assert half.uncertainty < whole.uncertainty


@pytest.mark.parametrize("row", PROJECTIONS, ids=lambda row: row.name)
def test_the_pixels_keep_their_shape(row: Projection) -> None:
    """The ratio of the spacings is the file's; the sizes are the line's."""
    image = image_of_dataset(row.image)
    plane = calibration(image).scale.plane
    assert (plane.unit, plane.calibration, plane.located) == ("mm", Calibration.USER, False)
    assert plane.row_spacing / plane.column_spacing == pytest.approx(
        image.plane.row_spacing / image.plane.column_spacing, rel=1e-12
    )
    (ends,) = np.diff(plane.to_patient(LINE), axis=0)
    assert np.linalg.norm(ends) == pytest.approx(BALL_MM, rel=1e-12)


def test_pixels_that_are_not_square() -> None:
    """Pixel Aspect Ratio 4:3: 40 rows are as long as 53.3 columns."""
    image = image_of_dataset(data_set(Modality="OT", SOPClassUID="1.2.840.10008.5.1.4.1.1.7", size=(48, 40),
                                      PixelAspectRatio=[4, 3], PixelSpacing=None, ImagePositionPatient=None,
                                      ImageOrientationPatient=None))  # fmt: skip
    assert (image.plane.unit, image.frame.pixel_aspect) == ("px", 4 / 3)
    given = calibration(image, ((0.0, 5.0), (30.0, 5.0)), 15.0)
    assert given.scale.plane.spacing == pytest.approx((0.5 * 4 / 3, 0.5))
    (down,) = evaluate(drawn(image, [(3, 0), (3, 30)]), {}, {given.reference: given.scale})
    assert down.number == pytest.approx(20.0, rel=1e-12)


def test_its_uncertainty_is_that_of_its_line() -> None:
    """A line of 100 px along a row is off by a pixel: one per cent, on top of the pixels of what is measured."""
    image = image_of_dataset(image_dataset(np.zeros((200, 200), np.uint16), None, modality="CR", name="line"))
    given = calibration(image, ((10.0, 10.0), (110.0, 10.0)), 50.0)
    scale = given.scale
    assert scale.relative_uncertainty == pytest.approx(0.01, rel=0.01)
    (value,) = evaluate(drawn(image, [(10, 50), (50, 50)]), {}, {given.reference: scale})
    sideways = math.hypot(20.0, 0.25) - 20.0
    assert value.number == pytest.approx(20.0)
    assert value.uncertainty == pytest.approx(0.5 + 2 * sideways + 20.0 * scale.relative_uncertainty, rel=1e-9)


@pytest.mark.parametrize(
    ("line", "length_mm", "told"),
    [
        (LINE, 0.0, "above zero"),
        (LINE, -25.4, "above zero"),
        (LINE, math.nan, "above zero"),
        (LINE, math.inf, "above zero"),
        (((3.0, 3.0), (3.0, 3.0)), 25.4, "too short"),
        (((3.0, 3.0), (9.0, 3.0)), 25.4, "too short"),
        (LINE, 1e9, "that large or small"),
        (LINE, 1e-9, "that large or small"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused(line: Any, length_mm: float, told: str) -> None:
    image = image_of_dataset(PROJECTIONS[0].image)
    with pytest.raises(CaliperError, match=told) as refusal:
        calibration(image, line, length_mm)
    assert refusal.value.advice


def test_where_geometry_is_known_it_is_refused() -> None:
    bare = data_set(Modality="CT", ImagePositionPatient=None, ImageOrientationPatient=None)
    for dataset in (data_set(), data_set(Modality="MR"), bare):
        with pytest.raises(CaliperError, match="in mm already"):
            refuse_known_geometry(image_of_dataset(dataset))
    for row in PROJECTIONS:
        refuse_known_geometry(image_of_dataset(row.image))


SCALED_SCREENS = [name for name, make in SCREENS.items() if any(line.length_mm for line in make().lines)]


@pytest.mark.parametrize("name", SCALED_SCREENS)
def test_ultrasound_regions_are_refused_and_keep_their_scale(name: str) -> None:
    """Also where another image of the series, without regions, was calibrated for all of it."""
    screen = SCREENS[name]()
    line = next(line for line in screen.lines if line.length_mm)
    instance = header(screen.images[line.index])
    image = Image(instance, instance.frames[line.frame - 1])
    with pytest.raises(CaliperError, match="scale of its own"):
        refuse_known_geometry(image)
    given = calibration(image, ((0.0, 0.0), (30.0, 0.0)), whole_series=True)
    assert in_force((given,), reference_of(image), image) is None


@pytest.mark.parametrize("name", SCALED_SCREENS)
def test_pixels_under_a_mark_are_those_it_was_drawn_on(name: str) -> None:
    """Figures and images are moved to the plane of the scale together, so that pixel points stay what they were."""
    screen = SCREENS[name]()
    line = next(line for line in screen.lines if line.length_mm)
    instance = header(screen.images[line.index])
    image = Image(instance, instance.frames[line.frame - 1])
    pixels = image.instance.pixel_format
    assert pixels is not None
    made = drawn(image, line.points)
    shown = PlanarImage.of(image, np.zeros((pixels.rows, pixels.columns)))
    found = calibrated(made, KINDS["distance"], {reference_of(image): shown})
    (figure,) = found.measurement.figures
    assert figure.plane.calibration is Calibration.REGION
    assert found.images[reference_of(image)].plane == figure.plane
    assert figure.plane.to_pixels(figure.points) == pytest.approx(np.array(line.points), abs=1e-9)


def test_marks_over_two_scales_stay_in_pixels_and_say_so() -> None:
    one, other = image_of_dataset(PROJECTIONS[0].image), image_of_dataset(data_set(2, Modality="CR", **NOWHERE))
    (first,), (second,) = drawn(one, LINE).figures, drawn(other, LINE).figures
    made = replace(drawn(one, LINE), figures=(first, second))
    given = calibration(one)
    (value,) = evaluate(made, {}, {given.reference: given.scale})
    assert (value.number, value.unit) == (50.0, "px")
    assert value.note == "points in two different scales"


def test_it_holds_for_its_image_or_its_series_and_for_the_same_pixels_alone() -> None:
    cr = {row.name: image_of_dataset(row.image) for row in PROJECTIONS}
    image = cr["CR, imager"]
    other = reference_of(cr["CR, nothing"])
    series = image.instance.series.series_uid
    mine, of_series = calibration(image), calibration(image, whole_series=True, uid="c2")
    sister = Reference(series, "2.25.99")
    both = (of_series, mine)
    assert in_force(both, reference_of(image), image) == mine
    assert in_force(both, sister, image) == of_series
    assert in_force((mine,), sister, image) is None
    assert in_force(both, other, image) is None
    assert in_force(both, sister, cr["CR, nothing"]) is None  # other spacing in the same series
    later = replace(of_series, uid="c3", created_at=DAY.replace(hour=9))
    assert in_force((later, of_series), sister, image) == later


def test_the_plane_that_lengths_follow() -> None:
    image = image_of_dataset(PROJECTIONS[0].image)
    assert calibrated_plane(image.plane, None) is image.plane
    assert calibrated_plane(image.plane, calibration(image)).calibration is Calibration.USER


def test_what_was_drawn_stays_and_pixel_values_stay() -> None:
    """Re-evaluated while the image is away: lengths follow the scale, values are those that were stored."""
    image = image_of_dataset(PROJECTIONS[0].image)
    stored = PlanarImage(image.plane, np.arange(48 * 40).reshape(48, 40), Rescale())
    given = calibration(image)
    scales = {given.reference: given.scale}
    for kind, pixels in (("distance", LINE), ("probe", [(20, 20)])):
        before = record(drawn(image, pixels, kind), {given.reference: stored}, Place(0, 0))
        after = rescaled(before, {}, scales)
        assert after.measurement is before.measurement
        assert rescaled(after, {}, {}).values == before.values
        assert (after == before) is (kind == "probe")
        assert after.values == evaluate(before.measurement, {given.reference: stored}, scales)


def test_it_comes_back_from_json() -> None:
    image = image_of_dataset(PROJECTIONS[1].image)
    given = calibration(image, ((0.1, 1 / 3), (30.7, 2e-7)), 1 / 3)
    written = json.loads(json.dumps(calibration_to_json(given), allow_nan=False))
    assert calibration_from_json(written) == given


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"line_px": [[1, 2]]},
        {"line_px": [[1, 2], [1, 2]]},
        {"length_mm": -1},
        {"length_mm": "long"},
        {"created_at": "2026-11-23T08:15:00"},
        {"basis": {}},
        {"reference": None},
    ],
)
def test_json_that_we_did_not_write_gives_no_scale(change: dict[str, Any]) -> None:
    written = calibration_to_json(calibration(image_of_dataset(PROJECTIONS[0].image)))
    with pytest.raises(ValueError, match=r"calibration|time|values|convert"):
        calibration_from_json(written | change)
