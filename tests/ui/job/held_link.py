"""A way to a server on which the listing of studies may be held up or refused."""

from __future__ import annotations

import threading

from tests.orthanc_server import RunningOrthanc
from tests.session.expected import REFUSED
from tests.sources.relay import Relay
from viewer_app.sources.orthanc import OrthancSource


class Link:
    """A relay before the server whose listings may be held up, and the sources that have been closed."""

    def __init__(self, running: RunningOrthanc) -> None:
        self.running = running
        self.gate = threading.Event()
        self.gate.set()
        self.refused: list[str] | None = None
        self.closed: list[OrthancSource] = []
        self.relay: Relay

    def instead(self, number: int, line: str) -> bytes | None:
        """Once `refused` is a list, a study may be looked at, and not be asked for a second time."""
        series = [one for one in self.relay.lines if "/series HTTP" in one]
        if self.refused is None or "/series HTTP" not in line or series.count(line) < 2:
            return None
        self.refused.append(line)
        return REFUSED

    @property
    def listings(self) -> int:
        """How often headers were asked for."""
        return sum("/instances-tags" in line for line in self.relay.lines)

    def spoil(self, number: int, line: str, body: bytes) -> bytes:
        """Nothing but the time it takes."""
        if "/instances-tags" in line:
            assert self.gate.wait(10)
        return body
