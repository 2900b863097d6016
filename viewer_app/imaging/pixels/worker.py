"""A decoding process: `python -m viewer_app.imaging.pixels.worker`, started by `pool`.

It may be killed by what it decodes, or take too long; that is why it is a process.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import IO

from viewer_app.imaging.pixels import wire
from viewer_app.imaging.pixels.codecs import decode
from viewer_app.imaging.pixels.shared import SharedMemory

MEMORY_LIMIT_BYTES = 2 << 30
ORPHAN_SECONDS = 60


def main() -> None:
    """Answer questions until the asking side closes the pipe."""
    source, sink = _own_channels()
    shared = SharedMemory(sys.argv[1])
    _limit()
    wire.send(sink, wire.ANSWER.pack(wire.READY, 0))
    while True:
        try:
            text_size, size, room = wire.QUESTION.unpack(wire.take(source, wire.QUESTION.size))
            text = wire.take(source, text_size)
            frame = _shared_frame(shared, room, size) if room else wire.take(source, size)
        except EOFError:
            return
        _answer(sink, text, frame, shared, room)


def _shared_frame(shared: SharedMemory, room: int, size: int) -> bytes:
    with shared.view(room + size) as view:
        return bytes(view[room:])


def _own_channels() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes, out of reach of native code that prints or reads."""
    source, sink = (os.fdopen(os.dup(number), mode, buffering=0) for number, mode in ((0, "rb"), (1, "wb")))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return source, sink


def _limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        for kind, most in ((resource.RLIMIT_AS, MEMORY_LIMIT_BYTES), (resource.RLIMIT_CORE, 0)):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _alarm(seconds: int) -> None:
    """Death by SIGALRM, in native code too: nobody else ends a process whose parent is gone."""
    if sys.platform != "win32":
        signal.alarm(seconds)


def _answer(sink: IO[bytes], text: bytes, frame: bytes, shared: SharedMemory, room: int) -> None:
    _alarm(ORPHAN_SECONDS)
    try:
        syntax, pixels = wire.asked(text)
        payload = decode(syntax, frame, pixels).reshape(-1).data.cast("B")
        status = wire.SHARED if len(payload) == room else wire.PIXELS
        if status == wire.SHARED:
            with shared.view(room) as view:
                view[:] = payload
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"[: wire.LONGEST_TEXT // 4]
        status, payload = wire.FAILED, memoryview(said.encode("utf-8", "replace"))
    _alarm(0)
    wire.send(sink, wire.ANSWER.pack(status, len(payload)))
    if status != wire.SHARED:
        wire.send(sink, payload)


if __name__ == "__main__":
    main()
