"""A study from a server is left while it loads: nothing of it is asked for any more, and nothing half done stays."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.session.sitting import Sitting
from tests.sources.held_relay import HeldRelay, held
from tests.sources.series import STUDY_UID, write_series
from viewer_app.sources import FolderSource
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.cache.behind import BEHIND

pytestmark = pytest.mark.orthanc
_SLICES, _PASSED = 30, 5
_AT_ONCE_S = 0.3


def close(sitting: Sitting, other: Path) -> None:
    sitting.workspace.close()


def open_another(sitting: Sitting, other: Path) -> None:
    sitting.workspace.open(lambda watch: FolderSource(other))


@pytest.mark.parametrize("leave", [close, open_another])
def test_everything_of_a_study_is_dropped_when_it_is_left(
    sitting: Sitting, orthanc: RunningOrthanc, tmp_path: Path, leave: Callable[[Sitting, Path], None]
) -> None:
    other = write_series(tmp_path / "other", slices=3, patient_id="P-2", study_uid=f"{STUDY_UID}.7")
    with OrthancClient(Server(orthanc.url, orthanc.user, orthanc.password)) as client:
        for path in write_series(tmp_path / "series", slices=_SLICES).iterdir():
            client.upload(path)
    with held(orthanc.url, _PASSED) as relay:
        server, cache = Server(relay.url, orthanc.user, orthanc.password), tmp_path / "cache"
        sitting.workspace.open(lambda watch: OrthancSource(OrthancClient(server), STUDY_UID, Cache(cache)))
        sitting.qtbot.waitUntil(lambda: relay.held > 1, timeout=10_000)
        opened, left = sitting.study, list[float]()
        volume, loading = opened.volume, opened.loads.count
        assert volume is not None and 0 < volume.present < _SLICES and loading == 1
        sitting.workspace.leaving.connect(lambda: left.append(time.monotonic()))
        leave(sitting, other)
        sitting.settle()
        wait_for_the_end(sitting, relay)
        assert max(relay.ended) - left[0] < _AT_ONCE_S
        asked, present = len(relay.paths), volume.present
        sitting.qtbot.wait(400)
        assert (len(relay.paths), volume.present, relay.connections) == (asked, present, len(relay.ended))
        assert relay.files < _SLICES
    assert not sitting.errors
    BEHIND.settle(cache)
    assert not [path for path in cache.rglob("*") if path.name.endswith(".part")]
    # One that came, and was proven, as the study was left is kept, whether or not it still got into the volume.
    kept = {path.read_bytes() for path in cache.rglob("*.dcm")}
    assert present <= len(kept) <= relay.files
    assert kept <= {path.read_bytes() for path in (tmp_path / "series").iterdir()}


def wait_for_the_end(sitting: Sitting, relay: HeldRelay) -> None:
    """Until the client has ended all its connections."""
    sitting.qtbot.waitUntil(lambda: len(relay.ended) == relay.connections, timeout=3000)
