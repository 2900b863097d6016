"""How a stack is shown: one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    def acquired(self, index: int) -> View:
        """The same of image `index` as it was taken; pan and zoom of another plane mean nothing there."""
        scale, center = (self.scale, self.center) if self.cut is None else (None, None)
        return replace(self, index=index, cut=None, scale=scale, center=center)
