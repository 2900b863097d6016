"""Linking by hand what positions link already: asked for by a button, and told in the view."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.cases import case
from tests.ui.job.conftest import Start
from tests.ui.job.driver import LEFT, settle
from tests.ui.job.test_layouts import press_in
from tests.ui.job.test_together import AXIAL, CASE, PERFUSION, layout_of, nearest, trigger, words


def test_positions_are_overridden_by_a_button_and_that_is_told(start: Start) -> None:
    brain = start(case(CASE))
    brain.wait_for_image()
    brain.wait_for_rest()
    press_in(brain, AXIAL)
    leader, follower = layout_of(brain).views[AXIAL].index, layout_of(brain).views[PERFUSION].index
    assert follower != nearest(brain, PERFUSION, AXIAL)
    trigger(brain, "link_by_hand")
    button = brain.window.message.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    assert button.text() == "Link these slices all the same"
    QTest.mouseClick(button, LEFT)
    settle()
    assert "whatever their positions say" in brain.message
    assert words(brain)[PERFUSION].startswith("linked by hand, not by position")
    assert layout_of(brain).views[AXIAL].index == leader
    assert layout_of(brain).views[PERFUSION].index == follower
    trigger(brain, "unlink_by_hand")
    brain.wheel(-1)
    assert words(brain)[PERFUSION] in ("", "beyond this stack")
    assert layout_of(brain).views[PERFUSION].index == nearest(brain, PERFUSION, AXIAL)
