"""Whether the bytes that came are the file the server keeps and the image that was listed."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from typing import BinaryIO, cast

from viewer_app.digests import md5s
from viewer_app.errors import DamagedPixels
from viewer_app.imaging.headers import HeaderMark, Instance
from viewer_app.imaging.reading.again import Parsed
from viewer_app.progress import Watch
from viewer_app.sources.header import check_identity, read_header
from viewer_app.sources.orthanc.errors import Integrity
from viewer_app.sources.orthanc.held import Held
from viewer_app.sources.orthanc.transport import Answer

# '"<revision>-<MD5>"'; servers told to keep no MD5 leave it empty.
_ETAG = re.compile(r'(?:W/)?"\d*-([0-9a-f]{32})"')


def check_length(answer: Answer, size_bytes: int) -> None:
    """Integrity unless as much came as was announced and listed."""
    length = answer.headers.get("Content-Length")
    if answer.size != size_bytes or (length is not None and int(length) != answer.size):
        raise _wrong(f"{answer.size} bytes came instead of {size_bytes}")


def checked_sums(answers: Sequence[Answer]) -> list[str | Integrity]:
    """The MD5 of each in hex; in its place Integrity, where the server keeps one and it differs."""
    held = [answer.body for answer in answers if isinstance(answer.body, Held)]
    of_held = iter(md5s([body.memory for body in held]))
    found = [next(of_held) if isinstance(answer.body, Held) else _md5(answer.body) for answer in answers]
    return [_checked(answer, md5) for answer, md5 in zip(answers, found, strict=True)]


def _checked(answer: Answer, md5: str) -> str | Integrity:
    stored = _ETAG.fullmatch(answer.headers.get("ETag", ""))
    is_other = stored is not None and md5 != stored.group(1)
    return _wrong("its checksum differs from the one the server keeps") if is_other else md5


def _wrong(why: str) -> Integrity:
    return Integrity(f"An image arrived damaged: {why}.", "Try again; then ask the server's administrator.")


def _md5(body: BinaryIO) -> str:
    digest = hashlib.file_digest(cast(io.BufferedReader, body), lambda: hashlib.md5(usedforsecurity=False))
    body.seek(0)
    return digest.hexdigest()


def checked_mark(body: BinaryIO, instance: Instance, watch: Watch, listed: Parsed | None = None) -> HeaderMark | None:
    """The mark of the header, which a Held learns; DamagedPixels if it is not the listed header.

    `listed` spares parsing it once more where it is known. `body` is left at its first byte.
    """
    own = read_header(body, watch, locator=instance.locator, size_bytes=instance.size_bytes, before=listed)
    body.seek(0)
    if _whose(own) != _whose(instance):
        check_identity(body, instance, watch)  # which also knows how letters may differ
    if (own.pixel_format, own.frames, own.padding) != (instance.pixel_format, instance.frames, instance.padding):
        raise DamagedPixels(
            "The server lists the image with other numbers than its file holds.",
            "It is not shown, since it would be measured wrongly; ask the server's administrator.",
        )
    if isinstance(body, Held) and own.transfer_syntax_uid == instance.transfer_syntax_uid:
        body.mark = own.mark
    return own.mark


def _whose(instance: Instance) -> tuple[str, str, str]:
    return instance.sop_instance_uid, instance.study.study_uid, instance.patient.patient_id
