"""A real server is killed while a study loads: what has arrived stays, the rest comes once it runs again."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.orthanc_server import RunningOrthanc, answers, find_orthanc, start_command, start_orthanc
from tests.session.sitting import Sitting
from tests.sources.series import SLICES, STUDY_UID, write_series
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.errors import Unreachable
from viewer_app.sources.orthanc.transport import Patience

pytestmark = pytest.mark.orthanc
_BEFORE_THE_END = 3


class Ending(OrthancClient):
    """Its server is killed before the fourth file is asked for."""

    def __init__(self, running: RunningOrthanc) -> None:
        server = Server(running.url, running.user, running.password)
        super().__init__(server, Patience(connect_s=1, silence_s=1, pauses_s=(0.01,)))
        self._running = running
        self._asked = 0

    def get_file(self, *words: Any, **named: Any) -> Any:
        self._asked += 1
        if self._asked == _BEFORE_THE_END + 1:
            self._running.stop()
        return super().get_file(*words, **named)


def started_again(server: RunningOrthanc) -> RunningOrthanc:
    """The same server on the same port."""
    with (server.folder / "again.log").open("wb") as log:
        process = subprocess.Popen(
            server.process.args,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=server.folder,
            env=start_command(find_orthanc())[1],
        )
    again = dataclasses.replace(server, process=process)
    assert answers(again)
    return again


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningOrthanc:
    """A server with a series."""
    monkeypatch.setattr("viewer_app.session.waiting.PAUSES_S", (0.2,))
    monkeypatch.setattr("viewer_app.sources.orthanc.reach._PAUSE_S", 0.1)
    (tmp_path / "server").mkdir()
    server = start_orthanc(tmp_path / "server")
    with OrthancClient(Server(server.url, server.user, server.password)) as client:
        for path in write_series(tmp_path / "series").iterdir():
            client.upload(path)
    return server


def test_the_rest_comes_without_asking(sitting: Sitting, killed: RunningOrthanc, tmp_path: Path) -> None:
    opened = sitting.open(OrthancSource(Ending(killed), STUDY_UID, Cache(tmp_path / "cache")))
    volume, told = opened.volume, list[str]()
    assert volume is not None
    opened.loads.waiting_changed.connect(told.append)
    assert 0 < volume.present < SLICES and not volume.failed
    assert [type(error) for error in sitting.errors] == [Unreachable]
    sentence = f"{SLICES - volume.present} images follow"
    assert "does not answer" in opened.loads.waiting and sentence in opened.loads.waiting
    sitting.qtbot.wait(700)  # several tries: nothing is told anew
    assert [type(error) for error in sitting.errors] == [Unreachable]
    again = started_again(killed)
    try:
        sitting.qtbot.waitUntil(lambda: volume.is_complete and not opened.loads.waiting, timeout=10_000)
        assert not volume.failed
        assert told == [""]
    finally:
        again.stop()


def test_a_closed_study_is_not_waited_for(sitting: Sitting, killed: RunningOrthanc) -> None:
    opened = sitting.open(OrthancSource(Ending(killed), STUDY_UID))
    assert opened.loads.waiting
    opened.cancel_load()
    assert not opened.loads.waiting
    sitting.qtbot.wait(500)
    assert not sitting.tasks.busy
