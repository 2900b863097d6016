"""Keys that mean something else while the hand draws, or holds a mark; and the small fields it types into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from viewer_app.measure.kind import OPEN_ENDED
from viewer_app.measure.kinds import KINDS
from viewer_app.session.edits import leave_wordless
from viewer_app.session.reconstructed import figures_on
from viewer_app.session.workspace import Workspace
from viewer_app.ui.tools.nudge import LARGE_PX, SMALL_PX, Nudge
from viewer_app.ui.tools.pointer import PointerKind
from viewer_app.ui.tools.typed_length import NO_SCALE, NoLength, is_length_of_line, read_length, with_length
from viewer_app.ui.views.viewport import Viewport
from viewer_app.ui.views.viewports import Viewports
from viewer_app.ui.widgets import LineField

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SWITCHES = {"placing_lens": "shows_lens", "snap_to_edge": "snaps"}
_BESIDE_PX = 14

Call = Callable[[], object]


class HandKeys(QObject):
    """Listens to the keys of `window` before its actions do, and remembers the hand's switches."""

    def __init__(
        self,
        workspace: Workspace,
        viewports: Viewports,
        actions: Mapping[str, QAction],
        settings: QSettings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._viewports = viewports
        self._actions = actions
        self._settings = settings
        self._hand = hand = viewports.manner.hand
        self._nudge = Nudge(self)
        self._field: LineField | None = None
        for name, switch in _SWITCHES.items():
            setattr(hand, switch, settings.value(name, False, type=bool) is True)
        hand.changed.connect(self._keep)
        hand.settling.connect(self._nudge.settle)
        hand.writing_wanted.connect(self._write)
        workspace.study_changed.connect(hand.drop)
        window.installEventFilter(self)
        self._keep()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something to the hand now."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or not isinstance(event, QKeyEvent):
            return False
        call = self._meaning(event)
        if call is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            call()
        return True

    # -- what a key means ----------------------------------------------------------------------------

    def _meaning(self, event: QKeyEvent) -> Call | None:
        if self._workspace.study is None or isinstance(QApplication.focusWidget(), QLineEdit):
            return None
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._hand.drawing is not None:
            return self._while_drawing(key, modifiers, event.text())
        if self._hand.pending is not None:
            return self._hand.drop if key == Qt.Key.Key_Backspace else None
        return self._while_holding(key, modifiers, event.text())

    def _while_drawing(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> Call | None:
        drawing, mouse = self._hand.drawing, self._viewports.active.mouse
        if drawing is None or modifiers:
            return None
        if key == Qt.Key.Key_Backspace:
            return partial(mouse.key, PointerKind.BACK)
        if key in _ENDS and KINDS[drawing.kind].max_points == OPEN_ENDED:
            return partial(mouse.key, PointerKind.END)
        is_line = drawing.placed > 0 and is_length_of_line(drawing.kind, drawing.placed)
        return partial(self._ask_next_length, text) if is_line and text.isdecimal() else None

    def _while_holding(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> Call | None:
        viewport, hit = self._viewports.active, self._hand.held
        if hit is None or viewport.mouse.is_busy or not viewport.has_image_place:
            return None
        record = viewport.study.measurements.get(hit.uid)
        # What is not seen in the view that takes keys is not moved by them.
        if record is None or hit.figure not in figures_on(viewport.tile, record.measurement):
            return None
        pixels = {Qt.KeyboardModifier.NoModifier: SMALL_PX, Qt.KeyboardModifier.ShiftModifier: LARGE_PX}.get(modifiers)
        if key in _ARROWS and pixels is not None:
            return partial(self._nudge.move, viewport, hit, *_ARROWS[key], pixels)
        is_line = _is_one_line(record.measurement.kind, record.measurement.figures[0].points)
        return partial(self._ask_length, text) if is_line and text.isdecimal() and not modifiers else None

    # -- fields --------------------------------------------------------------------------------------

    def _ask_next_length(self, text: str) -> None:
        """The length of the line that is being drawn, along its direction."""
        viewport = self._viewports.active
        shown = viewport.shown_marks.in_hand
        if shown is not None and shown.values[0].unit == "px":
            self._workspace.noticed.emit(NO_SCALE)
            return
        unit = shown.values[0].unit if shown is not None else viewport.plane.unit
        self._ask(viewport, viewport.mouse.at or (0.0, 0.0), text, unit, self._set_next_length)

    def _set_next_length(self, text: str) -> None:
        try:
            self._viewports.active.mouse.key(PointerKind.LENGTH, read_length(text))
        except NoLength as why:
            self._workspace.noticed.emit(str(why))

    def _ask_length(self, text: str) -> None:
        """The length of the distance that is held."""
        viewport, hit = self._viewports.active, self._hand.held
        record = viewport.study.measurements.get(hit.uid) if hit is not None else None
        if hit is None or record is None:
            return
        if record.values[0].unit == "px":
            self._workspace.noticed.emit(NO_SCALE)
            return
        handle = 1 if hit.handle is None else hit.handle
        (spot,) = viewport.camera.to_screen(viewport.plane.in_plane([record.measurement.figures[0].points[handle]]))
        at = float(spot[0]), float(spot[1])
        self._ask(viewport, at, text, record.values[0].unit, partial(self._set_length, hit.uid, handle))

    def _set_length(self, uid: str, handle: int, text: str) -> None:
        study = self._workspace.study
        self._nudge.settle()
        drawn = study.measuring.drawn(uid) if study is not None else None
        if study is None or drawn is None:
            return
        try:
            changed = with_length(study, drawn, read_length(text), handle)
        except NoLength as why:
            self._workspace.noticed.emit(str(why))
            return
        study.measuring.put(changed, "Set length")

    def _write(self, uid: str) -> None:
        """The words of a mark that was just placed."""
        viewport, study = self._viewports.active, self._workspace.study
        record = study.measurements.get(uid) if study is not None else None
        if study is None or record is None or not viewport.has_image_place:
            return
        (spot,) = viewport.camera.to_screen(viewport.plane.in_plane(record.measurement.figures[0].points[-1:]))
        at = float(spot[0]), float(spot[1])
        step = study.history.next_undo
        drawn = step.uid if step is not None else ""
        field = self._ask(viewport, at, "", "", partial(study.measuring.rename, uid, onto=drawn), keeps=True)
        field.given_up.connect(partial(leave_wordless, study, uid, drawn))

    def _ask(
        self,
        viewport: Viewport,
        at: tuple[float, float],
        text: str,
        unit: str,
        given: Callable[[str], object],
        *,
        keeps: bool = False,
    ) -> LineField:
        place = QPoint(round(at[0]) + _BESIDE_PX, round(at[1]) + _BESIDE_PX)
        if self._field is not None:
            self._field.leave()  # a window that is not in front gives no focus to lose
        field = self._field = LineField(viewport, place, text, unit, keeps=keeps)
        for ended in (field.given, field.given_up):
            ended.connect(self._forget)
        field.given.connect(given)
        self._workspace.leaving.connect(field.leave)
        return field

    def _forget(self) -> None:
        self._field = None

    # -- switches ------------------------------------------------------------------------------------

    def _keep(self) -> None:
        for name, switch in _SWITCHES.items():
            is_on = bool(getattr(self._hand, switch))
            self._actions[name].setChecked(is_on)
            if self._settings.value(name, False, type=bool) is not is_on:
                self._settings.setValue(name, is_on)


def _is_one_line(kind: str, points: tuple[object, ...]) -> bool:
    return len(points) == 2 and KINDS[kind].max_points == 2 and is_length_of_line(kind, 1)
