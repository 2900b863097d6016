"""A monkey at the window for minutes, opened and closed over and over on one store."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QApplication

from tests.conftest import leave_the_user_alone
from tests.ui.job.driver import Driver, same
from tests.ui.job.monkey import Monkey
from viewer_app.phantom import write_sample
from viewer_app.ui.style import DARK, apply_style

SITTINGS = 20
SECONDS = 60.0


def monkey(seed: int, sittings: int = SITTINGS) -> None:
    """20 sittings of a minute of random mouse, wheel and keys; every sitting finds what the one before left."""
    leave_the_user_alone()
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_style(application, DARK)
    with tempfile.TemporaryDirectory(prefix="caliper-monkey-") as folder:
        sample, store = Path(folder) / "Sample study", Path(folder) / "store"
        write_sample(sample, coarse=True)
        with _Exceptions():
            for sitting in range(sittings):
                _sit(sample, store, seed + sitting)


def _sit(sample: Path, store: Path, seed: int) -> None:
    with Driver(store, sample) as driver:
        driver.wait_for_image()
        player = Monkey(driver, seed)
        player.run(SECONDS)
        player.rest()
        study_uid, made = driver.study.study.info.study_uid, driver.records
    with Driver(store, sample) as driver:
        driver.wait_for_image()
        for study in driver.workspace.contents.studies:
            if study.info.study_uid == study_uid:
                driver.workspace.choose(study)
        driver.wait_for_image()
        assert driver.study.study.info.study_uid == study_uid
        assert same(driver.records, made), f"sitting with seed {seed}: other measurements after reopening"


class _Exceptions:
    """Keeps what is raised inside Qt's calls, where nobody can catch it, and raises the first at the end."""

    def __init__(self) -> None:
        self._first: BaseException | None = None

    def __enter__(self) -> None:
        self._before, sys.excepthook = sys.excepthook, self._keep

    def __exit__(self, *failure: object) -> None:
        sys.excepthook = self._before
        if self._first is not None:
            raise self._first

    def _keep(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._first = self._first or error
