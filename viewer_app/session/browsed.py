"""The series of the study that is chosen in a list, with a small picture of each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.session.browsing import Link, Row
from viewer_app.sources.orthanc.model import SeriesRecord
from viewer_app.sources.orthanc.reach import SILENT
from viewer_app.tasks import Lane, Task, Tasks

# An arrow key that is held down passes by many studies.
_SETTLED_MS = 120
_MOST_PICTURES = 60
_PICTURE_PX = 160


class Browsed(QObject):
    """Asks for the series of one study at a time; another study ends what is under way for the one before.

    `is_known`: `series` are what the server behind `link` has just answered.
    """

    changed = Signal()
    """`series`, `busy` or `error` are others."""

    picture_came = Signal(str)
    """Series ID of a picture that is in `pictures` now."""

    known = Signal(str, object)
    """Study ID and series, once they are known."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.row: Row | None = None
        self.series: tuple[SeriesRecord, ...] = ()
        self.pictures: dict[str, bytes] = {}
        self.error: CaliperError | None = None
        self.busy = False
        self.is_known = False
        self.link: Link | None = None
        self._tasks = tasks
        self._work: list[Task[Any]] = []
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._ask)

    def show(self, link: Link | None, row: Row | None, *, offline: bool = False) -> None:
        """Ask for the series of `row`, or of none; where the server is not to be asked, tell what is kept."""
        self._forget()
        self.link, self.row = link, row
        if row is not None and offline:
            self.series = _in_order(row.kept.series if row.kept is not None else ())
        elif row is not None and link is not None:
            self.busy = True
            self._settled.start()
        self.changed.emit()

    def _forget(self) -> None:
        self._settled.stop()
        for task in self._work:
            task.cancel()
        self._work.clear()
        self.series, self.pictures, self.error, self.busy, self.is_known = (), {}, None, False, False

    def _ask(self) -> None:
        link, row = self.link, self.row
        if link is None or row is None:
            return

        def work(watch: Watch) -> tuple[SeriesRecord, ...]:
            return _in_order(link.client().get_series(row.study.id, watch=watch))

        self._work.append(self._tasks.run(Lane.BROWSE, work, done=self._take, failed=self._fail, key="browse series"))

    def _take(self, series: tuple[SeriesRecord, ...]) -> None:
        self.series, self.busy, self.is_known = series, False, True
        self.changed.emit()
        if self.row is not None:
            self.known.emit(self.row.study.id, series)
        for one in series[:_MOST_PICTURES]:
            self._ask_picture(one.id)

    def _ask_picture(self, series_id: str) -> None:
        link = self.link
        if link is None:
            return

        def work(watch: Watch) -> bytes | None:
            return link.client().get_thumbnail(series_id, size=_PICTURE_PX, watch=watch)

        def done(picture: bytes | None) -> None:
            if picture:
                self.pictures[series_id] = picture
                self.picture_came.emit(series_id)

        self._work.append(self._tasks.run(Lane.THUMBNAILS, work, done=done, failed=_no_picture))

    def _fail(self, error: CaliperError) -> None:
        self.busy, self.error = False, error
        if isinstance(error, SILENT) and self.row is not None and self.row.kept is not None:
            self.series = _in_order(self.row.kept.series)
        self.changed.emit()


def _no_picture(error: CaliperError) -> None:
    """What is wrong with an image is told when it is opened; its place stays dark."""


def _in_order(series: tuple[SeriesRecord, ...]) -> tuple[SeriesRecord, ...]:
    return tuple(sorted(series, key=lambda one: (one.info.number is None, one.info.number or 0, one.id)))
