"""H08 to H19: data sets that are nested, swollen, mislabelled, repeated or out of order; missing file meta."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.case import Case, doubted, either, refused, shown
from tests.hostile.parts import (
    CODED,
    NAME,
    PIXEL_DATA,
    PREAMBLE,
    TRUTH,
    Element,
    added,
    changed,
    content,
    dataset,
    elements,
    joined,
    puts,
    without,
)

_GIB = 1 << 30
_IN_HEADER, _PRIVATE, _BEHIND = 0x00081140, 0x00091010, 0xFFFCFFFC
_ROWS, _COLUMNS, _SPACING, _PATIENT_ID = 0x00280010, 0x00280011, 0x00280030, 0x00100020
_FRAMES, _SYNTAX = 0x00280008, 0x00020010


_UNNAMED = "does not say how its pixels are stored; they are read as uncompressed"
_SLOW = "where pydicom reads a sequence, each item takes it 25 µs and 1 kB"


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    yield from _nested()
    yield from _swollen(thorough)
    yield from _mislabelled()
    yield from _repeated()
    yield from _disordered()
    yield from _without_meta()


def _undefined(depth: int) -> bytes:
    head = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    tail = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return head * depth + tail * depth


def _defined(depth: int) -> bytes:
    parts: list[bytes] = []
    for inside in range(20 * (depth - 1), -1, -20):
        parts.append(struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, inside + 8))
        parts.append(struct.pack("<HHL", 0xFFFE, 0xE000, inside))
    return b"".join(parts)


def _nested() -> Iterator[Case]:
    whole = content(dataset())
    for depth in (50, 100, 240, 1_000, 100_000):
        for name, form in {"undefined": _undefined, "defined": _defined}.items():
            inside = form(depth)
            at = whole.index(struct.pack("<HH", 0x0010, 0x0010))
            nested = whole[:at] + inside + whole[at:]
            expect = shown() if depth == 50 else either(r"\.")
            yield Case(f"H08-{name}-{depth}", puts(nested), expect, (TRUTH,))
            behind = whole + inside.replace(struct.pack("<HH", 0x0008, 0x1140), struct.pack("<HH", 0xFFFC, 0x1140))
            yield Case(f"H08-behind-the-pixels-{name}-{depth}", puts(behind), either(), (TRUTH,))


def _swollen(thorough: bool) -> Iterator[Case]:
    whole = content(dataset())
    many = 2_000_000 if thorough else 150_000
    at = whole.index(struct.pack("<HH", 0x0010, 0x0010))

    def empty_elements() -> bytes:
        inside = b"".join(struct.pack("<HH2sH", 9, n & 0xFFFF, b"LO", 0) for n in range(many))
        return whole[:at] + inside + whole[at:]

    def empty_items() -> bytes:
        items = struct.pack("<HHL", 0xFFFE, 0xE000, 0) * many
        head = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, len(items))
        return whole[:at] + head + items + whole[at:]

    def frames() -> bytes:
        items = struct.pack("<HHL", 0xFFFE, 0xE000, 0) * (many // 10)
        return added(whole, Element(0x52009230, "SQ", items))

    def endless_items() -> bytes:
        items = struct.pack("<HHL", 0xFFFE, 0xE000, 0) * (many if thorough else many // 40)
        head = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
        return whole[:at] + head + items + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0) + whole[at:]

    made: dict[str, Callable[[], bytes]] = {
        "elements": empty_elements,
        "items": empty_items,
        "items-of-no-length": endless_items,
        "frames-of-one": frames,
    }
    for name, make in made.items():
        slow = _SLOW if thorough and make in (endless_items, frames) else ""
        form = "all" if thorough else "many"
        yield Case(f"H09-empty-{name}-{form}", puts(make), either(), (TRUTH,), reason_not_yet=slow)
    for gib in (1, 4):
        size = gib * _GIB - (2 if gib == 4 else 0)
        yield Case(f"H10-private-of-{gib}-gib", _with_hole(whole, 0x00091010, size), shown(), (TRUTH,))
        yield Case(f"H10-behind-the-pixels-{gib}-gib", _with_hole(whole, 0xFFFCFFFC, size), shown(), (TRUTH,))


def _with_hole(whole: bytes, tag: int, size: int) -> Callable[[Path], object]:
    """An OB of `size` zeros that no disk has to hold."""

    def make(folder: Path) -> None:
        parts = elements(whole)
        with (folder / NAME).open("wb") as file:
            file.write(joined(part for part in parts if part.tag < tag))
            file.write(Element(tag, "OB", b"", size).encoded())
            file.seek(size, os.SEEK_CUR)
            file.write(b"".join(part.encoded() for part in parts if part.tag > tag))
            file.truncate(file.tell())

    return make


def _mislabelled() -> Iterator[Case]:
    whole = content(dataset())
    odd = {0x00100010: b"Odd^One", _PATIENT_ID: b"HOSTILE", 0x00281052: b"-1024", 0x0020000D: b"2.25.123"}
    for tag, value in odd.items():
        yield Case(f"H11-odd-{tag:08x}", puts(changed(whole, tag, value=value)), shown(), (TRUTH,))
    one = TRUTH[:1, :13].astype("u1")
    alone = changed(
        content(dataset(BitsAllocated=8, BitsStored=8, HighBit=7)), PIXEL_DATA, vr="OB", value=one.tobytes()
    )
    alone = changed(changed(alone, _ROWS, value=b"\1\0"), _COLUMNS, value=b"\x0d\0")
    yield Case("H11-odd-pixels", puts(alone), shown(), (one,))
    rows = TRUTH.shape[0]
    for name, vr, value in (
        ("rows-ul", "UL", struct.pack("<L", rows)),
        ("rows-ul-overflow", "UL", struct.pack("<L", (1 << 16) + rows)),
        ("rows-sl-negative", "SL", struct.pack("<l", -rows)),
        ("rows-text", "IS", b"18"),
        ("rows-un", "UN", struct.pack("<H", rows)),
        ("rows-fd", "FD", struct.pack("<d", rows + 0.5)),
        ("rows-two", "US", struct.pack("<HH", rows, rows)),
        ("rows-empty", "US", b""),
        ("rows-three-bytes", "US", b"\x12\0\0"),
        ("rows-unknown-vr", "ZZ", struct.pack("<H", rows)),
    ):
        yield Case(f"H12-{name}", puts(changed(whole, _ROWS, vr=vr, value=value)), either(), (TRUTH,))
    for vr in ("OB", "UN", "UT", "US", "SQ"):
        yield Case(f"H12-pixels-{vr.lower()}", puts(changed(whole, PIXEL_DATA, vr=vr)), either(), (TRUTH,))
    spacing = struct.pack("<dd", 0.5, 0.25)
    yield Case("H12-spacing-fd", puts(changed(whole, _SPACING, vr="FD", value=spacing)), shown(), (TRUTH,))
    for length in (0, 2, 10_000, 0xFFFFFFFF):
        meta = Element(0x00020000, "UL", struct.pack("<L", length))
        rest = [part for part in elements(whole) if part.tag != meta.tag]
        yield Case(f"H13-file-meta-{length:x}", puts(joined((meta, *rest))), either(), (TRUTH,))
        group = Element(0x00080000, "UL", struct.pack("<L", length))
        yield Case(f"H13-group-8-{length:x}", puts(added(whole, group)), shown(), (TRUTH,))


def _repeated() -> Iterator[Case]:
    whole = content(dataset())
    equal = added(whole, Element(_SPACING, "DS", b"0.5\\0.25"), before=_SPACING)
    yield Case("H14-equal-spacing", puts(equal), shown(), (TRUTH,))
    for place, before in {"first": _SPACING, "second": _SPACING + 1}.items():
        other = added(whole, Element(_SPACING, "DS", b"5\\2.5 "), before=before)
        yield Case(
            f"H14-other-spacing-{place}", puts(other), doubted("twice|repeat|more than once|unambiguous"), (TRUTH,)
        )
        turned = added(whole, Element(_ROWS, "US", struct.pack("<H", 9)), before=_ROWS + (place == "second"))
        yield Case(f"H14-other-rows-{place}", puts(turned), doubted("."), (TRUTH,))
        owner = added(whole, Element(_PATIENT_ID, "LO", b"SOMEBODY"), before=_PATIENT_ID + (place == "second"))
        yield Case(
            f"H14-other-patient-{place}", puts(owner), doubted("twice|repeat|more than once|unambiguous"), (TRUTH,)
        )


def _disordered() -> Iterator[Case]:
    whole = content(dataset())
    parts = elements(whole)
    meta, rest = [part for part in parts if part.tag < 0x00080000], [part for part in parts if part.tag > 0x00080000]
    pixels = rest[-1]
    backwards = joined((*meta, *reversed(rest[:-1]), pixels))
    yield Case("H15-backwards", puts(backwards), either(), (TRUTH,))
    yield Case("H15-pixels-first", puts(joined((*meta, pixels, *rest[:-1]))), either(), (TRUTH,))
    for tag in (_SPACING, _ROWS, _PATIENT_ID, 0x00080018, 0x00281052):
        moved = [part for part in rest if part.tag == tag]
        left = [part for part in rest if part.tag != tag]
        yield Case(f"H15-{tag:08x}-behind-the-pixels", puts(joined((*meta, *left, *moved))), either(), (TRUTH,))
        yield Case(f"H15-{tag:08x}-before-all", puts(joined((*meta, *moved, *left))), shown(), (TRUTH,))


def _without_meta() -> Iterator[Case]:
    whole = content(dataset())
    bare = whole[len(PREAMBLE) :]
    yield Case("H16-no-preamble", puts(bare), shown(), (TRUTH,))
    yield Case("H16-preamble-without-mark", puts(bytes(128) + bare), either(), (TRUTH,))
    no_meta = joined((part for part in elements(whole) if part.tag > 0x00080000), b"")
    yield Case("H17-no-meta", puts(no_meta), shown(_UNNAMED), (TRUTH,))
    yield Case("H17-mark-but-no-meta", puts(PREAMBLE + no_meta), shown(_UNNAMED), (TRUTH,))
    yield Case("H17-no-meta-implicit", puts(_implicit(no_meta)), shown(_UNNAMED), (TRUTH,))
    yield Case("H18-no-syntax", puts(without(whole, _SYNTAX)), shown(_UNNAMED), (TRUTH,))
    for coded in CODED.values():
        if coded.name != "deflate":
            nameless = puts(without(coded.file(), _SYNTAX))
            yield Case(f"H18-no-syntax-{coded.name}", nameless, refused("does not say how its pixels are compressed"))
    for name, uid in {
        "unknown": b"1.2.3.4.5.6.7.8",
        "private-ge": b"1.2.840.113619.5.2",
        "mpeg2": b"1.2.840.10008.1.2.4.100",
        "empty": b"",
        "text": b"LittleEndian",
        "retired": b"1.2.840.10008.1.2.4.52",
    }.items():
        value = uid + b"\0" * (len(uid) % 2)
        expect = either() if uid else shown(_UNNAMED)
        yield Case(f"H18-{name}-syntax", puts(changed(whole, _SYNTAX, value=value)), expect, (TRUTH,))
    for coded in CODED.values():
        value = coded.syntax.encode() + b"\0" * (len(coded.syntax) % 2)
        raw = changed(whole, _SYNTAX, value=value)
        yield Case(f"H19-raw-bytes-called-{coded.name}", puts(raw), refused("piece|form"), (TRUTH,))
        wrapped = coded.file(TRUTH.tobytes())
        if coded.name not in ("rle", "deflate"):
            yield Case(f"H19-raw-frame-called-{coded.name}", puts(wrapped), refused("frame"), (TRUTH,))


def _implicit(explicit: bytes) -> bytes:
    """The same elements in implicit VR."""
    parts = elements(PREAMBLE + explicit)
    heads = (struct.pack("<HHL", part.tag >> 16, part.tag & 0xFFFF, len(part.value)) for part in parts)
    return b"".join(head + part.value for head, part in zip(heads, parts, strict=True))
