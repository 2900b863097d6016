"""Where the bar of the volume tools stands: below the series, or over the images while the panels are hidden."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QDockWidget, QWidget

from viewer_app.ui.tools.brush import Brush
from viewer_app.ui.widgets.plain import restyle

_MARGIN_PX = 10
_ABOVE_TEXT_PX = 60


class VolumePlace(QObject):
    """Moves `bar` between the column of `dock` it was made in and a lower corner of `images`; these never move by it.

    Over images it leaves the corner text to be read, and steps aside to the other corner from a stroke.
    """

    def __init__(self, bar: QWidget, dock: QDockWidget, images: QWidget, brush: Brush) -> None:
        super().__init__(bar)
        self._bar, self._dock, self._images, self._brush = bar, dock, images, brush
        self._column = bar.parentWidget()
        self._at_right = False
        # Its height is known once what it shows is arranged.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._place)
        bar.installEventFilter(self)
        images.installEventFilter(self)
        dock.visibilityChanged.connect(lambda seen: self._settle())
        brush.moved.connect(self._step_aside)
        self._settle()

    @property
    def floats(self) -> bool:
        """True while the bar lies over the images."""
        return self._bar.parentWidget() is self._images

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the images, and what the bar shows."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest) and self.floats:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        """It floats while its panel was hidden by a person; a window that is minimised hides nothing."""
        floats = self._dock.isHidden()
        if floats == self.floats or self._column is None:
            return
        seen, column = not self._bar.isHidden(), self._column.layout()
        if floats:
            self._at_right = False
            self._bar.setParent(self._images)
        elif column is not None:
            column.addWidget(self._bar)
        self._bar.setProperty("floats", floats)
        restyle(self._bar)
        self._bar.setVisible(seen)
        self._place()

    def _place(self) -> None:
        if not self.floats:
            return
        wide = min(self._dock.widget().minimumWidth(), self._images.width() - 2 * _MARGIN_PX)
        layout = self._bar.layout()
        high = layout.totalHeightForWidth(wide) if layout is not None and layout.hasHeightForWidth() else -1
        high = max(high, self._bar.sizeHint().height())
        left = self._images.width() - _MARGIN_PX - wide if self._at_right else _MARGIN_PX
        self._bar.setGeometry(left, max(0, self._images.height() - _ABOVE_TEXT_PX - high), wide, high)
        self._bar.raise_()

    def _step_aside(self) -> None:
        if self.floats and self._brush.in_hand is not None and self._bar.geometry().contains(self._pointer()):
            self._at_right = not self._at_right
            self._place()

    def _pointer(self) -> QPoint:
        return self._images.mapFromGlobal(QCursor.pos())
