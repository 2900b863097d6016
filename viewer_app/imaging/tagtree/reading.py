"""A file to a `TagTree`: file meta first, then the data set, whatever state the file is in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from viewer_app.imaging.tagtree.data_set import Writing, inflated, is_deflated, meta_start, writing_at
from viewer_app.imaging.tagtree.node import TagNode, TagTree
from viewer_app.imaging.tagtree.walk import Walk
from viewer_app.progress import Watch

MOST_NODES = 100_000
_META_GROUP = 0x0002
_TRANSFER_SYNTAX = 0x00020010


@dataclass(frozen=True)
class DataSet:
    """An opened data set: its stream (unpacked where it was deflated), where it begins, and what came before it."""

    stream: BinaryIO
    start: int
    writing: Writing
    meta: tuple[TagNode, ...]
    notes: tuple[str, ...]


def read_tags(file: BinaryIO, watch: Watch, *, most: int = MOST_NODES) -> TagTree:
    """The attributes of the DICOM file in `file`, which can be sought; at most `most` elements and items.

    Nothing but `Cancelled` and OSError is raised: what could be read is returned, and `notes` say where it ended.
    Values are read up to a bound, pixels and other large ones not at all.
    """
    with open_data_set(file, watch) as found:
        walk = Walk(found.stream, found.start, found.writing, watch, most - len(found.meta))
        nodes = (*found.meta, *walk.nodes())
        return TagTree(nodes, found.writing.words, (*found.notes, *walk.notes))


@contextmanager
def open_data_set(file: BinaryIO, watch: Watch) -> Iterator[DataSet]:
    """Read the file meta and find the data set; an unpacked one is closed at the end, `file` is not."""
    start = meta_start(file)
    meta = Walk(file, start, Writing(), watch, most=1000, only_group=_META_GROUP)
    nodes = tuple(meta.nodes()) if _begins_with_meta(file, start) else ()
    if nodes:
        start = meta.position
    uid = next((node.value.split(" ")[0] for node in nodes if node.tag == _TRANSFER_SYNTAX), "")
    stream, notes = file, [*(meta.notes if nodes else ())]
    if is_deflated(uid):
        stream, note = inflated(file, start, watch)
        start, uid, notes = 0, "", [*notes, *filter(None, [note])]
    try:
        writing, note = writing_at(stream, start, uid)
        yield DataSet(stream, start, writing, nodes, (*notes, *filter(None, [note])))
    finally:
        if stream is not file:
            stream.close()


def _begins_with_meta(file: BinaryIO, start: int) -> bool:
    file.seek(start, os.SEEK_SET)
    return file.read(2) == b"\x02\x00"
