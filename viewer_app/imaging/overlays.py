"""Overlay planes: drawings in one bit that a file brings along (PS3.3 C.9.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataelem import DataElement

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.pixels import read_frame
from viewer_app.imaging.pixels.refusal import damaged, reading
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.progress import Watch

Mask = NDArray[np.bool_]

_ROWS, _COLUMNS, _KIND, _FRAMES, _ORIGIN, _FIRST_FRAME = 0x10, 0x11, 0x40, 0x15, 0x50, 0x51
_ALLOCATED, _POSITION, _LABEL, _DATA = 0x100, 0x102, 0x1500, 0x3000
_ELEMENTS = (_ROWS, _COLUMNS, _KIND, _FRAMES, _ORIGIN, _FIRST_FRAME, _ALLOCATED, _POSITION, _LABEL, _DATA)
_LARGEST_SIDE = 1 << 15


@dataclass(frozen=True, eq=False)
class Overlays:
    """What is drawn over one frame: `mask` (rows, columns) of the image, None where nothing is.

    `problems` says which planes of the file cannot be drawn, and why.
    """

    mask: Mask | None = None
    problems: tuple[str, ...] = ()


def read_overlays(file: BinaryIO, instance: Instance, number: int, watch: Watch) -> Overlays:
    """All overlay planes of frame `number` (from 1) in one mask.

    `file` is the whole DICOM file, wherever it stands. A plane that cannot be read is
    told in `problems`: a drawing that is missing must not keep the image away.
    """
    try:
        header = _header(file, instance)
    except CaliperError as error:
        return Overlays(problems=(error.what,))
    drawn: Mask | None = None
    problems = []
    for group in instance.overlay_groups:
        try:
            with quiet_pydicom, reading("its values make no sense."):
                mask = _Plane(header, group).mask(file, instance, number, watch)
        except CaliperError as error:
            watch.check()
            problems.append(f"Overlay {group:04X} is not drawn: {error.what}")
            continue
        if mask is not None:
            drawn = mask if drawn is None else drawn | mask
    return Overlays(drawn, tuple(problems))


def _header(file: BinaryIO, instance: Instance) -> Dataset:
    wanted: list[Any] = [group << 16 | element for group in instance.overlay_groups for element in _ELEMENTS]
    with quiet_pydicom, reading("The overlays of the image cannot be read."):
        file.seek(0)
        return dcmread(file, stop_before_pixels=True, force=True, specific_tags=wanted)


class _Plane:
    """One group of a header."""

    def __init__(self, header: Dataset, group: int) -> None:
        self._header, self._group = header, group
        self._rows, self._columns = self._number(_ROWS, 0), self._number(_COLUMNS, 0)
        if not (0 < self._rows <= _LARGEST_SIDE and 0 < self._columns <= _LARGEST_SIDE):
            raise damaged("its size makes no sense.")

    def mask(self, file: BinaryIO, instance: Instance, number: int, watch: Watch) -> Mask | None:
        """The plane on the image's own pixels; None where this frame has none."""
        assert instance.pixel_format is not None
        index = self._index(number)
        if index is None:
            return None
        data = self._element(_DATA)
        bits = self._embedded(file, instance, number, watch) if data is None else self._separate(data, index)
        return self._placed(bits, (instance.pixel_format.rows, instance.pixel_format.columns))

    def _index(self, number: int) -> int | None:
        """Which frame of the overlay belongs to image frame `number`; an overlay without frames belongs to all."""
        if self._element(_FRAMES) is None:
            return 0
        index = number - self._number(_FIRST_FRAME, 1)
        frames = self._number(_FRAMES, 1)
        if frames == 1 and self._element(_FIRST_FRAME) is None:
            return 0
        return index if 0 <= index < frames else None

    def _separate(self, data: DataElement, index: int) -> Mask:
        """Overlay Data: one bit a pixel, lowest first, frames without a gap (PS3.5 8.1.2)."""
        raw = np.frombuffer(bytes(data.value), dtype=np.uint8)
        if not self._header.original_encoding[1] and data.VR == "OW":
            raw = raw[: len(raw) & ~1].view(np.uint16).byteswap().view(np.uint8)
        size = self._rows * self._columns
        bits = np.unpackbits(raw, bitorder="little")[index * size : (index + 1) * size]
        if len(bits) < size:
            raise damaged("its data are too short.")
        return bits.reshape(self._rows, self._columns).astype(bool)

    def _embedded(self, file: BinaryIO, instance: Instance, number: int, watch: Watch) -> Mask:
        """Retired: a bit of each pixel that the image itself does not use (PS3.3 C.9.2, 2004)."""
        pixels = instance.pixel_format
        assert pixels is not None
        bit = self._number(_POSITION, 0)
        is_unused = pixels.bits_stored <= bit < pixels.bits_allocated
        if (
            pixels.samples_per_pixel != 1
            or not is_unused
            or (self._rows, self._columns) != (pixels.rows, pixels.columns)
        ):
            raise damaged("its data are missing.")
        whole = replace(pixels, bits_stored=pixels.bits_allocated, high_bit=pixels.bits_allocated - 1, is_signed=False)
        file.seek(0)
        words = read_frame(file, replace(instance, pixel_format=whole), number, watch)
        return (words >> bit & 1).astype(bool)

    def _placed(self, bits: Mask, shape: tuple[int, int]) -> Mask:
        """Overlay Origin is the image's row and column, from 1, of the overlay's first pixel; it may lie outside."""
        origin = self._element(_ORIGIN)
        if origin is not None and origin.VM != 2:
            raise damaged("its place makes no sense.")
        top, left = (1, 1) if origin is None else (int(part) for part in origin.value)
        mask = np.zeros(shape, dtype=bool)
        first_row, first_column = max(top - 1, 0), max(left - 1, 0)
        part = bits[max(1 - top, 0) :, max(1 - left, 0) :][
            : max(shape[0] - first_row, 0), : max(shape[1] - first_column, 0)
        ]
        mask[first_row : first_row + part.shape[0], first_column : first_column + part.shape[1]] = part
        return mask

    def _element(self, element: int) -> DataElement | None:
        tag = self._group << 16 | element
        return self._header[tag] if tag in self._header and self._header[tag].value not in (None, "") else None

    def _number(self, element: int, default: int) -> int:
        found = self._element(element)
        return default if found is None else int(found.value)
