"""Where the data set of a file begins and how it is written: byte order, VRs, deflation (PS3.10 7, PS3.5 7, A.5)."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from viewer_app.imaging.reading.inflate import Ending, inflate
from viewer_app.progress import Watch

_PREAMBLE, _MAGIC = 128, b"DICM"
_IMPLICIT, _DEFLATED, _BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
_IN_MEMORY = 8 << 20
MOST_INFLATED = 256 << 20
_NOT_ALL = {
    Ending.WHOLE: "",
    Ending.CUT_SHORT: "The compressed data set is cut short.",
    Ending.DAMAGED: "The compressed data set is damaged after {:,} bytes.",
    Ending.TOO_LARGE: "Only the first 256 MB of the compressed data set are read.",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """How elements are written."""

    explicit: bool = True
    big_endian: bool = False

    @property
    def words(self) -> str:
        """ "explicit VR, little endian"."""
        return f"{'explicit' if self.explicit else 'implicit'} VR, {'big' if self.big_endian else 'little'} endian"


def meta_start(stream: BinaryIO) -> int:
    """The offset of the first element: behind the preamble, or 0 where there is none."""
    stream.seek(0)
    return _PREAMBLE + len(_MAGIC) if stream.read(_PREAMBLE + len(_MAGIC)).endswith(_MAGIC) else 0


def writing_at(stream: BinaryIO, offset: int, transfer_syntax_uid: str) -> tuple[Writing, str]:
    """How the data set at `offset` is really written, and a sentence where the file says otherwise."""
    stream.seek(offset)
    start = stream.read(6)
    told = Writing(transfer_syntax_uid != _IMPLICIT, transfer_syntax_uid == _BIG_ENDIAN)
    if len(start) < 6:
        return told, ""
    # The lowest group number in use, 0008, tells the byte order; two capitals tell that VRs are written.
    big_endian = start[0] == 0 and start[1] != 0
    explicit = start[4:6].isalpha() and start[4:6].isupper()
    found = Writing(explicit, big_endian)
    if found == told or not transfer_syntax_uid:
        return found, ""
    return found, f"The file says {told.words}, but is written as {found.words}; it is read as it is written."


def is_deflated(transfer_syntax_uid: str) -> bool:
    """True where all behind the file meta is compressed (PS3.5 A.5)."""
    return transfer_syntax_uid == _DEFLATED


def inflated(stream: BinaryIO, offset: int, watch: Watch) -> tuple[BinaryIO, str]:
    """The data set unpacked, at most 256 MiB of it, and a sentence where that is not all. The caller closes it."""
    stream.seek(offset)
    target = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the caller closes it
    try:
        ending = inflate(stream, target, MOST_INFLATED, watch)
    except BaseException:
        target.close()
        raise
    return target, _NOT_ALL[ending].format(target.tell())
