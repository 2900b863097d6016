"""About this series: the whole geometry report, what lengths and values mean, and every doubt; to read and to copy."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer_app.ui.panels.report_window import ReportWindow

_SIZE = (720, 560)


class AboutWindow(ReportWindow):
    """Like the window of a structured report; what it tells is Caliper's, not the file's."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About this series")
        self.text.setAccessibleName("About this series")
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search")
        self.resize(*_SIZE)
