"""How long is waited where nobody says otherwise, and how much of a server is asked for at once."""

from __future__ import annotations

from viewer_app.sources.orthanc import fetching
from viewer_app.sources.orthanc.pool import _CONNECTIONS, _IDLE_S
from viewer_app.sources.orthanc.transport import FILE_CAP, JSON_CAP, Patience
from viewer_app.tasks import Lane


def test_the_patience_of_the_program() -> None:
    patience = Patience()
    assert (patience.connect_s, patience.silence_s, patience.window_s, patience.pool_s) == (5, 30, 30, 120)
    assert patience.slowest_bytes_per_s == 1024
    assert (list(patience.pauses_s), patience.at_once) == ([0.5, 1, 2], True)
    assert (patience.quick_s, patience.longest_wait_s) == (5, 10)


def test_caps_and_connections() -> None:
    assert (JSON_CAP, FILE_CAP) == (64 << 20, 2 << 30)
    assert (_CONNECTIONS, _IDLE_S) == (8, 0.8)


def test_browsing_never_waits_behind_a_download() -> None:
    assert fetching._DOWNLOADS == 4
    assert (Lane.PIXELS.threads, Lane.BROWSE.threads, Lane.THUMBNAILS.threads) == (4, 2, 2)
