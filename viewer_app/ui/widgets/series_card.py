"""One series of the study browser: picture, name, what it holds, what is doubtful, how far it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from viewer_app.ui.widgets.elided_label import ElidedLabel
from viewer_app.ui.widgets.plain import one_line, restyle, tool_tip

THUMBNAIL_PX = 56
_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True, slots=True)
class SeriesContent:
    """What a card says. `loaded` runs from 0 to 1 while loading and is None when there is nothing to wait for.

    `report` is for reading in full, under the pointer.
    """

    title: str
    lines: tuple[str, ...] = ()
    warning: str = ""
    loaded: float | None = None
    report: str = ""


class SeriesCard(QFrame):
    """`activated` by click, Return or space; `drag_started` when the mouse pulls the card away."""

    activated = Signal()
    drag_started = Signal()

    def __init__(self, content: SeriesContent, parent: QWidget | None = None, *, has_picture: bool = True) -> None:
        super().__init__(parent)
        self._pressed_at: QPoint | None = None
        self._lines: list[ElidedLabel] = []
        self._has_picture = has_picture
        self._thumbnail = QLabel()
        self._thumbnail.setProperty("role", "thumbnail")
        self._thumbnail.setFixedSize(THUMBNAIL_PX, THUMBNAIL_PX)
        self._thumbnail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = ElidedLabel("title")
        self._warning = QLabel()
        self._warning.setTextFormat(Qt.TextFormat.PlainText)
        self._warning.setWordWrap(True)
        self._warning.setProperty("role", "warning")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._arrange()
        self.show_content(content)

    def show_content(self, content: SeriesContent) -> None:
        """Say `content` from now on."""
        self._title.set_full_text(content.title)
        self._show_lines(content.lines)
        self._warning.setText(one_line(content.warning))
        self._warning.setVisible(bool(content.warning))
        self.setToolTip(tool_tip(content.report))
        self._bar.setVisible(content.loaded is not None)
        self._bar.setValue(round(1000 * (content.loaded or 0.0)))
        self.setAccessibleName(content.title)
        self.setAccessibleDescription(", ".join((*content.lines, content.report or content.warning)).strip(", "))

    def set_thumbnail(self, image: QImage) -> None:
        """Show `image`, scaled to the square beside the text, its proportions kept."""
        scale = self.devicePixelRatioF()
        size = QSize(THUMBNAIL_PX, THUMBNAIL_PX) * scale
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        pixmap = QPixmap.fromImage(image.scaled(size, keep, smooth))
        pixmap.setDevicePixelRatio(scale)
        self._thumbnail.setPixmap(pixmap)

    def set_shown(self, *, shown: bool, active: bool) -> None:
        """Mark the card as one that is shown in a viewport; `active` in the one that takes keys."""
        if (shown, active) != (self.property("shown"), self.property("active")):
            self.setProperty("shown", shown)
            self.setProperty("active", active)
            restyle(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and space open the series."""
        if event.key() in _OPEN_KEYS:
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the left button went down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pulled far enough, the card is dragged."""
        start = self._pressed_at
        far = QApplication.startDragDistance()
        if start is not None and (event.position().toPoint() - start).manhattanLength() >= far:
            self._pressed_at = None
            self.drag_started.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go on the card, it was a click."""
        if self._pressed_at is not None and self.rect().contains(event.position().toPoint()):
            self.activated.emit()
        self._pressed_at = None

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 8, 6)
        row.setSpacing(9)
        if self._has_picture:
            row.addWidget(self._thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self._column.addWidget(self._title)
        self._column.addWidget(self._warning)
        self._column.addStretch(1)
        self._column.addWidget(self._bar)
        row.addLayout(self._column, 1)

    def _show_lines(self, lines: tuple[str, ...]) -> None:
        while len(self._lines) > len(lines):
            surplus = self._lines.pop()
            self._column.removeWidget(surplus)
            surplus.deleteLater()
        while len(self._lines) < len(lines):
            self._lines.append(ElidedLabel("secondary"))
            self._column.insertWidget(len(self._lines), self._lines[-1])
        for label, line in zip(self._lines, lines, strict=True):
            label.set_full_text(line)
