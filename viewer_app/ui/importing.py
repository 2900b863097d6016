"""Measurements of a file that Caliper wrote, taken into the study on show."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from viewer_app.session.importing import import_file
from viewer_app.session.workspace import Workspace


class Importing:
    """Asks for a file and tells what became of it."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        self._workspace = workspace
        self._window = window

    def ask(self) -> None:
        """Ask for a JSON report and import its measurements."""
        if self._workspace.study is None:
            return
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Import measurements", "", "Report in JSON (*.json)")
        if chosen:
            self.file(Path(chosen))

    def file(self, path: Path) -> None:
        """Import the measurements of a JSON report."""
        import_file(self._workspace, path, lambda imported: self._workspace.noticed.emit(imported.words))
