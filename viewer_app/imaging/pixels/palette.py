"""PALETTE COLOR: the three lookup tables of a file as one RGB table (PS3.3 C.7.6.3.1.5, C.7.9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.imaging.pixels.refusal import damaged, reading

if TYPE_CHECKING:
    from pydicom import Dataset

_NAMES = ("Red", "Green", "Blue")
_DISCRETE, _LINEAR, _INDIRECT = range(3)


class Palette:
    """An RGB colour for every stored value: `rgb` (entries, 3) uint8 from value `first` on."""

    def __init__(self, header: Dataset, *, big_endian: bool) -> None:
        with reading("The palette of the image cannot be read."):
            tables = [_Table(header, name, big_endian=big_endian) for name in _NAMES]
        if len({(table.first, len(table.entries)) for table in tables}) != 1:
            raise damaged("The three tables of the palette do not belong together.")
        self._first = tables[0].first
        self._rgb = np.stack([table.entries for table in tables], axis=-1)

    def colours(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """(rows, columns, 3) RGB of (rows, columns) stored values; values outside take the end entries."""
        index = np.clip(stored.astype(np.int32) - self._first, 0, len(self._rgb) - 1)
        return self._rgb[index]


class _Table:
    """One colour's lookup table; `entries` are uint8, the upper eight bits of 16-bit entries."""

    def __init__(self, header: Dataset, colour: str, *, big_endian: bool) -> None:
        descriptor = header.get(f"{colour}PaletteColorLookupTableDescriptor")
        plain = header.get(f"{colour}PaletteColorLookupTableData")
        segmented = header.get(f"Segmented{colour}PaletteColorLookupTableData")
        if descriptor is None or len(descriptor) != 3 or not (plain or segmented):
            raise damaged("The palette that gives the image its colours is missing.")
        count, self.first, bits = int(descriptor[0]) or 1 << 16, int(descriptor[1]), int(descriptor[2])
        if bits not in (8, 16):
            raise damaged(f"The palette says its entries have {bits} bits.")
        order = ">" if big_endian else "<"
        if plain:
            entries = _plain(plain, count, bits, order)
        else:
            entries = _expanded(np.frombuffer(segmented, dtype=f"{order}u{bits // 8}"), count)
        if len(entries) != count:
            raise damaged(f"The palette promises {count} colours and holds {len(entries)}.")
        self.entries = (entries >> 8 if bits == 16 else entries).astype(np.uint8)


def _plain(data: bytes, count: int, bits: int, order: str) -> NDArray[Any]:
    """Entries of 8 bits lie in bytes, or each in a word of its own; OW words of a big endian file are swapped."""
    if len(data) >= 2 * count:
        return np.frombuffer(data, dtype=f"{order}u2", count=count)
    if bits == 16 or len(data) < count:
        raise damaged(f"The palette promises {count} colours, but its table is too short.")
    packed = np.frombuffer(data, dtype=np.uint8)
    if order == ">" and len(packed) % 2 == 0:
        packed = packed.view(np.uint16).byteswap().view(np.uint8)
    return packed[:count]


def _expanded(words: NDArray[Any], count: int) -> NDArray[Any]:
    """A segmented table, unfolded; never beyond `count` entries."""
    out: list[int] = []
    _unfold(words.astype(int).tolist(), 0, None, count, out, nested=False)
    return np.array(out, dtype=np.int64)


def _unfold(words: list[int], at: int, segments: int | None, count: int, out: list[int], *, nested: bool) -> None:
    while at + 1 < len(words) and segments != 0 and len(out) < count:
        kind, length = words[at], words[at + 1]
        if kind == _DISCRETE:
            out.extend(words[at + 2 : at + 2 + length])
            at += 2 + length
        elif kind == _LINEAR and out:
            out.extend(np.rint(np.linspace(out[-1], words[at + 2], length + 1))[1:].astype(int).tolist())
            at += 3
        elif kind == _INDIRECT and not nested:
            start = words[at + 2] | words[at + 3] << 16
            _unfold(words, start, length, count, out, nested=True)
            at += 4
        else:
            raise damaged("The palette is folded in a way that cannot be unfolded.")
        segments = None if segments is None else segments - 1
