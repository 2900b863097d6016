"""Whether the bytes that came are the file the server keeps (identity is looked at after that)."""

from __future__ import annotations

import hashlib
import re
from typing import BinaryIO

from viewer_app.sources.orthanc.errors import Integrity
from viewer_app.sources.orthanc.transport import Answer

# '"<revision>-<MD5>"'; servers told to keep no MD5 leave it empty.
_ETAG = re.compile(r'(?:W/)?"\d*-([0-9a-f]{32})"')


def check_file(answer: Answer, size_bytes: int) -> str:
    """The MD5 in hex; Integrity unless length and (where the server keeps one) MD5 agree."""
    length = answer.headers.get("Content-Length")
    if answer.size != size_bytes or (length is not None and int(length) != answer.size):
        raise _wrong(f"{answer.size} bytes came instead of {size_bytes}")
    stored = _ETAG.fullmatch(answer.headers.get("ETag", ""))
    md5 = _md5(answer.body)
    if stored and md5 != stored.group(1):
        raise _wrong("its checksum differs from the one the server keeps")
    return md5


def _wrong(why: str) -> Integrity:
    return Integrity(f"An image arrived damaged: {why}.", "Try again; then ask the server's administrator.")


def _md5(body: BinaryIO) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    while chunk := body.read(1 << 20):
        digest.update(chunk)
    body.seek(0)
    return digest.hexdigest()
