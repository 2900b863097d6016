"""The bytes of a value as text for reading (PS3.5 6.2): plain, bounded, and without an opinion on what is right."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Sequence

from pydicom.charset import decode_bytes, python_encoding
from pydicom.config import IGNORE
from pydicom.uid import UID

# What a value may bring into the tree, and what is read of a value that is longer.
LONGEST_TEXT, LONGEST_NUMBERS, LONGEST_BYTES = 1 << 16, 1 << 12, 32
DEFAULT_ENCODINGS = ("latin_1",)

_ENCODED = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_TEXT = _ENCODED | {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
_LINES = frozenset({"LT", "ST", "UT"})
_DELIMITERS = {"PN": {0x0D, 0x0A, 0x09, 0x0C, 0x5C, 0x5E, 0x3D}}
_OTHER_DELIMITERS = {0x0D, 0x0A, 0x09, 0x0C, 0x5C}
_ESCAPE = b"\x1b"


def bytes_wanted(vr: str) -> int:
    """How much of a value is read to tell it."""
    if vr in _TEXT:
        return LONGEST_TEXT
    return LONGEST_NUMBERS if vr in _NUMBERS or vr == "AT" else LONGEST_BYTES


def value_text(data: bytes, vr: str, length: int, encodings: Sequence[str], *, big_endian: bool) -> str:
    """`data`, the beginning of a value of `length` bytes, as text; of other bytes their number."""
    if vr in _TEXT:
        return _text(data, vr, length, encodings)
    if vr in _NUMBERS or vr == "AT":
        return _numbers(data, vr, length, ">" if big_endian else "<")
    return _bytes(data, vr, length)


def encodings_of(names: str) -> tuple[str, ...]:
    """Python's names for Specific Character Set (PS3.3 C.12.1.1.2); an unknown one is read as Latin 1."""
    found = tuple(python_encoding.get(name.strip(), "latin_1") for name in names.split("\\"))
    return found or DEFAULT_ENCODINGS


def size_text(count: int) -> str:
    """A number of bytes in words: "1 byte", "524,288 bytes"."""
    return "1 byte" if count == 1 else f"{count:,} bytes"


def _text(data: bytes, vr: str, length: int, encodings: Sequence[str]) -> str:
    if vr not in _ENCODED:
        found = data.decode("latin_1")
    elif _ESCAPE in data:
        found = decode_bytes(data, encodings, _DELIMITERS.get(vr, _OTHER_DELIMITERS))
    else:
        found = data.decode(encodings[0], "replace")
    told = plain(found.rstrip("\0 "), keep_lines=vr in _LINES)
    if vr == "UI":
        told = "\\".join(map(_named_uid, told.split("\\")))
    return told if len(data) >= length else f"{told} … ({size_text(length)} in all)"


def plain(text: str, *, keep_lines: bool = False) -> str:
    """Text in which every control, bidirectional or undecodable character is seen as "�" and acts on nothing."""
    if text.isprintable():
        return text
    if keep_lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter
        if letter.isprintable() or (keep_lines and letter in "\n\t") or unicodedata.category(letter) == "Zs"
        else "�"
        for letter in text
    )


def _named_uid(uid: str) -> str:
    name = UID(uid, validation_mode=IGNORE).name
    return uid if name == uid else f"{uid} ({name})"


def _numbers(data: bytes, vr: str, length: int, order: str) -> str:
    code = _NUMBERS.get(vr, "HH")
    width = struct.calcsize(f"{order}{code}")
    count = len(data) // width
    found = struct.unpack(f"{order}{count * code}", data[: count * width])
    if vr == "AT":
        pairs = zip(found[::2], found[1::2], strict=True)
        told = "\\".join(f"({group:04X},{element:04X})" for group, element in pairs)
    else:
        told = "\\".join(f"{number:.9g}" if vr == "FL" else str(number) for number in found)
    rest = "" if len(data) >= length else f"\\… ({length // width:,} values in all)"
    return f"{told}{rest}" if length % width == 0 else f"{size_text(length)}, no whole number of values"


def _bytes(data: bytes, vr: str, length: int) -> str:
    if length == 0:
        return ""
    if length > len(data):
        return size_text(length)
    readable = data.rstrip(b"\0 ")
    if vr == "UN" and readable and readable.isascii() and readable.decode("ascii").isprintable():
        return readable.decode("ascii")
    return data.hex(" ").upper()
