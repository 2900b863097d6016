"""Studies that were left before all of them was saved: their savers go on until it is."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject

from viewer_app.imaging.study import Study
from viewer_app.session.remembering import known_as, same_study
from viewer_app.session.saving import Saver, Wishes
from viewer_app.store import Store
from viewer_app.tasks import Lane, Tasks


class LeftSavers(QObject):
    """Savers of studies that are not on show; each is let go of when nothing of it waits any more."""

    def __init__(self, tasks: Tasks, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._savers: list[Saver] = []

    def __iter__(self) -> Iterator[Saver]:
        """Those that still have something to save, or are at it."""
        return iter(tuple(self._savers))

    def keep(self, saver: Saver) -> None:
        """Look after the saver of a study that is left."""
        self._savers.append(saver)
        saver.changed.connect(self._let_go)
        self._let_go()

    def take_wishes(self, study: Study) -> Wishes:
        """What could not be saved when `study` was left before; it is on the screen again."""
        wishes = Wishes()
        for saver in self._savers:
            if same_study(saver.study, study):
                wishes |= saver.take_wishes()
        self._let_go()
        return wishes

    def identify(self) -> None:
        """Let those begin whose study the store has not entered yet."""
        for saver in self._savers:
            if not saver.ready:
                self._identify(saver)

    def _identify(self, saver: Saver) -> None:
        self._tasks.run(
            Lane.STORE,
            lambda watch: known_as(self._store, saver.study),
            done=lambda study_id: saver.begin(study_id, None, ()),
            failed=saver.fail,
        )

    def _let_go(self) -> None:
        for saver in tuple(self._savers):
            if saver.idle and not saver.waiting:
                self._savers.remove(saver)
                saver.deleteLater()
