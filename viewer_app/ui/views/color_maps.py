"""Well-known maps of greys to colours: those of the standard (PS3.6 annex B) and perceptual ones of pyqtgraph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut
from PySide6.QtGui import QImage

from viewer_app.imaging.values.voi import Greys

Table = NDArray[np.uint8]
"""The colour of each grey: (256, 3) RGB."""

NO_MAP = ""
_GREYS = np.arange(256, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class ColorMap:
    """`name` is stored and never changes; `title` is read by people."""

    name: str
    title: str
    make: Callable[[], Table]


def _standard(name: str, title: str, sop_instance_uid: str) -> ColorMap:
    """A Well-known Color Palette of PS3.6 annex B."""
    return ColorMap(name, title, lambda: _table(apply_color_lut(_GREYS, palette=sop_instance_uid)))


def _perceptual(name: str, title: str, source: str) -> ColorMap:
    return ColorMap(name, title, lambda: _table(pg.colormap.get(source).getLookupTable(0.0, 1.0, 256)))


_MAPS = (
    _standard("hot-iron", "Hot iron", "1.2.840.10008.1.5.1"),
    _standard("pet", "PET", "1.2.840.10008.1.5.2"),
    _standard("hot-metal-blue", "Hot metal blue", "1.2.840.10008.1.5.3"),
    _standard("pet-20-step", "PET, 20 steps", "1.2.840.10008.1.5.4"),
    _perceptual("heat", "Heat", "CET-L3"),
    _perceptual("inferno", "Inferno", "inferno"),
    _perceptual("magma", "Magma", "magma"),
    _perceptual("plasma", "Plasma", "plasma"),
    _perceptual("viridis", "Viridis", "viridis"),
    _perceptual("cividis", "Cividis", "cividis"),
    _perceptual("turbo", "Turbo", "turbo"),
    _perceptual("rainbow", "Rainbow", "CET-R4"),
    _perceptual("blue-white-red", "Blue, white, red", "CET-D1"),
)
COLOR_MAPS: Mapping[str, ColorMap] = {found.name: found for found in _MAPS}
"""All maps by name, in the order of the menu."""


@cache
def color_table(name: str) -> Table:
    """The table of a map; greys as they are for "" and for a name that is not known. Read only."""
    found = COLOR_MAPS.get(name)
    return _table(np.stack([_GREYS] * 3, axis=1)) if found is None else found.make()


def to_colors(greys: Greys, name: str) -> QImage:
    """Greys (rows, columns) as a picture in the colours of a map, its bytes its own; Grayscale8 where there is none."""
    if name not in COLOR_MAPS:
        return _picture(greys, QImage.Format.Format_Grayscale8)
    picture = _picture(greys, QImage.Format.Format_Indexed8)
    picture.setColorTable(_qt_table(name))
    return picture


def _picture(greys: Greys, form: QImage.Format) -> QImage:
    rows, columns = greys.shape
    return QImage(greys.tobytes(), columns, rows, columns, form).copy()


@cache
def _qt_table(name: str) -> list[int]:
    red, green, blue = color_table(name).astype(np.uint32).T
    colors: list[int] = (0xFF000000 | red << 16 | green << 8 | blue).tolist()
    return colors


def _table(colors: NDArray[np.generic]) -> Table:
    table = np.array(colors[:, :3], dtype=np.uint8)
    table.setflags(write=False)
    return table
