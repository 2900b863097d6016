"""What passes between the program and its decoding processes: two heads of fixed size, and bytes.

Asked:    sizes of question, frame and room, the question as JSON. The room is what the pixels
          get of the shared memory, and the frame lies behind it; with room 0 the frame comes
          through the pipe, and the pixels go that way too.
Answered: a status byte and a size, then a short text of what went wrong, or the pixels,
          unless they lie in the room.
The asking side knows the size of the pixels beforehand and believes no other.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from functools import lru_cache
from typing import IO

from viewer_app.imaging.headers import PixelFormat

QUESTION = struct.Struct("<IQQ")
ANSWER = struct.Struct("<BQ")
READY, PIXELS, FAILED, SHARED = 1, 2, 3, 4
LONGEST_TEXT = 1000


Question = tuple[str, PixelFormat]
"""Transfer Syntax UID and Pixel Format."""


def head(question: Question, frame_size: int, room: int) -> bytes:
    """What goes before the frame."""
    text = _text(*question)
    return QUESTION.pack(len(text), frame_size, room) + text


@lru_cache
def _text(transfer_syntax_uid: str, pixels: PixelFormat) -> bytes:
    return json.dumps({"syntax": transfer_syntax_uid, "pixels": asdict(pixels)}).encode()


@lru_cache
def asked(text: bytes) -> Question:
    """The question of that text."""
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
