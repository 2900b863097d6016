"""H01 to H07: what is no DICOM file, is cut short, or lies about how long it is."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator
from functools import partial

from PIL import Image

from tests.hostile.case import Case, Expectation, Truth, either, not_dicom, refused, shown
from tests.hostile.parts import (
    CODED,
    EIGHT,
    PIXEL_DATA,
    PREAMBLE,
    TRUTH,
    Element,
    added,
    changed,
    compressed,
    content,
    dataset,
    puts,
)
from tests.imaging.pixels.encoders import J2K

_NO_DICOM = {
    "text": b"Dear colleague, thank you for referring this patient." * 20,
    "pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 20,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(range(256)) * 8,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "html": b"<!doctype html><title>Report</title>" * 30,
    "gzip": b"\x1f\x8b\x08\0" + zlib.compress(b"x" * 5000),
    "zip": b"PK\x03\x04" + bytes(400),
    "nifti": struct.pack("<i", 348) + bytes(344) + b"n+1\0" + bytes(400),
    "sqlite": b"SQLite format 3\0" + bytes(800),
    "utf16": "Bericht".encode("utf-16") * 60,
    "one-byte": b"\x08",
    "132-zeros": bytes(132),
    "mark-too-early": b"DICM" + bytes(400),
}


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    yield Case("H01-empty", puts(b""), not_dicom())
    yield Case("H01-empty-without-extension", puts(b"", "IM0001"), not_dicom())
    for seed in range(200 if thorough else 4):
        noise = random.Random(seed).randbytes(100_000)
        yield Case(f"H02-random-{seed}", puts(noise), either("."), (TRUTH,))
        yield Case(f"H02-random-behind-the-mark-{seed}", puts(PREAMBLE + noise), either("."), (TRUTH,))
    for name, content_of in _NO_DICOM.items():
        yield Case(f"H03-{name}", puts(content_of), not_dicom())
    yield from _truncated(thorough)
    yield from _cut_inside(thorough)
    yield from _tiles()
    yield from _lying_lengths()


def _truncated(thorough: bool) -> Iterator[Case]:
    native = content(dataset())
    yield from _cuts("native", native, (TRUTH,), 1 if thorough else -(-len(native) // 24))
    for coded in CODED.values():
        whole = coded.file()
        yield from _cuts(coded.name, whole, (coded.truth,), 1 if thorough else -(-len(whole) // 5))


def _cuts(name: str, whole: bytes, truths: tuple[Truth, ...], step: int) -> Iterator[Case]:
    for kept in sorted({*range(step // 2, len(whole), step), len(whole) - 1}):
        yield Case(f"H04-{name}-{kept}", puts(whole[:kept]), either(), truths)


def _cut_inside(thorough: bool) -> Iterator[Case]:
    """The last fragment ends early, but the delimiters are all there."""
    for coded in CODED.values():
        length = len(coded.frame) - 4
        kept = range(2, length, 1 if thorough else -(-length // 4))
        for count in kept:
            make = puts(partial(coded.file, coded.frame[:count]))
            yield Case(f"H05-{coded.name}-{count}", make, refused("frame|piece"), (coded.truth,))


def _tiles() -> Iterator[Case]:
    """JPEG 2000 in tiles, one of them left out: a decoder alone shows black in its place."""
    truth = (TRUTH >> 4).astype("u1")  # Pillow writes tiles of 16 bits wrongly
    stream = io.BytesIO()
    Image.fromarray(truth).save(stream, "JPEG2000", no_jp2=True, irreversible=False, tile_size=(8, 8))
    whole = stream.getvalue()
    yield Case("H05-j2k-in-tiles", puts(compressed(J2K, [whole], EIGHT)), shown(), (truth,))
    starts = [at for at in range(len(whole)) if whole.startswith(b"\xff\x90\0\x0a", at)]
    for name, first, last in (("first", 0, 1), ("middle", 2, 3), ("last", -1, None)):
        end = len(whole) - 2 if last is None else starts[last]
        less = whole[: starts[first]] + whole[end:]
        yield Case(f"H05-j2k-without-its-{name}-tile", puts(compressed(J2K, [less], EIGHT)), refused("tile"))


def _lying_lengths() -> Iterator[Case]:
    whole = content(dataset())
    told: Expectation = either()
    for length in (0xFFFFFFF0, 0x7FFFFFFE, len(whole) + 2):
        private = Element(0x00091010, "OB", b"\0\0", length)
        lying = added(added(whole, Element(0x00090010, "LO", b"CALIPER ")), private)
        yield Case(f"H06-private-{length:x}", puts(lying), told, (TRUTH,))
        sequence = Element(0x00081140, "SQ", b"", length)
        yield Case(f"H06-sequence-{length:x}", puts(added(whole, sequence)), told, (TRUTH,))
        meta = changed(whole, 0x00020001, length=length)
        yield Case(f"H06-file-meta-{length:x}", puts(meta), told, (TRUTH,))
    for tag in (0x00100010, 0x00280010, 0x0020000D):
        yield Case(f"H06-short-form-{tag:08x}", puts(changed(whole, tag, length=0xFFFE)), told, (TRUTH,))
    lie = changed(whole, PIXEL_DATA, length=0x7FFFFFFE)
    yield Case("H07-pixels-claim-2-gib", puts(lie), shown("claims 2147483646 bytes"), (TRUTH,))
    odd = changed(whole, PIXEL_DATA, length=TRUTH.nbytes + 1)
    yield Case("H07-pixels-claim-a-byte-more", puts(odd), shown("claims"), (TRUTH,))
    short = changed(whole, PIXEL_DATA, length=TRUTH.nbytes - 2)
    yield Case("H07-pixels-claim-less", puts(short), refused("promises"), (TRUTH,))
