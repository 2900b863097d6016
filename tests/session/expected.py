"""A study of a server that is expected to be opened, behind a relay, and what becomes of its sources."""

from __future__ import annotations

import threading

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.session.sitting import Sitting
from tests.sources.relay import Relay
from viewer_app.session.foreseen import Foreseen, study_source
from viewer_app.sources.base import NoticeKind
from viewer_app.sources.orthanc import OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache

REFUSED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
SLICES = 4
MISSING = "-".join(["01234567"] * 5)


class Expected:
    """A server behind a relay, a study on it, and what becomes of sources."""

    def __init__(self, sitting: Sitting, running: RunningOrthanc, relay: Relay, cache: Cache) -> None:
        self.sitting, self.running, self.relay, self.cache = sitting, running, relay, cache
        self.foreseen = Foreseen(sitting.tasks)
        self.server = Server(relay.url, running.user, running.password)
        self.gate, self.refuses = threading.Event(), threading.Event()
        self.gate.set()
        self.made: list[OrthancSource] = []
        self.closed: list[OrthancSource] = []
        with running.client() as client:
            (self.study_id,) = client.get("/studies").json()

    @property
    def listings(self) -> int:
        """How often the headers were asked for."""
        return sum("/instances-tags" in line for line in self.relay.lines)

    @property
    def open_sources(self) -> int:
        """How many sources have connections; none of them was closed twice."""
        assert len(set(map(id, self.closed))) == len(self.closed)
        return len(self.made) - len(self.closed)

    def expect(self) -> None:
        """Choose the study, and wait for its listing."""
        self.foreseen.expect(self.server, self.study_id, SLICES)
        self.sitting.settle()

    def open(self, server: Server | None = None, study_id: str = "") -> None:
        """Open it, as the window does, without waiting."""
        signed, study = server or self.server, study_id or self.study_id
        begun = self.foreseen.taken(signed, study)
        self.sitting.workspace.open(lambda watch: study_source(signed, study), begun=begun)

    def opened(self) -> None:
        """Open it and wait for its images."""
        self.open()
        self.sitting.settle()
        volume = self.sitting.study.volume
        assert volume is not None and volume.is_complete
        assert self.sitting.errors == []


def watch_sources(at: Expected, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all sources that are made and closed from now on noted."""
    begin, close = OrthancSource.__init__, OrthancSource.close

    def began(source: OrthancSource, *words: object, **named: object) -> None:
        at.made.append(source)
        begin(source, *words, **named)  # type: ignore[arg-type]  # whatever it was made with

    def closed(source: OrthancSource) -> None:
        at.closed.append(source)
        close(source)

    monkeypatch.setattr(OrthancSource, "__init__", began)
    monkeypatch.setattr(OrthancSource, "close", closed)


def kinds(at: Expected) -> list[NoticeKind]:
    """What was told of the listing that is open."""
    return [one.kind for one in at.sitting.workspace.contents.notices]
