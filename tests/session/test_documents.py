"""The folder of unpacked documents: for this user and this run alone."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from viewer_app.errors import Cancelled
from viewer_app.session import documents
from viewer_app.session.documents import DocumentFolder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(documents, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_files_are_private_and_gone_at_the_end(cache: Path) -> None:
    folder = DocumentFolder()
    assert not cache.exists()
    paths = []
    for _ in range(2):
        handle, path = folder.new_file()
        os.close(handle)
        paths.append(path)
    first, second = paths
    assert first.parent == second.parent
    assert first.is_relative_to(cache)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (first, first.parent)] == [0o600, 0o700]
    folder.close()
    assert not first.parent.exists()
    with pytest.raises(Cancelled):
        folder.new_file()


def test_what_a_run_left_behind_is_removed_a_day_later(cache: Path) -> None:
    left, recent = cache / "Documents" / "run-left", cache / "Documents" / "run-recent"
    for path in (left, recent):
        path.mkdir(parents=True)
        (path / "document-1.pdf").touch()
    yesterday = time.time() - 25 * 3600
    os.utime(left, (yesterday, yesterday))
    DocumentFolder().close()
    assert not left.exists()
    assert recent.exists()
