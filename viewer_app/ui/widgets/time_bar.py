"""The time slider: from phase to phase at one place in the patient."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer_app import resources
from viewer_app.session.cine import Cine
from viewer_app.session.strip import Axis
from viewer_app.ui.widgets.elided_label import ElidedLabel
from viewer_app.ui.widgets.frame_slider import FrameSlider
from viewer_app.ui.widgets.tool_button import ToolButton

_LABEL_PX = 150


class TimeBar(QWidget):
    """Names the phase on show ("b = 800 s/mm²") and goes to others; hidden where there is only one, or time is played.

    It then stands in the slider of the cine itself.
    """

    def __init__(self, cine: Cine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cine = cine
        keys = resources.table("shortcuts.json")
        self._back = ToolButton("step-back", "Previous phase", keys["previous_phase"][0])
        self._forward = ToolButton("step-forward", "Next phase", keys["next_phase"][0])
        self._slider = FrameSlider("Phase", has_range=False)
        self._label = ElidedLabel("secondary")
        self._label.setFixedWidth(_LABEL_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self._back, self._slider, self._forward, self._label):
            row.addWidget(widget, 1 if widget is self._slider else 0)
        self._back.clicked.connect(lambda: cine.step_phase(-1))
        self._forward.clicked.connect(lambda: cine.step_phase(1))
        self._slider.frame_wanted.connect(cine.go_to_phase)
        cine.changed.connect(self._show)
        cine.moved.connect(self._show)
        self._show()

    def _show(self) -> None:
        strip = self._cine.strip
        self.setVisible(len(strip.phases) > 1 and strip.axis is Axis.SLICES)
        self._slider.show_frames(len(strip.phases), strip.phase)
        self._label.set_full_text(strip.stack.label if strip.stack is not None else "")
