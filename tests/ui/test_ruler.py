"""Scale bar, real size and badges where lengths follow a user's line instead of the file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.made import image, stack
from viewer_app.errors import ImageError
from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.imaging.headers import Patient, StudyInfo
from viewer_app.ui.screen_scale import real_size_scale, real_size_words
from viewer_app.ui.views.camera import Camera
from viewer_app.ui.views.corner_text import Density, corner_text
from viewer_app.ui.views.ruler import ruler

PIXELS = Plane.in_pixels()
SQUARE = Plane.unlocated(0.25, 0.25, "mm", Calibration.USER)
TALL = Plane.unlocated(0.5, 0.25, "mm", Calibration.USER)
STUDY = StudyInfo("1.2.3")
WORDS = "User calibration, 2026-11-23 by dr"


def camera(turns: int = 0, *, flipped: bool = False) -> Camera:
    return Camera(3.0, (50.0, 50.0), (640.0, 480.0), flipped, turns)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize(("turns", "size_mm"), [(0, 0.5), (1, 0.25), (2, 0.5), (3, 0.25)])
def test_an_upright_bar_is_as_long_as_what_it_stands_beside(turns: int, size_mm: float, flipped: bool) -> None:
    """Two pixels apart on a line that is upright on the screen: so many screen pixels for so many mm."""
    seen = camera(turns, flipped=flipped)
    along = (1, 0) if turns % 2 else (0, 1)
    start, end = seen.to_screen(PIXELS.in_plane(PIXELS.to_patient([(10, 10), (10 + 2 * along[0], 10 + 2 * along[1])])))
    assert end[0] == pytest.approx(start[0])
    assert ruler(PIXELS, TALL, seen).scale == pytest.approx(abs(end[1] - start[1]) / (2 * size_mm))


def test_without_a_calibration_it_is_the_camera_itself() -> None:
    assert ruler(PIXELS, PIXELS, camera()) == camera()


def test_real_size_follows_the_users_line() -> None:
    """100 pixels of a quarter of a millimetre are 25 mm, 4 screen pixels each."""
    scale = real_size_scale(PIXELS, 4.0, SQUARE)
    assert scale * 100 == pytest.approx(25 * 4.0)
    assert real_size_words(PIXELS, scale, 4.0, SQUARE) == "1:1 (user calibration)"
    assert real_size_words(PIXELS, 4.0, 4.0, SQUARE) == ""
    with pytest.raises(ImageError, match="drawn square"):
        real_size_scale(PIXELS, 4.0, TALL)
    assert real_size_words(PIXELS, 1.0, 4.0, TALL) == ""
    detector = Plane.unlocated(0.2, 0.1, "mm", Calibration.DETECTOR)
    assert real_size_scale(detector, 4.0, Plane.unlocated(0.1, 0.05, "mm", Calibration.USER)) == pytest.approx(2.0)


@pytest.mark.parametrize("modality", ["DX", "PX"])
def test_the_badge_takes_the_place_of_what_the_file_says_of_its_scale(modality: str) -> None:
    values: dict[str, Any] = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
    made = stack([image(Modality=modality, ImagerPixelSpacing=["0.2", "0.2"], LossyImageCompression="01", **values)])
    frame = made.images[0].frame
    assert frame.scale_doubts
    for density in Density:
        badges = corner_text(Patient(), STUDY, made, 0, None, 1.0, density, calibration=WORDS).badges
        assert badges[0] == WORDS
        assert not set(frame.scale_doubts) & set(badges)
        assert any("ompress" in badge for badge in badges)
        assert any("Panoramic" in badge for badge in badges) == (modality == "PX")
        assert frame.doubts[0] in corner_text(Patient(), STUDY, made, 0, None, 1.0, density).badges
