"""A slow link on this machine: a relay in a process of its own that delays what it passes on, and caps its rate."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BYTES_PER_S = 100e6 / 8
ROUND_TRIP_S = 0.020

_PIECE = 16 << 10
# What is under way at once on each connection: several times what the link holds.
_PIECES_UNDER_WAY = 64


class _Direction:
    """One direction of the link, shared by all connections like a cable."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def arrival(self, size: int) -> float:
        """When `size` bytes that are sent now arrive, in the loop's seconds."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(now, self._free_at) + size / BYTES_PER_S
        return self._free_at + ROUND_TRIP_S / 2


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: _Direction) -> None:
    under_way = asyncio.Queue[tuple[float, bytes]](_PIECES_UNDER_WAY)
    arriving = asyncio.create_task(_arrive(under_way, sink))
    with suppress(OSError):
        while data := await source.read(_PIECE):
            await under_way.put((way.arrival(len(data)), data))
    await under_way.put((0.0, b""))
    await arriving


async def _arrive(under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due, data = await under_way.get()
        await asyncio.sleep(max(0.0, due - loop.time()))
        if not data:
            sink.close()
            return
        with suppress(OSError):
            sink.write(data)
            await sink.drain()


async def _relay(port: int) -> None:
    there, back = _Direction(), _Direction()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass_on(reader, far_writer, there), _pass_on(far_reader, writer, back))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def linked(port: int) -> Iterator[str]:
    """The URL at which the server at `port` of this machine is to be had over the slow link."""
    command = [sys.executable, "-m", "tests.bench.link", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as relay:
        try:
            assert relay.stdout is not None
            yield f"http://127.0.0.1:{int(relay.stdout.readline())}"
        finally:
            relay.kill()


if __name__ == "__main__":
    asyncio.run(_relay(int(sys.argv[1])))
