"""What is told over the images goes when it was read, and never hides which side is which."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QRect
from PySide6.QtTest import QTest

from tests.ui.job.driver import Driver
from viewer_app.errors import CaliperError
from viewer_app.ui import telling
from viewer_app.ui.widgets import Message

TOLD = "Nothing was linked by hand."


def test_plain_information_goes_by_itself_and_problems_and_offers_stay(
    caliper: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {"_LEAST_MS": 1, "_MS_A_LETTER": 0}
    for name, value in quick.items():
        monkeypatch.setattr(telling, name, value)
    says = caliper.window.telling
    says.tell(TOLD)
    assert caliper.message == TOLD
    caliper.wait_until(lambda: not caliper.message, "nothing over the images")
    stay: tuple[Callable[[], None], ...] = (
        partial(says.error, CaliperError("It went wrong.", "Do it again.")),
        partial(says.tell, TOLD, "Show", lambda: None),
        partial(says.show_message, Message.INFO, TOLD, stays=True),
    )
    for tell in stay:
        says.tell(TOLD)  # what is waited for is not taken for what comes after it
        tell()
        words = caliper.message
        QTest.qWait(60)
        assert caliper.message == words


def test_in_a_grid_of_sixteen_no_letter_is_covered(caliper: Driver) -> None:
    caliper.window.telling.tell(TOLD)
    for rows, columns in ((4, 4), (3, 3), (2, 4), (1, 1)):
        caliper.window.commands.arranging.grid(rows, columns)
        caliper.wait_until(lambda: len(caliper.window.viewports.shown) == rows * columns, "the grid")  # noqa: B023
        bar = caliper.window.message
        place = QRect(bar.mapToGlobal(bar.rect().topLeft()), bar.size())
        assert not any(place.intersects(letter) for letter in caliper.window.viewports.letter_places())
