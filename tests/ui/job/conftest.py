"""A dressed application, folders of its own for each test, and the sample study written once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.job.driver import Driver
from viewer_app.phantom import write_sample
from viewer_app.ui.style import DARK, apply_style

Start = Callable[..., Driver]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look, and settings that no other test has left behind."""
    apply_style(qapp, DARK)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(tmp_path / "config"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study and its prior, drawn coarsely."""
    folder = tmp_path_factory.mktemp("sample") / "Sample study"
    write_sample(folder, coarse=True)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The folder of the store."""
    return tmp_path / "store"


@pytest.fixture
def start(store: Path) -> Iterator[Start]:
    """Starts Caliper on the test's store, at `place` and with a `password` if given; closed at the end."""
    with ExitStack() as stack:
        yield lambda place="", password=None, folder=store: stack.enter_context(Driver(folder, place, password))


@pytest.fixture
def caliper(start: Start, sample: Path) -> Driver:
    """Caliper with the sample study open, its images all there."""
    driver = start(sample)
    driver.wait_for_image()
    driver.wait_for_rest()
    return driver
