"""The cine's keys: play, step, speed, range, loop and sweep, with the time slider where a series has phases."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer_app import resources
from viewer_app.measure.present import THIN_SPACE
from viewer_app.session.cine import Cine
from viewer_app.session.pace import FASTEST, SLOWEST
from viewer_app.session.phases import is_in_time
from viewer_app.session.reel import Repeat
from viewer_app.session.strip import Axis
from viewer_app.ui.widgets.elided_label import ElidedLabel
from viewer_app.ui.widgets.frame_slider import FrameSlider
from viewer_app.ui.widgets.plain import restyle, tool_tip
from viewer_app.ui.widgets.time_bar import TimeBar
from viewer_app.ui.widgets.tool_button import ToolButton

_AXES = tuple(Axis)
_SPEED_PX = 96
_STEP_KEYS = {
    Axis.SLICES: ("previous_image", "next_image"),
    Axis.PHASES: ("previous_phase", "next_phase"),
}


class CineBar(QFrame):
    """Shows and drives a `Cine`; its owner places it under the images."""

    def __init__(self, cine: Cine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cine = cine
        self._keys: dict[str, list[str]] = resources.table("shortcuts.json")
        self._slider = FrameSlider("Frame")
        self._count = QLabel()
        self._count.setProperty("role", "secondary")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._buttons = {
            "first": ToolButton("first", "First frame"),
            "back": ToolButton("step-back", "One frame back"),
            "play": ToolButton("cine", "Play"),
            "forward": ToolButton("step-forward", "One frame on"),
            "last": ToolButton("last", "Last frame"),
            "stop": ToolButton("stop", "Stop: back to where it began"),
        }
        self._repeats = {
            Repeat.LOOP: ToolButton("loop", "Loop: begin anew at the end", checkable=True),
            Repeat.SWEEP: ToolButton("sweep", "Sweep: back and forth", checkable=True),
        }
        self._status = ElidedLabel("secondary")
        self._speed = _speed()
        self._axis = QComboBox()
        self._axis.addItems(["through slices", "through time"])
        self._axis.setAccessibleName("What is played")
        self._time = TimeBar(cine)
        self._arrange()
        self._connect()
        self._show()

    def _arrange(self) -> None:
        frames, keys = QHBoxLayout(), QHBoxLayout()
        frames.setSpacing(8)
        frames.addWidget(self._slider, 1)
        frames.addWidget(self._count)
        frames.addWidget(self._axis)
        for button in self._buttons.values():
            keys.addWidget(button)
        keys.addSpacing(8)
        keys.addWidget(self._status, 1)
        for widget in (self._speed, *self._repeats.values()):
            keys.addWidget(widget)
        keys.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(0)
        column.addLayout(frames)
        column.addWidget(self._time)
        column.addLayout(keys)

    def _connect(self) -> None:
        cine = self._cine
        calls = {
            "first": cine.first,
            "back": lambda: cine.step(-1),
            "play": cine.toggle,
            "forward": lambda: cine.step(1),
            "last": cine.last,
            "stop": cine.stop,
        }
        for name, call in calls.items():
            self._buttons[name].clicked.connect(call)
        for repeat, button in self._repeats.items():
            button.clicked.connect(lambda on, repeat=repeat: cine.set_repeat(repeat if on else Repeat.ONCE))
        self._slider.frame_wanted.connect(cine.go_to)
        self._slider.range_wanted.connect(cine.set_range)
        self._speed.valueChanged.connect(cine.set_rate)
        self._axis.activated.connect(lambda place: cine.set_axis(_AXES[place]))
        cine.changed.connect(self._show)
        cine.moved.connect(self._show_frame)

    def _show(self) -> None:
        cine, strip = self._cine, self._cine.strip
        key = self._keys["cine"][0]
        self._buttons["play"].set_face(*(("pause", "Pause", key) if cine.is_playing else ("cine", "Play", key)))
        back, forward = (self._keys[name][0] for name in _STEP_KEYS[strip.axis])
        self._buttons["back"].set_face("step-back", "One frame back", back)
        self._buttons["forward"].set_face("step-forward", "One frame on", forward)
        for repeat, button in self._repeats.items():
            button.setChecked(cine.repeat is repeat)
        with QSignalBlocker(self._speed):
            self._speed.setValue(cine.rate)
        self._speed.setToolTip(tool_tip(f"Frames per second: {cine.rate_origin}"))
        in_time = strip.stack is not None and is_in_time(strip.stack)
        self._axis.setItemText(_AXES.index(Axis.PHASES), "through time" if in_time else "through parts")
        self._axis.setCurrentIndex(_AXES.index(strip.axis))
        self._axis.setVisible(len(strip.axes) > 1)
        for widget in (self._slider, self._speed, *self._buttons.values(), *self._repeats.values()):
            widget.setEnabled(strip.count > 1)
        self._show_frame()

    def _show_frame(self) -> None:
        cine, strip = self._cine, self._cine.strip
        self._slider.show_frames(strip.count, strip.position, cine.range, strip.run)
        self._count.setText(f"{strip.position + 1} / {strip.count}" if strip.count else "")
        widest = self._count.fontMetrics().horizontalAdvance(f"{strip.count} / {strip.count}")
        self._count.setMinimumWidth(widest)
        self._tell(_status(cine), "warning" if cine.is_waiting else "secondary")

    def _tell(self, text: str, role: str) -> None:
        self._status.set_full_text(text)
        if self._status.property("role") != role:
            self._status.setProperty("role", role)
            restyle(self._status)


def _speed() -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setRange(SLOWEST, FASTEST)
    made.setDecimals(1)
    made.setSuffix(f"{THIN_SPACE}/s")
    made.setFixedWidth(_SPEED_PX)
    made.setKeyboardTracking(False)
    made.setAccessibleName("Frames per second")
    return made


def _status(cine: Cine) -> str:
    """What it waits for, how fast it really is, the phase on show, or where its speed is from."""
    if cine.is_waiting:
        return "waiting for images"
    strip = cine.strip
    label = strip.stack.label if strip.stack is not None and strip.axis is Axis.PHASES else ""
    measured = cine.measured_rate if cine.is_playing else None
    pace = cine.rate_origin if measured is None else f"{measured:.1f}{THIN_SPACE}/s shown"
    return " · ".join(part for part in (label, pace) if part)
