"""H20 to H36: pixel modules that contradict the pixels, bombs, and forms of pixels that are rare."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from pydicom import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from tests.hostile.case import Case, either, not_an_image, refused, shown
from tests.hostile.parts import (
    CODED,
    COLUMNS,
    PIXEL_DATA,
    PIXELS,
    PREAMBLE,
    ROWS,
    TRUTH,
    added,
    changed,
    compressed,
    content,
    dataset,
    elements,
    puts,
)
from tests.hostile.parts import Element as Part
from tests.imaging.pixels.encoders import ENCODERS, J2K, JPEG_LS, RLE, SV1
from tests.imaging.pixels.records import pixel_format, ramp

_META_END = 0x00080000


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    yield from _sizes()
    yield from _other_frames()
    yield from _bits()
    yield from _signs()
    yield from _floats()
    yield from _no_pixels()
    yield from _syntaxes(thorough)
    yield from _bombs(thorough)
    yield from _broken_rle()


def of(**values: Any) -> Callable[[Path], object]:
    """A `make` that writes the hostile image with these values."""
    return puts(lambda: content(dataset(**values)))


def _sizes() -> Iterator[Case]:
    few = refused("promises")
    yield Case("H20-twice-the-rows", of(Rows=2 * ROWS), few)
    yield Case("H20-one-column-more", of(Columns=COLUMNS + 1), few)
    yield Case("H20-two-frames", of(NumberOfFrames=2), few)
    yield Case("H20-32-bits", of(BitsAllocated=32, BitsStored=32, HighBit=31), few)
    yield Case("H20-half-the-rows", of(Rows=ROWS // 2), refused("more than its header promises"))
    for name in ("Rows", "Columns"):
        yield Case(f"H21-no-{name.lower()}", of(**{name: 0}), refused("by"))
        yield Case(f"H21-absent-{name.lower()}", of(**{name: None}), either())
    yield Case("H22-65535-square", of(Rows=65535, Columns=65535), refused("larger|promises|memory"))
    for number in range(2, 5):
        huge = of(Rows=65535, Columns=65535, NumberOfFrames=10**number)
        yield Case(f"H22-65535-square-{10**number}-frames", huge, refused("larger|promises|memory|claims"))
    for name, value in {
        "0": b"0 ", "minus-1": b"-1", "a-half": b"1.5 ", "2e9": b"2000000000", "text": b"many", "2": b"2 ",
        "two-values": b"1\\1 ", "nan": b"nan ", "100001": b"100001",
    }.items():  # fmt: skip
        frames = added(content(dataset()), Part(0x00280008, "IS", value))
        one = name in ("0", "a-half", "text", "two-values", "nan")
        expect = shown("number of frames is not usable") if one else refused("frame")
        yield Case(f"H23-frames-{name}", puts(frames), expect, (TRUTH,) if one else ())
        double = changed(frames, PIXEL_DATA, value=TRUTH.tobytes() * 2)
        if name != "2":
            yield Case(f"H23-two-images-under-frames-{name}", puts(double), refused("frame|more than its header"))
    blank = added(content(dataset()), Part(0x00280008, "IS", b""))
    yield Case("H23-frames-empty", puts(blank), shown(), (TRUTH,))


def _other_frames() -> Iterator[Case]:
    for coded in CODED.values():
        others: dict[str, dict[str, Any]] = {
            "rows-more": {"rows": ROWS + 1}, "rows-fewer": {"rows": ROWS - 1},
            "columns-more": {"columns": COLUMNS + 1}, "columns-fewer": {"columns": COLUMNS - 1},
            "turned": {"rows": COLUMNS, "columns": ROWS},
            "colours": {"samples_per_pixel": 3, "photometric_interpretation": "RGB"},
        }  # fmt: skip
        for name, changes in others.items():
            if coded.name in ("rle", "deflate") and name == "turned":
                continue  # no head of its own: a frame of equal size cannot be told from another
            yield Case(f"H24-{coded.name}-{name}", puts(coded.file(**changes)), refused("frame"))


def _bits() -> Iterator[Case]:
    one = TRUTH[:16, :8] & 1
    packed = np.packbits(one.astype("u1"), axis=None, bitorder="little").tobytes()
    bits = content(dataset(Rows=16, Columns=8, BitsAllocated=1, BitsStored=1, HighBit=0, PixelData=packed))
    yield Case("H25-1-bit", puts(bits), shown(), (one,))
    wide = ramp((ROWS, COLUMNS), "u4", 0, (1 << 32) - 1)
    long: dict[str, Any] = {
        "BitsAllocated": 32,
        "BitsStored": 32,
        "HighBit": 31,
        "PixelData": wide.astype("<u4").tobytes(),
    }
    yield Case("H25-32-bits", of(**long), shown(), (wide,))
    for allocated, stored in ((12, 12), (24, 24), (64, 64), (0, 0), (7, 7), (40, 12), (65535, 16)):
        values: dict[str, Any] = {"BitsAllocated": allocated, "BitsStored": stored, "HighBit": max(stored - 1, 0)}
        values["PixelData"] = bytes(-(-ROWS * COLUMNS * min(allocated, 64) // 8) + 1 & ~1)
        yield Case(f"H25-{allocated}-bits-{stored}-used", of(**values), refused("bits"))
    for stored in (0, 17, 32, 255):
        yield Case(f"H26-{stored}-of-16", of(BitsStored=stored, HighBit=max(stored - 1, 0)), refused("bits"))
    for high in (15, 12, 10, 0):
        yield Case(f"H27-high-bit-{high}", of(HighBit=high), refused("end at bit"))


def _signs() -> Iterator[Case]:
    for is_signed in (False, True):
        pixels = replace(PIXELS, is_signed=is_signed)
        truth = ramp((ROWS, COLUMNS), "i2" if is_signed else "u2", *pixels.stored_range)
        dirty = (truth.view("u2") & 0xFFF) | (ramp((ROWS, COLUMNS), "u2", 0, 15) << 12)
        word = "signed" if is_signed else "unsigned"
        native = of(PixelRepresentation=int(is_signed), PixelData=dirty.astype("<u2").tobytes())
        yield Case(f"H28-{word}-native", native, shown(), (truth,))
        for syntax in (SV1, JPEG_LS, RLE, J2K):
            name = next(coded.name for coded in CODED.values() if coded.syntax == syntax)
            frame = ENCODERS[syntax](dirty, pixels)
            yield Case(f"H28-{word}-{name}", puts(compressed(syntax, [frame], pixels)), shown(), (truth,))
    plain = pixel_format(ROWS, COLUMNS)
    negative = ramp((ROWS, COLUMNS), "i2", -2000, 2000)
    frame = ENCODERS[J2K](negative, plain)
    yield Case("H29-negative-frame-unsigned-header", puts(compressed(J2K, [frame], plain)), refused("negative"))
    signed = replace(PIXELS, is_signed=True)
    bare = imagecodecs.jpeg2k_encode(TRUTH & 0x7FF, level=0, codecformat="J2K", bitspersample=11)
    yield Case("H29-too-few-bits-for-a-sign", puts(compressed(J2K, [bytes(bare)], signed)), refused("negative"))
    truth = ramp((ROWS, COLUMNS), "i2", -2048, 2047)
    pattern = imagecodecs.jpeg2k_encode(truth.view("u2") & 0xFFF, level=0, codecformat="J2K", bitspersample=12)
    yield Case("H29-unsigned-frame-signed-header", puts(compressed(J2K, [bytes(pattern)], signed)), shown(), (truth,))


def _floats() -> Iterator[Case]:
    for kind, keyword in (("f4", "FloatPixelData"), ("f8", "DoubleFloatPixelData")):
        truth = ramp((ROWS, COLUMNS), "u2", 0, 4095).astype(kind) / 7
        truth[0, :4] = np.nan, np.inf, -np.inf, -0.0
        for name, values in {"": truth, "-all-nan": np.full_like(truth, np.nan)}.items():
            image = dataset(BitsAllocated=8 * truth.itemsize)
            for keyword_of_integers in ("PixelRepresentation", "BitsStored", "HighBit", "PixelData"):
                delattr(image, keyword_of_integers)
            setattr(image, keyword, values.astype(f"<{kind}").tobytes())
            yield Case(f"H30-{kind}{name}", puts(content(image)), shown(), (values,))


_OBJECTS = {
    "1.2.840.10008.5.1.4.1.1.88.11": "Basic Text SR",
    "1.2.840.10008.5.1.4.1.1.88.33": "Comprehensive SR",
    "1.2.840.10008.5.1.4.1.1.481.3": "RT Structure Set",
    "1.2.840.10008.5.1.4.1.1.11.1": "Presentation state",
    "1.2.840.10008.5.1.4.1.1.88.59": "Key object selection",
    "1.2.840.10008.5.1.4.1.1.104.1": "PDF document",
}


def _no_pixels() -> Iterator[Case]:
    for uid, name in _OBJECTS.items():
        image = dataset(Rows=None, Columns=None, BitsAllocated=None, SOPClassUID=uid, Modality="OT")
        del image.PixelData
        image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
        yield Case(f"H31-{name.lower().replace(' ', '-')}", puts(content(image)), not_an_image(name))
    promised = dataset()
    del promised.PixelData
    yield Case("H31-image-without-pixels", puts(content(promised)), refused("pixels"))


def _syntaxes(thorough: bool) -> Iterator[Case]:
    big = Dataset(dataset())  # a FileDataset keeps to the byte order it was made in
    big.file_meta = dataset().file_meta
    big.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    big.PixelData = TRUTH.astype(">u2").tobytes()
    yield Case("H32-big-endian", puts(content(big)), shown(), (TRUTH,))
    little = changed(content(dataset()), 0x00020010, value=b"1.2.840.10008.1.2.2\0")
    yield Case("H32-little-endian-called-big", puts(little), either(), (TRUTH,))
    yield Case("H33-deflated", puts(_deflated(content(dataset()))), shown(), (TRUTH,))
    cut = _deflated(content(dataset()))[:-200]
    yield Case("H33-deflated-cut", puts(cut), either(), (TRUTH,))
    size = (2 << 30) if thorough else (400 << 20)
    for name, tag in {"header": 0x00091010, "pixels": PIXEL_DATA}.items():
        bomb = _bomb(content(dataset()), tag, size)
        yield Case(f"H33-bomb-in-the-{name}-{size >> 20}-mib", puts(bomb), either(), (TRUTH,))


def _packed(whole: bytes, inside: Callable[[Any], bytes]) -> bytes:
    """A file as Deflated Explicit VR Little Endian; `inside` packs the data set."""
    uid = DeflatedExplicitVRLittleEndian.encode()
    whole = changed(whole, 0x00020010, value=uid + b"\0" * (len(uid) % 2))
    meta = [part for part in elements(whole) if part.tag < _META_END]
    size = sum(len(part.encoded()) for part in meta[1:])
    head = PREAMBLE + b"".join(part.encoded() for part in (replace(meta[0], value=struct.pack("<L", size)), *meta[1:]))
    return head + inside([part for part in elements(whole) if part.tag > _META_END])


def _deflated(whole: bytes) -> bytes:
    def pack(parts: list[Part]) -> bytes:
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(b"".join(part.encoded() for part in parts)) + packer.flush()

    return _packed(whole, pack)


def _bomb(whole: bytes, tag: int, size: int) -> Callable[[], bytes]:
    """`size` zeros in the element `tag`."""

    def pack(parts: list[Part]) -> bytes:
        packer = zlib.compressobj(wbits=-15)
        kept = [part for part in parts if part.tag < tag]
        zeros, out = bytes(1 << 20), []
        out.append(packer.compress(b"".join(part.encoded() for part in kept)))
        out.append(packer.compress(Part(tag, "OB", b"", size).encoded()))
        out.extend(packer.compress(zeros) for _ in range(size >> 20))
        out.append(packer.compress(b"".join(part.encoded() for part in parts if part.tag > tag)))
        return b"".join((*out, packer.flush()))

    return lambda: _packed(whole, pack)


def _bombs(thorough: bool) -> Iterator[Case]:
    eight = {"rows": 30_000, "columns": 30_000, "bits_allocated": 8, "bits_stored": 8, "high_bit": 7}
    short = struct.pack("<16L", 1, 64, *[0] * 14) + b"\x81\0" * 40
    yield Case("H34-rle-claims-900-megapixels", puts(CODED["rle"].file(short, **eight)), refused("short"))
    run = struct.pack("<16L", 1, 64, *[0] * 14) + b"\x81\0" * (30_000 * 30_000 // 128 + 2)
    if thorough:
        yield Case(
            "H34-rle-of-900-megapixels",
            puts(lambda: CODED["rle"].file(run, **eight)),
            either(),
            (_ZEROS,),
            longest_s=40,
        )
    huge = bytearray(imagecodecs.jpeg2k_encode(np.zeros((64, 64), "u1"), level=0, codecformat="J2K"))
    struct.pack_into(">II", huge, 8, 14_318, 14_318)
    size = {"rows": 14_318, "columns": 14_318, "bits_allocated": 8, "bits_stored": 8, "high_bit": 7}
    yield Case("H35-j2k-claims-205-megapixels", puts(CODED["j2k"].file(bytes(huge), **size)), refused("frame"))
    tiles = bytearray(huge)
    struct.pack_into(">II", tiles, 24, 1, 1)
    yield Case("H35-j2k-claims-205-million-tiles", puts(CODED["j2k"].file(bytes(tiles), **size)), refused("frame"))


# An honest array of zeros takes no memory until it is touched.
_ZEROS = np.broadcast_to(np.uint8(0), (30_000, 30_000))


def _broken_rle() -> Iterator[Case]:
    """What makes a decoder throw, abort or read beyond its input: the neighbour is shown after it."""
    sound = CODED["rle"].frame
    for name, head in {
        "no-segments": [0] * 16,
        "sixteen-segments": [16] + [64] * 15,
        "segments-swapped": [2, 300, 64] + [0] * 13,
        "segment-behind-the-end": [2, 64, 0xFFFFFFF0] + [0] * 13,
        "segment-in-the-head": [2, 4, 8] + [0] * 13,
        "all-ones": [0xFFFFFFFF] * 16,
    }.items():
        frame = struct.pack("<16L", *head) + sound[64:]
        yield Case(f"H36-rle-{name}", puts(CODED["rle"].file(frame)), refused("frame"))
    yield Case("H36-rle-head-only", puts(CODED["rle"].file(sound[:64])), refused("frame"))
    yield Case("H36-rle-shorter-than-its-head", puts(CODED["rle"].file(sound[:30])), refused("frame"))
    for name in ("jpeg-lossless", "jpeg-ls", "j2k", "htj2k", "jpeg-baseline"):
        frame = CODED[name].frame
        yield Case(f"H36-{name}-all-but-its-ends", puts(CODED[name].file(frame[:2] + frame[-2:])), refused("frame"))
