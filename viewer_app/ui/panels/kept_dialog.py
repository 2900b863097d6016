"""What is kept of studies from servers: how much it is and may be, where it lies, and a button to clear it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer_app.measure.present import THIN_SPACE
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.tasks import Lane, Tasks
from viewer_app.ui.kept_setting import GIGABYTE, LEAST_GB, MOST_GB, keep_limit

_WHAT = (
    "Images from a server are kept on this computer: a study that was opened once opens again at once, and without"
    " the server. Beyond the limit, the studies used longest ago go first."
)
_CLEARED = (
    "Everything that is cleared can be fetched from its server again. Measurements, reports and settings lie elsewhere"
    " and stay."
)
_MEGABYTE = 1_000_000
_WIDTH_PX = 520


class KeptDialog(QDialog):
    """Changes are in force at once: a smaller limit once it is typed, a cleared cache when its button is pressed."""

    def __init__(self, cache: Cache, tasks: Tasks, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache, self._tasks, self._settings = cache, tasks, settings
        self._is_open = True
        self.size_label, self.folder = QLabel("Counting …"), QLabel(str(cache.folder))
        self.limit, self.clear = QDoubleSpinBox(), QPushButton("Clear")
        self._arrange()
        self.finished.connect(self._close)
        self.limit.editingFinished.connect(self._set_limit)
        self.clear.clicked.connect(lambda: self._do(cache.clear))
        self._do(lambda: None)

    def _arrange(self) -> None:
        self.setWindowTitle("Kept studies")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.limit.setRange(LEAST_GB, MOST_GB)
        self.limit.setDecimals(1)
        self.limit.setSuffix(f"{THIN_SPACE}GB")
        self.limit.setValue(self._cache.limit_bytes / GIGABYTE)
        self.folder.setTextFormat(Qt.TextFormat.PlainText)
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form = QFormLayout()
        fields = (("Kept now", self.size_label), ("At most", self.limit), ("Folder", self.folder))
        for title, field in fields:
            field.setAccessibleName(title)
            if isinstance(field, QLabel):
                field.setWordWrap(True)
            label = QLabel(title)
            label.setMinimumHeight(field.sizeHint().height())
            form.addRow(label, field)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(_sentence(_WHAT))
        column.addLayout(form)
        column.addWidget(_sentence(_CLEARED))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.clear, QDialogButtonBox.ButtonRole.ActionRole)
        self.clear.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setMinimumWidth(_WIDTH_PX)

    def _set_limit(self) -> None:
        wanted = round(self.limit.value() * GIGABYTE)
        if abs(wanted - self._cache.limit_bytes) >= GIGABYTE // 20:  # it was not only looked at
            keep_limit(self._settings, self.limit.value())
            self._do(lambda: setattr(self._cache, "limit_bytes", wanted))

    def _do(self, work: Callable[[], None]) -> None:
        """Do something with the cache in the background, then count anew."""

        def counted(watch: Watch) -> int:
            work()
            return self._cache.size_bytes

        self.clear.setEnabled(False)
        self._tasks.run(Lane.BROWSE, counted, done=self._show, must_finish=True)

    def _close(self) -> None:
        """What is being cleared is cleared all the same."""
        self._is_open = False

    def _show(self, size: int) -> None:
        if not self._is_open:
            return
        self.size_label.setText(_amount(size))
        self.clear.setEnabled(size > 0)


def _amount(size: int) -> str:
    if not size:
        return "nothing"
    if size < GIGABYTE:
        return f"{max(size / _MEGABYTE, 0.1):.1f}{THIN_SPACE}MB"
    return f"{size / GIGABYTE:.1f}{THIN_SPACE}GB"


def _sentence(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("role", "secondary")
    return label
