"""One DICOM file to one `Instance`: the boundary no foreign exception passes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataset import FileMetaDataset
from pydicom.filereader import read_dataset, read_partial
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, MediaStorageDirectoryStorage

from viewer_app.errors import CaliperError, DamagedPixels, NotDicom, Unreadable
from viewer_app.imaging.headers import HeaderMark, Instance
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.again import Parsed
from viewer_app.imaging.reading.inflate import Ending, inflate
from viewer_app.imaging.reading.parse import HEADER_TAGS, OVERLAY_TAGS, PRIVATE_HEADER_TAGS, parse_instance
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.progress import Watch
from viewer_app.sources.elements import PIXEL_TAGS, Declined, walk

_PIXELS = max(PIXEL_TAGS)
_WANTED = frozenset((*map(tags.tag, HEADER_TAGS), *OVERLAY_TAGS, *PRIVATE_HEADER_TAGS))
# No real header has as many elements at its top level.
_MOST_ELEMENTS = 100_000
# As much of a deflated data set as a header may take; pydicom would unpack a bomb to its end.
_MOST_INFLATED = 64 << 20
_LONGEST_COMPARED = 1 << 16
_META_GROUP = 0x0002
_IDENTITY = ("SOPInstanceUID", "StudyInstanceUID", "PatientID")
_IDENTITY_END = 0x0020000D
# How programs begin: the preamble of a file may be one (PS3.10 7.1).
_PROGRAMS = (b"\x7fELF", b"MZ")
_IS_PROGRAM = "The file begins like a program; Caliper never runs it."
# Group 0002 or 0008, little or big endian: how a data set without preamble begins.
_BARE_STARTS = (b"\x08\x00", b"\x02\x00", b"\x00\x08", b"\x00\x02")


# Whose image it is, how its pixels lie, and what turns them into millimetres and values.
_UNAMBIGUOUS = frozenset(
    tag_for_keyword(name)
    for name in (
        *("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "PatientName", "Modality"),
        *("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames"),
        *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelSpacing", "ImagerPixelSpacing"),
        *("ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID", "RescaleSlope", "RescaleIntercept"),
        *("RescaleType", "Units", "PixelPaddingValue", "PixelPaddingRangeLimit"),
    )
)


class MediaDirectory(CaliperError):
    """The file is a DICOMDIR: it lists files and is none to show (PS3.10 8)."""


def read_header(
    stream: BinaryIO, watch: Watch, *, locator: str, size_bytes: int, before: Parsed | None = None
) -> Instance:
    """The header of the DICOM file in `stream`, which is at its first byte; parsed by `before` where it came before.

    Raises:
        NotDicom: no DICOM data set.
        MediaDirectory: a DICOMDIR.
        Unreadable: a DICOM file whose header cannot be parsed.
        Cancelled: the watch ended it.
    """
    with plain_header_errors():
        is_program = stream.read(len(_PROGRAMS[0])).startswith(_PROGRAMS)
        stream.seek(0)
        dataset, mark = _header(stream, watch)
        parse = parse_instance if before is None or mark is None else before.parse
        found = parse(dataset, locator=locator, size_bytes=size_bytes, mark=mark)
        return _flagged(found) if is_program else found


def _flagged(instance: Instance) -> Instance:
    frames = tuple(replace(frame, notes=(*frame.notes, _IS_PROGRAM)) for frame in instance.frames)
    return replace(instance, frames=frames)


def _header(stream: BinaryIO, watch: Watch) -> tuple[Dataset, HeaderMark | None]:
    try:
        header = walk(stream, _WANTED, watch)
    except Declined:
        stream.seek(0)
        return _read(stream, HEADER_TAGS, watch, _PIXELS), None
    _refuse_directory(header.dataset)
    return header.dataset, None if header.before_pixels is None else _mark(header.before_pixels)


def _mark(before_pixels: bytes | memoryview) -> HeaderMark:
    return HeaderMark(len(before_pixels), hashlib.sha256(before_pixels).digest())


def check_unchanged(stream: BinaryIO, instance: Instance, watch: Watch, name: str) -> None:
    """Leave `stream` at its first byte if it still holds `instance`; DamagedPixels, which tells `name`, if not.

    By its mark where it has one, without parsing the header again.
    """
    mark = instance.mark
    if mark is not None and _mark(stream.read(mark.size)) == mark:
        stream.seek(0)
        return
    stream.seek(0)
    check_identity(stream, instance, watch)
    if mark is not None:
        raise DamagedPixels(f"{name} has changed since it was listed.", "Open the study again.")


def check_identity(stream: BinaryIO, instance: Instance, watch: Watch) -> None:
    """Leave `stream` at its first byte if it holds `instance`; DamagedPixels if it is another object (H75)."""
    wanted = (instance.sop_instance_uid, instance.study.study_uid, instance.patient.patient_id)
    # Elements out of order are the only reason for the second, longer look.
    if not any(_same(_identity(stream, watch, end), wanted) for end in (_IDENTITY_END, _PIXELS)):
        raise DamagedPixels(
            "The file holds another image than the one listed.",
            "It is not shown, since it could be another patient's; open the study again.",
        )


def _identity(stream: BinaryIO, watch: Watch, end: int) -> tuple[str, ...]:
    with plain_header_errors():
        dataset = _read(stream, _IDENTITY, watch, end)
        found = tuple(tags.text(dataset, name) for name in _IDENTITY)
    stream.seek(0)
    return found


def _same(found: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Compared in ASCII: other letters depend on who decoded the character set, and prove nothing."""
    return [text.encode("ascii", "ignore") for text in found] == [text.encode("ascii", "ignore") for text in wanted]


@contextmanager
def plain_header_errors() -> Iterator[None]:
    """pydicom lets many families out (struct, Unicode, recursion, memory ...): here they become one."""
    try:
        with quiet_pydicom:
            yield
    except CaliperError:
        raise
    except Exception as error:
        reason = type(error).__name__
        raise Unreadable(f"The header cannot be read ({reason}).", "The file is damaged; ask for it again.") from error


def _read(stream: BinaryIO, keywords: tuple[str, ...], watch: Watch, end: int) -> Dataset:
    start = stream.read(132)
    stream.seek(0)
    bare = start[128:] != b"DICM"
    if bare and not start.startswith(_BARE_STARTS):
        raise NotDicom("The file is not DICOM.")
    named = [tag for name in keywords if (tag := tag_for_keyword(name)) is not None]
    wanted: list[BaseTag | int] = [*named, *OVERLAY_TAGS, *PRIVATE_HEADER_TAGS]
    dataset = _parsed(stream, wanted, watch, end, bare=bare)
    _refuse_directory(dataset)
    if bare and not any(name in dataset for name in ("SOPInstanceUID", "SOPClassUID", "Rows")):
        raise NotDicom("The file is not DICOM.")
    return dataset


def _refuse_directory(dataset: Dataset) -> None:
    if tags.text(dataset.file_meta, "MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
        raise MediaDirectory("The file is a DICOMDIR.")


def _parsed(stream: BinaryIO, wanted: list[BaseTag | int], watch: Watch, end: int, *, bare: bool) -> Dataset:
    """The wanted elements up to the pixels or `end`, inflated where need be."""
    meta = None if bare else _meta(stream)
    if meta is None or tags.text(meta, "TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        stream.seek(0)
        return read_partial(stream, stop_when=_Stop(watch, end, stream), force=bare, specific_tags=wanted)
    inflated = io.BytesIO()
    ending = inflate(stream, inflated, _MOST_INFLATED, watch)
    if ending is Ending.DAMAGED:
        raise Unreadable("The compressed header is broken in the middle.", "The file is damaged; ask for it again.")
    inflated.seek(0)
    stop = _Stop(watch, end, inflated)
    dataset = read_dataset(inflated, False, True, stop_when=stop, specific_tags=wanted)
    if not stop.stopped and ending is Ending.TOO_LARGE:
        raise Unreadable("The header unpacks to more than any header holds.", "The file is damaged; ask for it again.")
    dataset.file_meta = FileMetaDataset(meta)
    return dataset


def _meta(stream: BinaryIO) -> Dataset:
    """The file meta group; `stream`, at its first byte, is left behind it."""
    stream.seek(132)
    return read_dataset(stream, False, True, stop_when=lambda tag, vr, length: tag.group != _META_GROUP)


class _Stop:
    """Asked before each element: ends the reading at the pixels, behind `end`, and at a cancel.

    An element of weight that comes twice must be the same both times, else nobody knows which is meant (H14).
    """

    def __init__(self, watch: Watch, end: int, stream: BinaryIO) -> None:
        self.stopped = False
        self._watch = watch
        self._end = end
        self._elements = 0
        self._stream = stream
        self._places: dict[int, tuple[int, int]] = {}

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        self._watch.check()
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise Unreadable("The header has no end.", "The file is damaged; ask for it again.")
        self.stopped = tag > self._end or tag in PIXEL_TAGS
        if tag in _UNAMBIGUOUS and not self.stopped:
            self._compare(tag, length)
        return self.stopped

    def _compare(self, tag: BaseTag, length: int) -> None:
        here = self._stream.tell(), length
        first = self._places.setdefault(tag, here)
        if first != here and self._value(first) != self._value(here):
            name = keyword_for_tag(tag)
            raise Unreadable(
                f"The header has {name} twice, and not the same.", "The file is damaged; ask for it again."
            )

    def _value(self, place: tuple[int, int]) -> bytes:
        start, length = place
        if length > _LONGEST_COMPARED:
            raise Unreadable("The header has a long element twice.", "The file is damaged; ask for it again.")
        before = self._stream.tell()
        self._stream.seek(start)
        value = self._stream.read(length)
        self._stream.seek(before)
        return value
