"""The picture of the real viewport: pixel for pixel what is seen, the patient only where shown, paper that is read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintPreviewWidget

from tests.ui.job.driver import CONTROL, Driver, settle
from viewer_app.errors import CaliperError
from viewer_app.ui.printing import PrintPreview, copy_view, picture_of


def greys(image: QImage) -> NDArray[np.uint8]:
    """Rows and columns."""
    plain = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.array(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width()]


def test_copied_is_what_is_on_the_screen(caliper: Driver) -> None:
    copy_view(caliper.viewport)
    copied = greys(QGuiApplication.clipboard().image())
    assert copied.max() > 200
    np.testing.assert_array_equal(copied, greys(caliper.viewport.grab().toImage()))


def test_a_larger_picture_shows_the_same_part_of_the_plane(caliper: Driver) -> None:
    caliper.wheel(-4, modifiers=CONTROL)  # below eight screen pixels for each image pixel, also when twice as large
    seen, large = greys(picture_of(caliper.viewport, 1.0)), greys(picture_of(caliper.viewport, 2.0))
    assert large.shape == (2 * seen.shape[0], 2 * seen.shape[1])
    mean = large.reshape(seen.shape[0], 2, seen.shape[1], 2).mean(axis=(1, 3))
    middle = np.s_[100:-100, 100:-100]  # letters are drawn anew
    assert np.abs(mean[middle] - seen[middle]).mean() < 3


def test_a_hidden_patient_is_in_no_picture(caliper: Driver) -> None:
    named = greys(picture_of(caliper.viewport, 1.0))
    caliper.window.actions_by_name["hide_patient"].trigger()
    hidden = greys(picture_of(caliper.viewport, 1.0))
    corner = np.s_[:60, :300]
    assert (named[corner] != hidden[corner]).any()
    np.testing.assert_array_equal(hidden, greys(caliper.viewport.grab().toImage()))


def test_the_preview_is_dark_ink_on_white_paper(caliper: Driver) -> None:
    failed: list[CaliperError] = []
    preview = PrintPreview(caliper.viewport, ("Header " * 5, "Second line"), failed.append, caliper.window)
    preview.resize(1000, 800)
    preview.open()
    caliper.wait_until(preview.isVisible)
    (sheet,) = preview.findChildren(QPrintPreviewWidget)
    caliper.wait_until(lambda: (greys(sheet.grab().toImage()) == 255).sum() > 10_000, "the page")
    page = greys(sheet.grab().toImage())
    white_rows, white_columns = np.nonzero(page == 255)
    top, left = white_rows.min(), white_columns.min()
    header = page[top + 2 : top + 60, left + 2 : left + 200]
    assert header.min() < 90
    assert not failed
    preview.close()
    settle()
