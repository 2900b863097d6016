"""What passes between the program and its decoding processes: two heads of fixed size, and bytes.

Asked:    sizes of question and frame, the question as JSON, the frame.
Answered: a status byte and a size, then the pixels, or a short text of what went wrong.
The asking side knows the size of the pixels beforehand and believes no other.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import IO

from viewer_app.imaging.headers import PixelFormat

QUESTION = struct.Struct("<IQ")
ANSWER = struct.Struct("<BQ")
READY, PIXELS, FAILED = 1, 2, 3
LONGEST_TEXT = 1000


def question(transfer_syntax_uid: str, pixels: PixelFormat, frame: bytes) -> bytes:
    """Head and text that go before `frame`."""
    text = json.dumps({"syntax": transfer_syntax_uid, "pixels": asdict(pixels)}).encode()
    return QUESTION.pack(len(text), len(frame)) + text


def asked(text: bytes) -> tuple[str, PixelFormat]:
    """Transfer syntax and Pixel Format of a question's text."""
    values = json.loads(text)
    return values["syntax"], PixelFormat(**values["pixels"])


def fill(stream: IO[bytes], target: memoryview) -> None:
    """Read until `target` is full; EOFError where the other side is gone."""
    into = stream.readinto  # type: ignore[attr-defined]  # pipes opened unbuffered are FileIO
    done = 0
    while done < len(target):
        got = into(target[done:])
        if not got:
            raise EOFError
        done += got


def take(stream: IO[bytes], size: int) -> bytes:
    """The next `size` bytes; EOFError where the other side is gone."""
    data = bytearray(size)
    fill(stream, memoryview(data))
    return bytes(data)


def send(stream: IO[bytes], data: bytes | memoryview) -> None:
    """Write all of `data`, however little a pipe takes at once."""
    view, done = memoryview(data), 0
    while done < len(view):
        done += stream.write(view[done:])
