"""A session on real lanes, a real store and real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from tests.session.sitting import Sitting
from viewer_app.store import Store, open_store
from viewer_app.tasks import Tasks


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()
    shiboken6.delete(made)


@pytest.fixture
def sitting(qtbot: QtBot, tasks: Tasks, store: Store) -> Iterator[Sitting]:
    """A workspace in use; closed as the application closes it."""
    made = Sitting(qtbot, tasks, store)
    yield made
    made.end()
