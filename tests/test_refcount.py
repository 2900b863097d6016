"""PySide6 6.12.0 on Python 3.11 loses references to None and True with each repaint until the process aborts.

None and True are immortal since Python 3.12 and their counts stand still there.
"""

from __future__ import annotations

import sys

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

REPAINTS = 500
TOLERANCE = 100  # other code takes and returns a few; the fault costs 6 of None and 1 of True for each repaint


def test_repaints_lose_no_reference_to_none_or_true(qtbot: QtBot) -> None:
    view = pyqtgraph.GraphicsView()
    qtbot.addWidget(view)
    box, image = pyqtgraph.ViewBox(), pyqtgraph.ImageItem(np.arange(64 * 64, dtype=np.int16).reshape(64, 64))
    box.addItem(image)
    view.setCentralItem(box)
    view.resize(200, 200)
    with qtbot.waitExposed(view):
        view.show()

    def repaint(times: int) -> None:
        for step in range(times):
            image.setLevels((step % 100, 2000 + step))
            view.repaint()
            QApplication.processEvents()

    repaint(20)
    before = sys.getrefcount(None), sys.getrefcount(True)
    repaint(REPAINTS)
    lost_none, lost_true = before[0] - sys.getrefcount(None), before[1] - sys.getrefcount(True)
    assert lost_none < TOLERANCE
    assert lost_true < TOLERANCE
