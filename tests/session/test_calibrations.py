"""The user's calibrations of an opened study: what they change, and that taking one back brings all back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.session.sitting import Sitting
from tests.sources.places import write_study
from viewer_app.errors import CaliperError
from viewer_app.imaging.geometry import Calibration
from viewer_app.measure.measurement import Record, Reference
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.phantom.dicom import image_dataset, uid, write_series
from viewer_app.session.history import Change
from viewer_app.session.study import OpenStudy
from viewer_app.store import StoredCalibration

LINE = ((10.0, 10.0), (40.0, 50.0))
"""50 pixels long."""


def radiographs(folder: Path) -> Path:
    """A series of two images without any scale."""
    stored = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    write_series(folder, [image_dataset(stored, None, modality="CR", name="hip", number=number) for number in (1, 2)])
    return folder


@pytest.fixture
def opened(sitting: Sitting, tmp_path: Path) -> OpenStudy:
    return sitting.open(radiographs(tmp_path / "images"))


def carry(opened: OpenStudy, before: UserCalibration | None, after: UserCalibration | None) -> None:
    """What the history does in one step."""
    changes = opened.calibrations.effects(before, after, opened.measurements.records, lambda drawn: {})
    opened.calibrations.replace(before, after)
    opened.measurements.carry_out([Change(old, new) for old, new in changes])


def told(found: Record | None) -> tuple[float | None, str, str]:
    assert found is not None
    value = found.values[0]
    return value.number, value.unit, value.provenance.partition(",")[0]


def test_every_measurement_of_the_image_follows_and_comes_back(sitting: Sitting, opened: OpenStudy) -> None:
    drawn = sitting.draw("distance", (0.0, 0.0), (20.0, 0.0))
    assert told(drawn) == (20.0, "px", "not calibrated")
    reference = drawn.measurement.reference
    assert reference is not None
    before, after = opened.calibrations.drawn(reference, LINE, 100.0, whole_series=False, author="dr")
    assert before is None
    assert opened.calibrations.all == ()
    carry(opened, before, after)
    number, unit, origin = told(opened.measurements.get(drawn.measurement.uid))
    assert (unit, origin) == ("mm", "user calibration")
    assert number == pytest.approx(40.0)
    now = opened.measurements.get(drawn.measurement.uid)
    assert now is not None
    assert now.measurement == drawn.measurement
    carry(opened, after, None)
    assert opened.measurements.get(drawn.measurement.uid) == drawn


def test_a_series_follows_one_line_and_an_image_its_own(sitting: Sitting, opened: OpenStudy) -> None:
    stack = opened.stacks[0]
    first, second = (Reference(stack.info.series_uid, image.sop_instance_uid) for image in stack.images)
    calibrations = opened.calibrations
    carry(opened, *calibrations.drawn(first, LINE, 50.0, whole_series=True, author=""))
    for reference in (first, second):
        plane = calibrations.plane(reference, stack.images[0].plane)
        assert plane.calibration is Calibration.USER
        assert plane.spacing == pytest.approx((1.0, 1.0))
    carry(opened, *calibrations.drawn(second, LINE, 25.0, whole_series=False, author=""))
    assert calibrations.plane(first, stack.images[0].plane).spacing == pytest.approx((1.0, 1.0))
    assert calibrations.plane(second, stack.images[0].plane).spacing == pytest.approx((0.5, 0.5))


def test_what_is_drawn_afterwards_follows_at_once(sitting: Sitting, opened: OpenStudy) -> None:
    reference = opened.current_reference()
    assert reference is not None
    carry(opened, *opened.calibrations.drawn(reference, LINE, 25.0, whole_series=False, author="dr"))
    drawn = sitting.draw("distance", (0.0, 0.0), (20.0, 0.0))
    number, unit, _ = told(drawn)
    assert unit == "mm"
    assert number == pytest.approx(10.0)
    assert drawn.measurement.figures[0].plane.unit == "px"
    opened.measuring.check_stored_numbers()
    assert not opened.measurements.differs(drawn.measurement.uid)


def test_a_second_line_takes_the_place_of_the_first(sitting: Sitting, opened: OpenStudy) -> None:
    drawn = sitting.draw()
    reference = drawn.measurement.reference
    assert reference is not None
    carry(opened, *opened.calibrations.drawn(reference, LINE, 50.0, whole_series=False, author=""))
    (first,) = opened.calibrations.all
    before, after = opened.calibrations.drawn(reference, LINE, 75.0, whole_series=False, author="")
    assert (before, after.uid) == (first, first.uid)
    carry(opened, before, after)
    assert opened.calibrations.all == (after,)
    carry(opened, after, before)
    assert opened.calibrations.all == (first,)


def test_what_the_store_holds_is_in_force_again(sitting: Sitting, opened: OpenStudy) -> None:
    drawn = sitting.draw()
    reference = drawn.measurement.reference
    assert reference is not None
    _, made = opened.calibrations.drawn(reference, LINE, 50.0, whole_series=False, author="")
    study_id = sitting.store.studies()[0].study_id
    sitting.store.put_calibration(study_id, made)
    opened.calibrations.load((*sitting.store.calibrations(study_id), StoredCalibration("lost", None)))
    assert opened.calibrations.of(reference) == made
    assert opened.calibrations.damaged == ("lost",)
    assert opened.calibrations.scales(drawn.measurement) == {reference: made.scale}


def test_a_slice_of_a_ct_is_refused_in_words(sitting: Sitting, tmp_path: Path) -> None:
    opened = sitting.open(write_study(tmp_path / "ct", "ct"))
    reference = opened.current_reference()
    assert reference is not None
    with pytest.raises(CaliperError, match="in mm already"):
        opened.calibrations.drawn(reference, LINE, 50.0, whole_series=False, author="")
    with pytest.raises(CaliperError, match="not in the study"):
        opened.calibrations.drawn(Reference(uid("a"), uid("b")), LINE, 50.0, whole_series=False, author="")
