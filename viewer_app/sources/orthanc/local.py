"""Files of this computer on their way to a server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from viewer_app.errors import AccessDenied, NotFound, SourceError
from viewer_app.progress import Watch

_CHUNK = 1 << 18


def size_and_md5(file: Path) -> tuple[int, str]:
    """Bytes of a file, and its MD5 in hex."""
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
            return stream.tell(), digest.hexdigest()
    except OSError as error:
        raise cannot_read(file, error) from error


def chunks_of(file: Path, size: int, watch: Watch) -> Iterator[bytes]:
    """The file's bytes, telling the progress; exactly `size`, or the upload ends."""
    sent = 0
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
                sent += len(chunk)
                watch.step(min(sent, size), size, "Uploading")
    except OSError as error:
        raise cannot_read(file, error) from error


def cannot_read(file: Path, error: OSError) -> SourceError:
    """The error for a person."""
    kinds = {FileNotFoundError: NotFound, PermissionError: AccessDenied}
    kind = kinds.get(type(error), SourceError)
    return kind(f"{file.name} cannot be read: {error.strerror}.", "Check the file.")
