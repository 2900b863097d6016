"""The window that one picture is taken of, in a folder that is thrown away: no picture depends on another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings

from tests.shots.hand import Hand
from viewer_app.phantom import SAMPLE_TRUTH
from viewer_app.session.servers import Servers
from viewer_app.session.workspace import Workspace
from viewer_app.sources import FolderSource
from viewer_app.sources.orthanc.passwords import Passwords
from viewer_app.store import open_store
from viewer_app.tasks import Tasks
from viewer_app.ui.main_window import MainWindow
from viewer_app.ui.sending import SendingToServer
from viewer_app.ui.serving import Serving

SIZE = (1600, 1000)
_OF_USER = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
POINTS = {truth.key: truth.points_mm for truth in SAMPLE_TRUTH}


class Studio:
    """The folder, the window and the hand of one picture; `sample` is the folder of the sample study."""

    def __init__(self, folder: Path, sample: Path) -> None:
        self.folder, self.sample = folder, sample
        for name in _OF_USER:
            os.environ[name] = str(folder / name)
        self.tasks, self.store = Tasks(), open_store(folder / "store")
        self.workspace = workspace = Workspace(self.tasks, self.store, "Reader")
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.serving = Serving(Servers(folder), Passwords(), self.tasks)
        self.window = MainWindow(workspace, lambda watch: FolderSource(self.sample), settings, self.serving)
        window = self.window
        self.sending = SendingToServer(workspace, self.serving, window.telling, window.manner, window.status, window)
        window.commands.exporting.send_wanted.connect(self.sending.ask)
        self.window.resize(*SIZE)
        self.window.move(0, 0)
        self.hand = Hand(self.window)

    def begin(self) -> None:
        """Show the window with nothing open."""
        self.window.show()
        self.window.activateWindow()
        self.hand.wait()

    def close(self) -> None:
        """As the application does."""
        self.window.close()
        self.tasks.close()
        self.store.close()
        for thing in (self.window, self.tasks):
            thing.deleteLater()


@contextmanager
def studio(sample: Path) -> Iterator[Studio]:
    """A studio in a folder of its own, put away at the end."""
    with tempfile.TemporaryDirectory(prefix="caliper-shots-", ignore_cleanup_errors=True) as folder:
        made = Studio(Path(folder), sample)
        try:
            made.begin()
            yield made
        finally:
            made.close()
