"""H37 to H39: palettes and colours that contradict themselves."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.hostile.case import Case, refused, shown
from tests.hostile.parts import ROWS, TRUTH, changed, content, dataset, puts, without
from tests.hostile.pixels import of


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    yield from _palettes()
    yield from _orders()


def _palettes() -> Iterator[Case]:
    index = (TRUTH & 3).astype("u1")
    table = np.array([0, 85, 170, 255], "u1")
    rgb = np.stack([table[index], table[::-1][index], table[index]], axis=-1)
    sound = _palette(index, table)
    yield Case("H37-sound-palette", puts(sound), shown(), (rgb,))
    for tag in (0x00281101, 0x00281102, 0x00281203):
        yield Case(f"H37-without-{tag:08x}", puts(without(sound, tag)), refused("palette"))
    for name, (tag, value) in {
        "short-table": (0x00281201, b"\0\1"),
        "empty-table": (0x00281201, b""),
        "counts-differ": (0x00281101, struct.pack("<HHH", 3, 0, 8)),
        "claims-65536": (0x00281101, struct.pack("<HHH", 0, 0, 16)),
        "twelve-bits": (0x00281101, struct.pack("<HHH", 4, 0, 12)),
        "two-values": (0x00281101, struct.pack("<HH", 4, 0)),
        "starts-differ": (0x00281101, struct.pack("<HHH", 4, 1, 8)),
    }.items():
        yield Case(f"H37-{name}", puts(changed(sound, tag, value=value)), refused("palette"))
    beyond = (TRUTH & 255).astype("u1")
    ends = rgb_of(np.minimum(beyond, 3), table)
    yield Case("H37-index-beyond-the-table", puts(_palette(beyond, table)), shown(), (ends,))


def _orders() -> Iterator[Case]:
    colour = {
        "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
    }  # fmt: skip
    index = (TRUTH & 3).astype("u1")
    full = np.repeat(index[..., None], 3, axis=2)
    for planar in (7, 2, 65535):
        made = of(**colour, PlanarConfiguration=planar, PixelData=full.tobytes())
        yield Case(f"H38-planar-{planar}", made, refused("order of colours"))
    for name in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        values = colour | {"PhotometricInterpretation": name, "Columns": 13, "PlanarConfiguration": 0}
        for size in (ROWS * 13 * 2, ROWS * 14 * 2, ROWS * 13 * 3):
            made = of(**values, PixelData=bytes(size))
            yield Case(f"H39-{name.lower()}-13-columns-{size}-bytes", made, refused("even number"))
    bad = {"HSV": 3, "CMYK": 4, "RGB": 1, "MONOCHROME2": 3, "": 1}
    for name, samples in bad.items():
        made = of(**colour | {"SamplesPerPixel": samples, "PhotometricInterpretation": name, "PlanarConfiguration": 0})
        yield Case(f"H38-{name or 'nothing'}-of-{samples}", made, refused("not supported|promises"))


def _palette(index: Any, table: Any) -> bytes:
    image = dataset(
        BitsAllocated=8, BitsStored=8, HighBit=7, PhotometricInterpretation="PALETTE COLOR", PixelData=index.tobytes(),
        RescaleSlope=None, RescaleIntercept=None, RescaleType=None,
    )  # fmt: skip
    for colour, entries in (("Red", table), ("Green", table[::-1]), ("Blue", table)):
        setattr(image, f"{colour}PaletteColorLookupTableDescriptor", [len(table), 0, 8])
        setattr(image, f"{colour}PaletteColorLookupTableData", entries.tobytes())
    return content(image)


def rgb_of(index: Any, table: Any) -> Any:
    """The colours `_palette` means."""
    return np.stack([table[index], table[::-1][index], table[index]], axis=-1)
