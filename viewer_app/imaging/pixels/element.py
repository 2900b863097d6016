"""Where the pixels lie in a DICOM file, found without reading them."""

from __future__ import annotations

import io
import os
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from viewer_app.errors import DamagedPixels, NotAnImage
from viewer_app.imaging.headers import Instance, PixelFormat
from viewer_app.imaging.pixels.layout import native_bits
from viewer_app.imaging.pixels.refusal import damaged, reading, unsupported
from viewer_app.imaging.reading.inflate import Ending, inflate
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.progress import Watch

if TYPE_CHECKING:
    from pydicom import Dataset

DEFLATED = "1.2.840.10008.1.2.1.99"
_IMPLICIT, _BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"

_UNDEFINED = 0xFFFFFFFF
_LONG_FORM = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_FLOAT_TAGS = {32: 0x7FE00008, 64: 0x7FE00009}
_PALETTE_TAGS = tuple(0x00280000 + n for n in (*range(0x1101, 0x1104), *range(0x1201, 0x1204), *range(0x1221, 0x1224)))
_OFFSET_TAGS = (0x7FE00001, 0x7FE00002)
_NEEDED = [0x00080018, *_PALETTE_TAGS, *_OFFSET_TAGS]
_HEADER_ALLOWANCE = 64 << 20
_NOT_WHOLE = {
    Ending.CUT_SHORT: "The compressed file breaks off before its end.",
    Ending.DAMAGED: "The compressed file is broken in the middle.",
    Ending.TOO_LARGE: "The compressed file unpacks to far more than its header promises.",
}


@dataclass(frozen=True)
class PixelElement:
    """The pixel element of a file: its value begins at `start` and has `length` bytes there.

    `length` is None for encapsulated pixels; `end` is the end of the file. `header()`
    reads the few elements pixels need beside them: palettes and extended offsets.
    Who moves `file` holds `lock` meanwhile, once several threads ask for frames.
    """

    file: BinaryIO
    start: int
    length: int | None
    end: int
    vr: str
    big_endian: bool
    header: Callable[[], Dataset]
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)


def find(file: BinaryIO, instance: Instance, watch: Watch) -> PixelElement:
    """Find the pixel element of `instance` in `file`, which stands at its first byte.

    Where `instance` has a mark, or `file` one of its own, the source that opened the file has compared its header
    with it, and the header is not parsed again. A deflated data set is inflated into
    memory first, to no more than its header promises. Raises NotAnImage, Unreadable, DamagedPixels or Cancelled.
    """
    pixels = instance.pixel_format
    if pixels is None:
        raise NotAnImage(
            "This object holds no image.", "Its text can be read in the viewer of the system it came from."
        )
    with quiet_pydicom, reading("The header of the image cannot be read a second time."):
        return _marked(file, instance, pixels) or _searched(file, instance, pixels, watch)


def _marked(file: BinaryIO, instance: Instance, pixels: PixelFormat) -> PixelElement | None:
    """The element where the mark says it begins; None where one look at it leaves a doubt."""
    mark, syntax = instance.mark or getattr(file, "mark", None), instance.transfer_syntax_uid
    if mark is None or syntax in (DEFLATED, _BIG_ENDIAN):
        return None
    file.seek(mark.size)
    start = file.read(12)
    file.seek(0)
    if len(start) < 12:
        return None
    group, number, vr, length = struct.unpack("<HH2s2xL", start)
    is_explicit = vr.decode("ascii", "replace") in _LONG_FORM
    if group << 16 | number != _expected_tag(pixels) or is_explicit == (syntax == _IMPLICIT):
        return None
    begin = mark.size + 12
    if not is_explicit:
        (length,), begin, vr = struct.unpack_from("<L", start, 4), mark.size + 8, b"OW"
    return _placed(file, begin, length, vr.decode("ascii"), partial(_again, file))


def _again(file: BinaryIO) -> Dataset:
    with quiet_pydicom, reading("The header of the image cannot be read a second time."):
        file.seek(0)
        return _whole_header(file)


def _searched(file: BinaryIO, instance: Instance, pixels: PixelFormat, watch: Watch) -> PixelElement:
    """The element behind its header, which is parsed a second time."""
    if instance.transfer_syntax_uid == DEFLATED:
        file = _inflated(file, instance, pixels, watch)
        header = _header_only(file)
    else:
        header = _whole_header(file)
    if header.get("SOPInstanceUID") != instance.sop_instance_uid:
        raise DamagedPixels("The file is not the image it was when it was opened.", "Open the study again.")
    return _element(file, header, pixels)


def _whole_header(file: BinaryIO) -> Dataset:
    from pydicom import dcmread

    return dcmread(file, stop_before_pixels=True, force=True, specific_tags=list(_NEEDED))


def _header_only(file: BinaryIO) -> Dataset:
    from pydicom.filereader import read_dataset

    return read_dataset(
        file,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, vr, length: tag in _PIXEL_TAGS,
        specific_tags=list(_NEEDED),
    )


def _inflated(file: BinaryIO, instance: Instance, pixels: PixelFormat, watch: Watch) -> BinaryIO:
    """The data set of a deflated file; a bomb is refused at what the header promises."""
    _skip_meta(file)
    most = len(instance.frames) * native_bits(pixels) // 8 + _HEADER_ALLOWANCE
    whole = io.BytesIO()
    ending = inflate(file, whole, most, watch)
    if ending is not Ending.WHOLE:
        raise damaged(_NOT_WHOLE[ending])
    whole.seek(0)
    return whole


def _skip_meta(file: BinaryIO) -> None:
    from pydicom.filereader import read_dataset

    file.seek(132, os.SEEK_CUR)
    read_dataset(file, False, True, stop_when=lambda tag, vr, length: tag.group != 2)


def _element(file: BinaryIO, header: Dataset, pixels: PixelFormat) -> PixelElement:
    implicit, little = header.original_encoding
    order = "<" if little else ">"
    start = file.read(8)
    if len(start) < 8:
        raise damaged("The file ends before the pixels its header announces.")
    group, number, length = struct.unpack(order + "HHL", start)
    tag, vr = group << 16 | number, "OW"
    # Some writers change to implicit VR in mid-file; two bytes of a length are no two letters.
    if not implicit and start[4:6].isalpha():
        vr = start[4:6].decode("ascii", "replace")
        if vr not in _LONG_FORM:
            raise damaged("The pixels are stored as something that is not pixels.")
        (length,) = struct.unpack(order + "L", file.read(4))
    if tag != _expected_tag(pixels):
        raise damaged("The file holds no pixels of the kind its header announces.")
    return _placed(file, file.tell(), length, vr, lambda: header, big_endian=not little)


def _placed(
    file: BinaryIO, begin: int, length: int, vr: str, header: Callable[[], Dataset], *, big_endian: bool = False
) -> PixelElement:
    end = file.seek(0, os.SEEK_END)
    return PixelElement(file, begin, None if length == _UNDEFINED else length, end, vr, big_endian, header)


def _expected_tag(pixels: PixelFormat) -> int:
    if not pixels.is_float:
        return 0x7FE00010
    if pixels.bits_allocated not in _FLOAT_TAGS:
        raise unsupported(f"Floating point pixels of {pixels.bits_allocated} bits are not supported.")
    return _FLOAT_TAGS[pixels.bits_allocated]
