"""What "About this series" says, against the headers it says it of; and what is written over the image of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from tests.made import image, stack
from viewer_app.imaging.documents import LineKind
from viewer_app.imaging.geometry import Calibration
from viewer_app.measure.measurement import Reference
from viewer_app.measure.user_calibration import Basis, UserCalibration
from viewer_app.ui.series_facts import _SCALES, about_series
from viewer_app.ui.views.badges import most_important
from viewer_app.ui.views.corner_layout import wrapped


def test_every_way_to_know_millimetres_has_a_sentence() -> None:
    assert set(_SCALES) == set(Calibration)


def test_a_doubt_on_some_images_is_counted() -> None:
    lossy: dict[str, Any] = {"LossyImageCompression": "01", "LossyImageCompressionRatio": "12"}
    images = [image(n, origin=(0.0, 0.0, float(n)), **(lossy if n == 2 else {})) for n in (1, 2, 3)]
    told = about_series(stack(images))
    assert [line.text for line in told.lines if line.kind is LineKind.WARNING] == [
        "Lossy compression 12:1 (1 of 3 images)"
    ]


def test_images_that_could_not_be_read_are_named_by_their_number() -> None:
    images = [image(n, origin=(0.0, 0.0, float(n))) for n in range(1, 6)]
    told = about_series(stack(images), {4: "The file is damaged.", 0: "The file is damaged.", 2: "It is gone."})
    words = told.as_text()
    assert "2 images (1, 5): The file is damaged." in words
    assert "Image 3: It is gone." in words


def test_values_without_a_unit_are_told() -> None:
    assert "The file proves no unit" in about_series(stack([image(Modality="MR", RescaleType=None)])).as_text()
    assert "Unit: HU" in about_series(stack([image()])).as_text()


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (3, 3), (4, 4), (9, 4)])
def test_few_doubts_are_written_over_the_image(count: int, shown: int) -> None:
    badges = most_important([f"Doubt {number}." for number in range(count)])
    assert len(badges) == shown
    assert badges[:3] == tuple(f"Doubt {number}." for number in range(min(count, 3)))
    if count > 3:
        assert badges[3].startswith(f"{count - 3} more …")


def test_a_long_sentence_keeps_all_its_words(qtbot: QtBot) -> None:
    metrics = QFontMetricsF(QFont())
    sentence = "Estimate: 100 mm here are about 93 mm in the patient (÷ 1.07)."
    room = metrics.horizontalAdvance(sentence) / 2.5
    lines = wrapped(sentence, metrics, room)
    assert " ".join(lines) == sentence
    assert len(lines) >= 3
    assert all(metrics.horizontalAdvance(line) <= room for line in lines)


def test_a_users_calibration_stands_before_what_the_file_says() -> None:
    made = stack([image(Modality="CR", ImagePositionPatient=None, ImageOrientationPatient=None, PixelSpacing=None)])
    shown = made.images[0]
    reference = Reference(made.info.series_uid, shown.sop_instance_uid)
    line, day = ((0.0, 1.0), (50.0, 1.0)), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    given = UserCalibration("c", reference, True, Basis.of(shown), line, 25.0, "dr", day)
    told = about_series(made, calibration=given).as_text()
    assert "Lengths of this series are in mm by a line of known length" in told
    assert "User calibration, 2026-11-23 by dr" in told
    assert "0.50 × 0.50\u2009mm" in told
    assert told.index("User calibration") < told.index("Lengths are in pixels: the file does not prove a scale.")
