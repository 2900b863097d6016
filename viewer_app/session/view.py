"""How the opened study is shown: one frozen value with one owner."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from viewer_app.imaging.cuts import Cut
from viewer_app.imaging.headers import Window


@dataclass(frozen=True, slots=True)
class View:
    """What a viewport shows.

    `window` None is the file's own (or an automatic) one. `scale` is screen
    pixels per plane unit (mm or px), None while the image fits the viewport;
    `center` is the in-plane point (along the row, down the column, in the
    plane's unit) in the middle of the viewport, None for the image's middle.
    With a `cut` the stack's volume is shown reconstructed on that plane, and
    `index` is not looked at. The picture is mirrored left to right if `flipped`,
    then turned clockwise by `quarter_turns`. `smooth` interpolates between
    pixels; `color_map` names one of the maps of greys to colours, "" for none.
    `clamped` holds the lower end of the window at zero, None where the modality decides (`session.display`).
    """

    stack_key: str = ""
    index: int = 0
    window: Window | None = None
    inverted: bool = False
    scale: float | None = None
    center: tuple[float, float] | None = None
    cut: Cut | None = None
    flipped: bool = False
    quarter_turns: int = 0
    smooth: bool = True
    color_map: str = ""
    clamped: bool | None = None


class ViewHolder(QObject):
    """Owns the `View`; everyone else listens."""

    changed = Signal(object, object)
    """The view before and after."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._value = View()

    @property
    def value(self) -> View:
        """The view as it is."""
        return self._value

    def set(self, view: View) -> None:
        """Show `view` from now on."""
        before = self._value
        if view != before:
            self._value = view
            self.changed.emit(before, view)
