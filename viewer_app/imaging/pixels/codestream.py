"""What a compressed frame says of itself, read without decoding: it must agree with the header.

JPEG: ITU-T T.81 annex B. JPEG-LS: ITU-T T.87 annex C. JPEG 2000: ITU-T T.800 annex A.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from viewer_app.imaging.headers import PixelFormat
from viewer_app.imaging.pixels.refusal import damaged, unsupported

JPEG_MARK = b"\xff\xd8\xff"
J2K_MARK = b"\xff\x4f\xff\x51"

_SOT = b"\xff\x90"
_MOST_TILES = 65_535
_END = b"\xff\xd9"
_LONGEST_TAIL = 16
_JP2_MARK = b"\x00\x00\x00\x0cjP  "
_SOF = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7})
_SOS, _APP0, _APP14, _COD = 0xDA, 0xE0, 0xEE, 0x52


@dataclass(frozen=True, slots=True)
class Codestream:
    """One frame: its size, `components` of `bits` each, and its `process`: the SOF byte, or 0x4F for JPEG 2000.

    `is_signed` is None where the codestream has no sign of its own. `is_rgb` is what a
    JPEG file marks about its own colours, None for nothing. `has_transform` tells of a
    multiple component transform of JPEG 2000.
    """

    rows: int
    columns: int
    components: int
    bits: int
    process: int
    is_signed: bool | None = None
    is_rgb: bool | None = None
    has_transform: bool = False


def inspect(frame: bytes, processes: frozenset[int]) -> Codestream:
    """Read a frame's own header; `processes` are those its transfer syntax allows.

    Raises DamagedPixels where the frame is cut short or of another compression.
    """
    if frame.startswith(_JP2_MARK):
        raise unsupported("The frame is wrapped in a JP2 file, which DICOM does not allow.")
    # Neither JPEG, JPEG-LS nor JPEG 2000 can have these two bytes inside coded data.
    if _END not in frame[-_LONGEST_TAIL - len(_END) :]:
        raise damaged("The compressed frame breaks off before its end.")
    try:
        stream = _j2k(frame) if frame.startswith(J2K_MARK) else _jpeg(frame)
    except (struct.error, IndexError):
        raise damaged("The head of the compressed frame is broken.") from None
    if stream.process not in processes:
        raise damaged("The frame is not compressed the way the header says.")
    return stream


def compare(stream: Codestream, pixels: PixelFormat) -> None:
    """Raise DamagedPixels where the frame contradicts the header (H24), UnsupportedPixels where it is ambiguous."""
    own = (stream.columns, stream.rows, stream.components)
    if own != (pixels.columns, pixels.rows, pixels.samples_per_pixel):
        raise damaged(
            "The compressed frame is {} by {} pixels of {} value(s), but the header says {} by {} of {}.".format(
                *own, pixels.columns, pixels.rows, pixels.samples_per_pixel
            )
        )
    if stream.bits > pixels.bits_allocated:
        raise damaged(f"The compressed frame has {stream.bits} bits a value, the header {pixels.bits_allocated}.")
    if stream.is_signed and not pixels.is_signed:
        raise damaged("The compressed frame has negative values, but the header says there are none.")
    if pixels.is_signed and not stream.is_signed and stream.bits < pixels.bits_stored:
        raise unsupported("The compressed frame does not tell which of its values are negative.")
    _compare_colour(stream, pixels)


def _compare_colour(stream: Codestream, pixels: PixelFormat) -> None:
    named = pixels.photometric_interpretation
    if stream.components == 1:
        return
    if stream.is_rgb is not None and stream.is_rgb != (named == "RGB"):
        raise damaged("The compressed frame and the header name different colours.")
    if stream.process == J2K_MARK[1] and named != "RGB" and stream.has_transform != (named in ("YBR_RCT", "YBR_ICT")):
        raise damaged("The compressed frame and the header name different colours.")


def _jpeg(frame: bytes) -> Codestream:
    marks: dict[int, bytes] = {}
    sof = 0
    for mark, body in _segments(frame):
        if mark in _SOF:
            sof = mark
        if mark in _SOF or mark == _APP14 or (mark == _APP0 and body.startswith(b"JFIF\0")):
            marks.setdefault(mark, body)
    if not sof:
        raise damaged("The compressed frame has no head.")
    bits, rows, columns, components = struct.unpack_from(">BHHB", marks[sof])
    names = bytes(marks[sof][6 + 3 * n] for n in range(components))
    return Codestream(rows, columns, components, bits, sof, is_rgb=_marked_rgb(marks, names))


def _segments(frame: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, body) of the segments between start of image and start of scan."""
    if not frame.startswith(b"\xff\xd8"):
        raise damaged("The frame is not compressed the way the header says.")
    at = 2
    while True:
        if frame[at] != 0xFF:
            raise damaged("The head of the compressed frame is broken.")
        mark = frame[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == _SOS:
            return
        (length,) = struct.unpack_from(">H", frame, at + 2)
        yield mark, frame[at + 4 : at + 2 + max(length, 2)]
        at += 2 + max(length, 2)


def _marked_rgb(marks: dict[int, bytes], names: bytes) -> bool | None:
    adobe = marks.get(_APP14, b"")
    if adobe.startswith(b"Adobe") and len(adobe) >= 12:
        return adobe[11] == 0
    if names == b"RGB":
        return True
    return False if _APP0 in marks else None


def _j2k(frame: bytes) -> Codestream:
    _, right, lower, left, upper = struct.unpack_from(">HIIII", frame, 6)
    (components,) = struct.unpack_from(">H", frame, 40)
    kinds = {frame[42 + 3 * n : 45 + 3 * n] for n in range(components)}
    if len(kinds) != 1 or not (only := kinds.pop()).endswith(b"\1\1"):
        raise unsupported("The colours of the compressed frame are of different sizes.")
    _check_tiles(frame)
    depth = only[0]
    return Codestream(
        rows=lower - upper,
        columns=right - left,
        components=components,
        bits=(depth & 0x7F) + 1,
        process=J2K_MARK[1],
        is_signed=bool(depth & 0x80),
        has_transform=_j2k_transform(frame),
    )


def _check_tiles(frame: bytes) -> None:
    """Raise DamagedPixels unless every tile is there (T.800 A.4.2): a decoder would leave its place black."""
    right, lower, _, _, width, height, left, upper = struct.unpack_from(">8I", frame, 8)
    expected = -(-(right - left) // width) * -(-(lower - upper) // height) if width and height else 0
    if not 0 < expected <= _MOST_TILES:
        raise damaged("The head of the compressed frame is broken.")
    at, found = _main_header_end(frame), set()
    while frame[at : at + 2] == _SOT:
        tile, size = struct.unpack_from(">HI", frame, at + 4)
        found.add(tile)
        if not size:  # the last one, up to the end
            break
        at += max(size, 12)
        if at + len(_END) > len(frame):
            raise damaged("The compressed frame breaks off before its end.")
    if found != set(range(expected)):
        raise damaged(f"Of {expected} tile(s) of the compressed frame, {len(found)} are there.")


def _main_header_end(frame: bytes) -> int:
    """Where the first tile-part begins."""
    at = 2
    while frame[at : at + 2] != _SOT:
        (length,) = struct.unpack_from(">H", frame, at + 2)
        at += 2 + max(length, 2)
    return at


def _j2k_transform(frame: bytes) -> bool:
    """The multiple component transform of the COD segment (T.800 A.6.1)."""
    at = 2
    while frame[at : at + 2] != bytes((0xFF, _COD)):
        (length,) = struct.unpack_from(">H", frame, at + 2)
        at += 2 + max(length, 2)
    return frame[at + 8] != 0
