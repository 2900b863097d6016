"""The window that all pictures are taken of, on the sample study, in a folder that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings

from tests.shots.hand import Hand
from viewer_app.imaging.pixels import shutdown
from viewer_app.phantom import SAMPLE_TRUTH, write_sample
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
POINTS = {truth.key: truth.points_mm for truth in SAMPLE_TRUTH}


class Studio:
    """The folder, the window and the hand that all pictures share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sample = folder / "Sample study"
        write_sample(self.sample)
        self.tasks, self.store = Tasks(), open_store(folder / "store")
        workspace = Workspace(self.tasks, self.store, "Reader")
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
        shutdown()


@contextmanager
def studio() -> Iterator[Studio]:
    """The studio in a folder of its own, put away at the end."""
    with tempfile.TemporaryDirectory(prefix="caliper-shots-", ignore_cleanup_errors=True) as folder:
        made = Studio(Path(folder))
        try:
            made.begin()
            yield made
        finally:
            made.close()
