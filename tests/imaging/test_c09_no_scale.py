"""C09, H40: without a proven scale lengths are in pixels, and the reason is told."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from tests.made import frame, image, stack
from viewer_app.imaging.geometry import Calibration

UNUSABLE = [
    b"0\\0", b"-0.5\\0.5", b"0.5\\-0.5", b"0.5", b"0.5\\0.5\\0.5", b"nan\\nan", b"inf\\inf", b"0,5\\0,7",
    b"half a millimetre", b"1e-30\\1e-30", b"1e30\\1e30", b"0.5\\", b"\\", b"\xff\xfe", b"",
]  # fmt: skip


def with_raw(keyword_tag: int, value: bytes, **values: Any) -> Any:
    """An image whose element holds these bytes, as a file would bring them."""
    made = image(**values)
    made._dict[Tag(keyword_tag)] = RawDataElement(Tag(keyword_tag), "DS", len(value), value, 0, False, True)
    return made


@pytest.mark.parametrize("value", UNUSABLE, ids=repr)
def test_a_spacing_that_is_none(value: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = frame(with_raw(0x00280030, value))
    assert (found.plane.unit, found.plane.calibration) == ("px", Calibration.NONE)
    assert found.plane.spacing == (1.0, 1.0)
    assert not found.plane.located
    assert any("Pixel Spacing" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "OT", "", "XX"])
def test_no_spacing_at_all(modality: str) -> None:
    found = frame(image(PixelSpacing=None, Modality=modality))
    assert found.plane.unit == "px"
    assert "pixels" in " ".join(found.doubts)


@pytest.mark.parametrize("modality", ["OT", "SC", "US", ""])
def test_a_spacing_without_a_place_proves_nothing_outside_cross_sections(modality: str) -> None:
    found = frame(image(ImagePositionPatient=None, Modality=modality))
    assert found.plane.unit == "px"
    assert found.doubts


def test_ultrasound_never_trusts_pixel_spacing() -> None:
    assert frame(image(Modality="US")).plane.unit == "px"


def test_the_image_of_an_unusable_spacing_is_still_shown() -> None:
    found = stack([with_raw(0x00280030, b"0\\0", number=n, origin=(0.0, 0.0, float(n))) for n in range(3)])
    assert len(found.images) == 3
    assert not found.report.is_volume
    assert any("Pixel Spacing" in note for note in found.report.notes)


def test_tests_read_as_the_product_does() -> None:
    assert config.settings.reading_validation_mode == config.WARN
