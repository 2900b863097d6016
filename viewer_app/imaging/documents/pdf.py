"""The PDF inside an Encapsulated PDF object (PS3.3 C.24.2): copied out byte for byte, and nothing else ever is."""

from __future__ import annotations

from typing import BinaryIO

from viewer_app.errors import Unreadable
from viewer_app.imaging.tagtree import TagNode, open_data_set
from viewer_app.imaging.tagtree.reading import MOST_NODES
from viewer_app.imaging.tagtree.walk import Walk
from viewer_app.progress import Watch

_DOCUMENT, _MIME_TYPE, _LENGTH = 0x00420011, 0x00420012, 0x00420015
_PDF, _MAGIC = "application/pdf", b"%PDF-"
_CHUNK, _LARGEST = 1 << 20, 1 << 30
_ADVICE = "Look at its tags, or ask for it again."


def write_pdf(file: BinaryIO, target: BinaryIO, watch: Watch) -> None:
    """Copy the document of the DICOM file in `file` to `target`.

    Raises:
        Unreadable: there is no PDF in it, or not all of one.
        Cancelled: the watch ended it.
    """
    with open_data_set(file, watch) as found:
        walk = Walk(found.stream, found.start, found.writing, watch, MOST_NODES)
        wanted = {node.tag: node for node in walk.nodes() if node.depth == 0 and node.tag >> 16 == 0x0042}
        document = wanted.get(_DOCUMENT)
        if document is None or not document.length:
            raise Unreadable("The object holds no document.", _ADVICE)
        _check(document, wanted.get(_MIME_TYPE))
        _copy(found.stream, document, _true_length(found.stream, document, wanted.get(_LENGTH)), target, watch)


def _check(document: TagNode, mime_type: TagNode | None) -> None:
    told = mime_type.value.strip().lower() if mime_type is not None else ""
    if told not in ("", _PDF):
        raise Unreadable(f"The document is no PDF but {told[:60]}.", "Caliper opens PDF only; look at its tags.")
    if (document.length or 0) > _LARGEST:
        raise Unreadable("The document is larger than 1 GB.", "Caliper does not open it; look at its tags.")


def _true_length(stream: BinaryIO, document: TagNode, told: TagNode | None) -> int:
    """Without the byte that makes the length even: Encapsulated Document Length, where it is there, tells."""
    length = document.length or 0
    if told is not None and told.value.isdecimal() and length - 1 <= int(told.value) <= length:
        return int(told.value)
    stream.seek(document.offset + length - 1)
    return length - 1 if stream.read(1) == b"\0" else length


def _copy(stream: BinaryIO, document: TagNode, length: int, target: BinaryIO, watch: Watch) -> None:
    stream.seek(document.offset)
    if stream.read(len(_MAGIC)) != _MAGIC:
        raise Unreadable("The document is no PDF, though the object says so.", _ADVICE)
    stream.seek(document.offset)
    left = length
    while left:
        watch.check()
        chunk = stream.read(min(left, _CHUNK))
        if not chunk:
            raise Unreadable("The document is cut short.", _ADVICE)
        target.write(chunk)
        left -= len(chunk)
