"""From mouse events to gestures: which button does what, what a click would take, how far the wheel has turned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer_app.session.view import View
from viewer_app.ui.tools.brush import erase
from viewer_app.ui.tools.crosshair import take
from viewer_app.ui.tools.move_marks import take_mark
from viewer_app.ui.tools.navigate import pan, zoom, zoom_about
from viewer_app.ui.tools.pointer import Pointer, PointerKind, Stage, Tool, distance_px
from viewer_app.ui.tools.runner import GestureRunner
from viewer_app.ui.tools.spanning import hover
from viewer_app.ui.views.crosshair import Grip
from viewer_app.ui.views.marks import Hit

WHEEL_STEP = 120
"""Of the angle that Qt tells, one notch."""

_ZOOM_PER_WHEEL_STEP = 1.15
_A_CLICK_PX = 4.0
_BUTTON_TOOLS: Mapping[Qt.MouseButton, Tool] = {
    Qt.MouseButton.MiddleButton: pan,
    Qt.MouseButton.RightButton: zoom,
}
_BRUSHES = frozenset({Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton})
"""The buttons that paint and erase while a brush is held, whatever lies under the pointer."""


class MouseStage(Stage, Protocol):
    """What the mouse needs of the viewport beside what a gesture does."""

    def grip(self, at: tuple[float, float]) -> Grip | None:
        """What of the crosshair lies under a screen point."""

    @property
    def left_tool(self) -> Tool:
        """The tool on the left button."""

    @property
    def has_image_place(self) -> bool:
        """True while a stack is on show."""


class Mouse:
    """The mouse over one viewport. `at` is where it rests, None outside; `hover` is what a click would take."""

    def __init__(
        self,
        stage: MouseStage,
        show_hover: Callable[[Hit | None], object],
        want_menu: Callable[[Hit | None, QPoint], object],
    ) -> None:
        self.at: tuple[float, float] | None = None
        self.hover: Hit | None = None
        self._stage = stage
        self._show_hover = show_hover
        self._want_menu = want_menu
        self._gestures = GestureRunner()
        self._button = Qt.MouseButton.NoButton
        self._pressed_at = self._last_at = (0.0, 0.0)
        self._views_before: dict[int, View] = {}
        self._over = ""
        self.hover_grip: Grip | None = None
        self._wheel = 0

    # -- gestures ---------------------------------------------------------------------------------

    def end(self) -> bool:
        """End the gesture under way; False when there was none."""
        self._button = Qt.MouseButton.NoButton
        return self._gestures.cancel()

    @property
    def is_busy(self) -> bool:
        """True while a gesture is under way."""
        return self._gestures.active

    def cancel(self) -> bool:
        """End the gesture under way and take back what it did to the view; False when there was none."""
        if not self.end():
            return False
        study, now = self._stage.study, self._stage.study.layout.value.views
        study.together.forget_point()
        # A tile that has got another stack meanwhile, or another plane of it, keeps that.
        restored = {place: view for place, view in self._views_before.items() if _is_of(view, now[place : place + 1])}
        study.layout.set(study.layout.value.with_views(restored), exactly=True)
        return True

    def forget(self) -> None:
        """Another study is shown: what was under way or under the pointer is no more."""
        self.end()
        self.hover = self.hover_grip = None

    def follow(self, before: View, after: View) -> None:
        """The view has changed; a change that is not the gesture's own stays when the gesture is cancelled."""
        if self._gestures.stepping:
            return
        self._views_before = self._views()
        if (before.stack_key, before.index, before.cut) != (after.stack_key, after.index, after.cut):
            self.end()  # the pointer would go on over another plane

    # -- events -----------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Begin a gesture, or give the press to the one under way."""
        if not self._stage.has_image_place:
            return
        pointer = _pointer(PointerKind.PRESS, event)
        self._last_at = pointer.at
        if self._gestures.active:
            if event.button() == Qt.MouseButton.LeftButton:
                self._button = event.button()
                self._gestures.send(pointer)
            return
        self._button, self._pressed_at = event.button(), pointer.at
        self._begin(event.button(), pointer)

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what a click would take."""
        pointer = _pointer(PointerKind.MOVE, event)
        self._let_go_unseen(event)
        self.at = self._last_at = pointer.at
        if self._gestures.active:
            self._gestures.send(pointer)
        elif self._stage.has_image_place:
            self._look(pointer.at)
            hover(self._stage, pointer)
            if pointer.shift:
                self._stage.point_out(pointer.at)

    def _let_go_unseen(self, event: QMouseEvent) -> None:
        """The button was released where another program was told (Alt+Tab): the gesture ended at the last place."""
        if self._button == Qt.MouseButton.NoButton or event.buttons() & self._button:
            return
        self._button = Qt.MouseButton.NoButton
        self._gestures.send(Pointer(PointerKind.RELEASE, self._last_at, pressed=False))

    def release(self, event: QMouseEvent) -> None:
        """End the gesture, or its step."""
        pointer = _pointer(PointerKind.RELEASE, event)
        if event.button() != self._button:
            return
        self._button = Qt.MouseButton.NoButton
        clicked = distance_px(pointer.at, self._pressed_at) < _A_CLICK_PX
        self._gestures.send(pointer)
        over, self._over = self._over, ""
        if clicked and over:
            (self._stage.toggle if pointer.control else self._stage.select)(over)
        wants_menu = event.button() == Qt.MouseButton.RightButton and not self._stage.brush.is_held
        if clicked and wants_menu and self._stage.has_image_place:
            self._want_menu(self._stage.hit(pointer.at), event.globalPosition().toPoint())

    def turn(self, event: QWheelEvent) -> None:
        """Scroll through the stack; with Control zoom about the pointer or size the brush, with Alt change the slab."""
        if not self._stage.has_image_place or self._gestures.active:
            return
        # With Alt held, Qt turns the wheel's axis.
        turned = event.angleDelta().y() or event.angleDelta().x()
        self._wheel += turned
        steps, self._wheel = divmod(abs(self._wheel), WHEEL_STEP)
        up = turned > 0
        self._wheel = self._wheel if up else -self._wheel
        if not steps:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._stage.brush.is_held:
            self._stage.brush.resize(steps if up else -steps)
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._thicken(steps if up else -steps)
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = _ZOOM_PER_WHEEL_STEP ** (steps if up else -steps)
            at = event.position()
            zoom_about(self._stage, self._stage.camera.scale * factor, (at.x(), at.y()))
        else:
            self._stage.tile.scroll_by(-steps if up else steps)

    def _thicken(self, steps: int) -> None:
        """The slab of an MPR so many steps thicker."""
        mpr = self._stage.tile.mpr
        if mpr is not None:
            thickness = mpr.cut.slab_mm + steps * mpr.step_mm
            self._stage.study.layout.set(mpr.with_slab(thickness, mpr.cut.slab_mode))

    def look_again(self) -> None:
        """Another plane has come under the mouse: what a drawing shows of it is as if it had moved there."""
        if self._gestures.active or not self._stage.hand.tool:
            return
        self._stage.preview(None)
        self._stage.aid(None)
        if self.at is not None and self._stage.has_image_place:
            hover(self._stage, Pointer(PointerKind.MOVE, self.at, pressed=False))

    def key(self, kind: PointerKind, length: float = 0.0) -> None:
        """Give a key to the gesture under way, where the mouse is."""
        self._gestures.send(Pointer(kind, self.at or self._pressed_at, pressed=False, length=length))

    def leave(self) -> None:
        """Nothing is under the pointer any more."""
        self.at = None
        if self._stage.has_image_place:
            self._look(None)
        if not self._gestures.active:
            self._stage.preview(None)
            self._stage.aid(None)
            self._stage.magnify(None)

    def _begin(self, button: Qt.MouseButton, pointer: Pointer) -> None:
        stage, is_left = self._stage, button == Qt.MouseButton.LeftButton
        if stage.brush.is_held and button in _BRUSHES:
            self._gestures.begin((stage.left_tool if is_left else erase)(stage, pointer))
            return
        hit = stage.hit(pointer.at) if is_left else None
        # A volume may fill the view: a drag over it is the tool's, a click selects it once the button is released.
        self._over, hit = (hit.uid, None) if hit is not None and hit.is_volume else ("", hit)
        grip = stage.grip(pointer.at) if is_left and hit is None else None
        if hit is None and is_left and not (pointer.control or self._over or stage.hand.tool):
            stage.select("")  # what draws does so itself, once it knows what was selected
        self._views_before = self._views()
        stage.study.together.forget_point()
        if hit is not None:
            gesture = take_mark(stage, pointer, hit)
        elif grip is not None:
            gesture = take(stage, pointer, grip)
        else:
            gesture = _BUTTON_TOOLS.get(button, stage.left_tool)(stage, pointer)
        self._gestures.begin(gesture)

    def _views(self) -> dict[int, View]:
        """What a gesture may change: the view of the tile, those of its MPR, and all that follow."""
        return dict(enumerate(self._stage.study.layout.value.views))

    def _look(self, at: tuple[float, float] | None) -> None:
        hover = None if at is None or self._stage.brush.is_held else self._stage.hit(at)
        is_free = at is not None and (hover is None or hover.is_volume) and not self._stage.brush.is_held
        grip = self._stage.grip(at) if is_free and at is not None else None
        hover = hover if grip is None else None
        if hover != self.hover or grip != self.hover_grip:
            self.hover, self.hover_grip = hover, grip
            self._show_hover(hover)


def _is_of(view: View, now: tuple[View, ...]) -> bool:
    return any(view.stack_key == other.stack_key and (view.cut is None) == (other.cut is None) for other in now)


def _pointer(kind: PointerKind, event: QMouseEvent) -> Pointer:
    at, modifiers = event.position(), event.modifiers()
    return Pointer(
        kind,
        (at.x(), at.y()),
        pressed=event.buttons() != Qt.MouseButton.NoButton,
        shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        control=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
    )
