"""A large file in parts: what breaks off costs one part, not all that came before."""

from __future__ import annotations

import re
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import httpx

from viewer_app.errors import SourceError
from viewer_app.sources.orthanc.errors import Integrity
from viewer_app.sources.orthanc.transport import FILE_CAP, Answer, Request

LARGE_BYTES = 64 << 20
PART_BYTES = 32 << 20
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


def read_in_parts(path: str, size: int, ask: Callable[[Request], Answer]) -> Answer:
    """The `size` bytes at `path`, part by part; each request is tried again on its own.

    Where the server sends all at once instead, that is taken.

    Raises:
        Integrity: a part is not the one asked for, or the file became another one meanwhile.
    """
    body = cast(BinaryIO, SpooledTemporaryFile(max_size=PART_BYTES))  # noqa: SIM115 - the taker closes it
    try:
        tag = ""
        for start in range(0, size, PART_BYTES):
            end = min(start + PART_BYTES, size) - 1
            part = ask(Request("GET", path, headers={"Range": f"bytes={start}-{end}"}, cap=FILE_CAP))
            if "Content-Range" not in part.headers:
                body.close()
                return part
            with part.body:
                tag = _checked(part, (start, end, size), tag if start else part.headers.get("ETag", ""))
                _append(body, part.body)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return Answer(httpx.Headers({"ETag": tag}), body, size)


def _checked(part: Answer, wanted: tuple[int, int, int], tag: str) -> str:
    """The ETag, if the part is the one wanted: first byte, last byte, bytes of the whole."""
    found = _RANGE.fullmatch(part.headers["Content-Range"])
    is_wanted = found is not None and tuple(map(int, found.groups())) == wanted
    if not is_wanted or part.size != wanted[1] - wanted[0] + 1 or part.headers.get("ETag", "") != tag:
        raise Integrity("A part of an image is not the one that was asked for.", "Try again.")
    return tag


def _append(body: BinaryIO, part: BinaryIO) -> None:
    try:
        while chunk := part.read(1 << 20):
            body.write(chunk)
    except OSError as error:
        raise SourceError(f"The answer cannot be kept: {error.strerror}.", "Make room on the disk.") from error
