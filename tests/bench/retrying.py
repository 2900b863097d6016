"""What pauses between tries cost and bring: the figures of decision 20, in some six minutes.

.venv/bin/python -m tests.bench.retrying
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.orthanc_server import RunningOrthanc, find_orthanc, start_command, start_orthanc
from tests.sources.fault_server import Answer, says, serving
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.errors import OrthancError, Stalled
from viewer_app.sources.orthanc.transport import Patience

_RUNS = 5
_RESTARTS = 10
_AWAY_S = (0.0, 0.1, 0.3, 0.6, 1.0, 2.0, 3.0, 4.0)
_CHOICES = {
    "as it is": Patience(),
    "without the one at once": Patience(at_once=False),
    "0.05/0.5/2": Patience(pauses_s=(0.05, 0.5, 2), at_once=False),
}
_SYSTEM = says(b'{"Name": "n", "Version": "1.12.7"}')
_BUSY = says(b"", status="503 Busy")


@dataclass(frozen=True)
class _Try:
    """One request as a person meets it: seconds until its answer or its error, and how often the server was asked."""

    seconds: float
    answered: bool
    requests: int


def _asked(server: Server, patience: Patience, requests: Callable[[], int] = int) -> _Try:
    with OrthancClient(server, patience) as client:
        started = time.perf_counter()
        try:
            client.get_server_info()
            answered = True
        except OrthancError:
            answered = False
        return _Try(time.perf_counter() - started, answered, requests())


def _fails_for(seconds: float, fault: Answer) -> Answer:
    """`fault` for the first request and all in the `seconds` after it, then an answer."""
    asked_at: list[float] = []

    def answer(connection: socket.socket, number: int) -> None:
        asked_at.append(time.monotonic())
        is_over = number > 0 and asked_at[-1] - asked_at[0] >= seconds
        (_SYSTEM if is_over else fault)(connection, number)

    return answer


def _hang_up(connection: socket.socket, number: int) -> None:
    """End the connection without a word."""


def _say_nothing(connection: socket.socket, number: int) -> None:
    """Wait until the other side ends it."""
    connection.recv(1)


def _away(fault: Answer, seconds: float, patience: Patience) -> list[_Try]:
    def once(_: int) -> _Try:
        with serving(_fails_for(seconds, fault)) as server:
            return _asked(Server(server.url), patience, lambda: len(server.requests))

    with ThreadPoolExecutor(_RUNS) as pool:  # they sleep, mostly
        return list(pool.map(once, range(_RUNS)))


def _told(tries: list[_Try]) -> str:
    middle = statistics.median(one.seconds for one in tries)
    answered = sum(one.answered for one in tries)
    asked = max(one.requests for one in tries)
    return f"{middle:5.2f} s, {answered}/{len(tries)} answered, {asked} requests"


def _restart(server: RunningOrthanc) -> RunningOrthanc:
    """Kill the server and start it at once on its port, without waiting for it."""
    server.stop()
    with (server.folder / "orthanc.log").open("ab") as log:
        process = subprocess.Popen(
            server.process.args,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=server.folder,
            env=start_command(find_orthanc())[1],
        )
    return RunningOrthanc(server.url, server.user, server.password, process, server.folder)


def restarts() -> None:
    """From the kill of a real server, which starts again at once, to the answer to a request."""
    with tempfile.TemporaryDirectory() as folder:
        server = start_orthanc(Path(folder))
        user = Server(server.url, server.user, server.password)
        for name, patience in {"every 10 ms": Patience(pauses_s=(0.01,) * 3), **_CHOICES}.items():
            times = []
            for _ in range(_RESTARTS):
                server = _restart(server)
                started = time.perf_counter()
                while not _asked(user, patience).answered:
                    pass
                times.append(time.perf_counter() - started)
            print(
                f"restart, {name}: {statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})", flush=True
            )
        server.stop()


def absences() -> None:
    """A server that ends connections, or is busy, for a while."""
    for what, fault in (("hangs up", _hang_up), ("503", _BUSY)):
        for seconds in _AWAY_S:
            for name, patience in _CHOICES.items():
                print(f"{what} for {seconds} s, {name}: {_told(_away(fault, seconds, patience))}", flush=True)


def silences() -> None:
    """Until a person is told of a server that takes no connection, or a request and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # nobody takes it, and there is no room for another
            tried = _asked(Server(f"http://127.0.0.1:{port}"), Patience())
    print(f"takes no connection: told after {tried.seconds:.1f} s", flush=True)
    for retries in (0, 3):
        Stalled.retries = retries
        with serving(_say_nothing) as server:
            tried = _asked(Server(server.url), Patience())
        print(f"takes the request, {1 + retries} tries: told after {tried.seconds:.1f} s", flush=True)
    Stalled.retries = 0


if __name__ == "__main__":
    restarts()
    absences()
    silences()
