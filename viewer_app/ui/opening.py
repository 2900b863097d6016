"""Opening: a folder or file that is asked for, what was dropped, an address, the sample study."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer_app.progress import Watch
from viewer_app.session.workspace import Workspace
from viewer_app.sources import Password
from viewer_app.sources.base import Source
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.ui.browsing import Browsing
from viewer_app.ui.panels.kept_dialog import KeptDialog
from viewer_app.ui.serving import Serving

MakeSource = Callable[[Watch], Source]


class Opening:
    """Each action opens something in the workspace; `sample` makes the sample study at the first time.

    `serving` knows the servers of addresses, `browsing` shows what is on them.
    """

    def __init__(
        self,
        workspace: Workspace,
        sample: MakeSource,
        serving: Serving,
        browsing: Browsing,
        settings: QSettings,
        window: QWidget,
    ) -> None:
        self._workspace = workspace
        self._sample = sample
        self._window = window
        self._serving = serving
        self._browsing = browsing
        self._settings = settings

    def ask_folder(self) -> None:
        """Ask for a folder and open it."""
        chosen = QFileDialog.getExistingDirectory(self._window, "Open folder")
        if chosen:
            self.place(chosen)

    def ask_file(self) -> None:
        """Ask for a DICOM file or a zip archive and open it."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open DICOM file or zip archive")
        if chosen:
            self.place(chosen)

    def place(self, place: str, password: Password | None = None) -> None:
        """Open a path or an address; `password` is asked before what is kept of its server."""
        self._serving.open_place(place, self._workspace, self._window, password)

    def priors(self) -> None:
        """Search the server for other studies of the open study's patient."""
        self._browsing.show_priors()

    def sample(self) -> None:
        """Open the sample study."""
        self._workspace.open(self._sample)

    def kept(self) -> None:
        """Show what is kept of studies from servers."""
        KeptDialog(user_cache(), self._workspace.tasks, self._settings, self._window).open()

    def missing(self) -> None:
        """Read the images of the shown stack that have not arrived, those that could not be read again."""
        if self._workspace.study is not None:
            self._workspace.study.resume_load()
