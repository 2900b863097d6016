"""How many logical pixels a millimetre on the glass takes: measured once for each screen, kept in the settings.

What a screen says of its own size is often wrong (projectors, remote desktops): it is proposed, not believed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QSettings
from PySide6.QtGui import QScreen

from viewer_app.errors import ImageError
from viewer_app.imaging.geometry import Calibration, Plane
from viewer_app.imaging.places.scale import same_spacing

CARD_MM = (85.60, 53.98)
"""Width and height of a bank card: ISO/IEC 7810, ID-1."""

CARD_CORNER_MM = 3.18
RULER_MM = 100.0
SMALLEST_PX_PER_MM, LARGEST_PX_PER_MM = 0.2, 40.0

_USUAL_PX_PER_MM = 96 / 25.4
_GROUP = "screen_scale"
# A part in a thousand: what the eye and a card can tell apart is larger.
_SAME = 1e-3
_REAL_SIZE = "1:1 (real size)"
_IN_THE_PATIENT = (Calibration.IMAGE_PLANE, Calibration.REGION)


@dataclass(frozen=True, slots=True)
class ScreenIdentity:
    """What tells one screen in one mode from another; with another resolution or scale factor it is measured anew."""

    maker: str
    model: str
    serial: str
    name: str
    size: tuple[int, int]
    device_pixel_ratio: float

    @staticmethod
    def of(screen: QScreen) -> ScreenIdentity:
        """The identity of a screen of this computer."""
        size = screen.size()
        return ScreenIdentity(
            screen.manufacturer(),
            screen.model(),
            screen.serialNumber(),
            screen.name(),
            (size.width(), size.height()),
            screen.devicePixelRatio(),
        )

    @property
    def key(self) -> str:
        """Its key in the settings. The name, which is often that of the socket, counts where there is no serial."""
        named = (self.maker, self.model, self.serial or self.name)
        mode = f"{self.size[0]}x{self.size[1]}@{self.device_pixel_ratio:g}"
        # A slash or backslash would begin a group of its own.
        return f"{_GROUP}/" + re.sub(r"[^A-Za-z0-9.@-]+", "_", "-".join((*named, mode)))


@dataclass(frozen=True, slots=True)
class Glass:
    """What pixels are on the screen of a window: device pixels for each logical one, and logical ones for each mm.

    `pixels_per_mm` is None where the screen was never measured.
    """

    device_pixel_ratio: float = 1.0
    pixels_per_mm: float | None = None


def pixels_per_mm(settings: QSettings, screen: QScreen) -> float | None:
    """Logical pixels per mm as the user measured them on `screen`; None where that was never done."""
    return _plausible(settings.value(ScreenIdentity.of(screen).key))


def keep_pixels_per_mm(settings: QSettings, screen: QScreen, measured: float) -> None:
    """Remember what the user measured. ValueError for what no screen has."""
    if _plausible(measured) is None:
        raise ValueError(f"no screen has {measured!r} pixels per mm")
    settings.setValue(ScreenIdentity.of(screen).key, measured)


def proposed_pixels_per_mm(screen: QScreen) -> float:
    """What the screen says of itself, to begin measuring with; 96 pixels per inch where it says nothing usable."""
    millimetres = screen.physicalSize().width()
    told = screen.size().width() / millimetres if millimetres > 0 else 0.0
    return _plausible(told) or _USUAL_PX_PER_MM


def real_size_scale(plane: Plane, measured: float, lengths: Plane | None = None) -> float:
    """Logical pixels per plane unit (`View.scale`) at which 1 mm is 1 mm on the glass.

    `lengths` is the plane of the same pixels whose mm count, where it is not `plane` that is drawn. Raises ImageError
    where there are no millimetres, and where the pixels are drawn in another shape than they have.
    """
    lengths = lengths or plane
    if lengths.unit != "mm":
        raise ImageError(
            "The size of this image in millimetres is unknown; it cannot be shown in real size.",
            "Look at it fitted, or with one screen pixel for each image pixel.",
        )
    across, down = (true / drawn for true, drawn in zip(lengths.spacing, plane.spacing, strict=True))
    if not same_spacing((across, down), (down, across)):
        raise ImageError(
            "The pixels of this image are drawn square, which they are not; it cannot be shown in real size.",
            "Measure on it: lengths in mm honour the true shape of the pixels.",
        )
    return measured * down


def real_size_words(plane: Plane, scale: float, measured: float | None, lengths: Plane | None = None) -> str:
    """What the corner says while the plane is shown in real size at `scale`, "" while it is not.

    Where its millimetres are not those in the patient, it says where they hold: "1:1 (at detector)".
    """
    lengths = lengths or plane
    try:
        wanted = None if measured is None else real_size_scale(plane, measured, lengths)
    except ImageError:
        return ""
    if wanted is None or not math.isclose(scale, wanted, rel_tol=_SAME):
        return ""
    return _REAL_SIZE if lengths.calibration in _IN_THE_PATIENT else f"1:1 ({lengths.calibration.value})"


def _plausible(value: object) -> float | None:
    """A number that a screen may have; anything else in a settings file is as if nothing stood there."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if SMALLEST_PX_PER_MM <= number <= LARGEST_PX_PER_MM else None
