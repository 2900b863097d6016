"""Searching the studies of one server, page by page, in the background; without the server, what is kept of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.session.searching import matches
from viewer_app.sources.orthanc import OrthancClient
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.cache import Cache, KeptStudy, kept_study
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.sources.orthanc.model import SeriesRecord, StudyQuery, StudyRecord
from viewer_app.sources.orthanc.reach import SILENT
from viewer_app.tasks import Lane, Task, Tasks

PAGE = 100
# A server that cannot sort is asked for this many at once: the newest of a hundred in no order says nothing.
_UNSORTED_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """A study of the list; `kept` is what this computer has of it."""

    study: StudyRecord
    kept: KeptStudy | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    rows: tuple[Row, ...]
    more: bool = False
    is_sorted: bool = True
    is_cut: bool = False
    error: CaliperError | None = None
    asked: int = PAGE


class Link:
    """The connections to one server, made when they are first needed, in the thread that needs them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._client: OrthancClient | None = None

    def client(self) -> OrthancClient:
        """Never on the thread of the window: trust stores are read."""
        with self._lock:
            if self._client is None:
                self._client = OrthancClient(self.server)
            return self._client

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()


class Browser(QObject):
    """The list of studies that a search has found so far. The newest search wins; what it replaces comes to nothing."""

    begun = Signal()
    """Another search: the rows of the one before do not count any more."""

    found = Signal(int)
    """There are rows from this number on."""

    updated = Signal(int)
    """More is known of a row."""

    changed = Signal()
    """What the list has to tell of itself: busy, more, is_cut, error, is_offline."""

    def __init__(self, tasks: Tasks, cache: Cache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.link: Link | None = None
        self.error: CaliperError | None = None
        self.is_offline = False
        self.is_sorted = True
        self.is_cut = False
        self.more = False
        self.unsorted_page = _UNSORTED_PAGE
        self._tasks = tasks
        self._cache = cache
        self._query = StudyQuery()
        self._asked = 0
        self._ids: set[str] = set()
        self._task: Task[_Found] | None = None
        self._filling = Watch()

    @property
    def busy(self) -> bool:
        """A search, or a page of it, is under way."""
        return self._task is not None

    def lists(self, study_id: str) -> bool:
        """That study is among the rows."""
        return study_id in self._ids

    def search(self, server: Server, query: StudyQuery, *, here: bool = False) -> None:
        """List the studies of `server` that match; with `here` only those that are kept, without asking it."""
        cache, unsorted = self._cache, self.unsorted_page
        if here:
            self._begin(query)
            self._run(lambda watch: _Found(_kept_rows(cache, server, query)), is_offline=True)
        else:
            link = self._linked(server)
            self._begin(query)
            self._run(lambda watch: _first_page(link, cache, query, unsorted, watch))

    def go_on(self) -> None:
        """Ask for the next page, unless it is on its way or there is none."""
        if self.more and not self.busy and self.link is not None:
            link, cache, query, since = self.link, self._cache, self._query, self._asked
            self._run(lambda watch: _next_page(link, cache, query, since, PAGE, watch))

    def cancel(self) -> None:
        """Stop searching; what has come stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.changed.emit()

    def fill(self, studies: Iterable[StudyRecord]) -> None:
        """Ask for the series of studies of which modalities and count are not known, in one request."""
        wanted = [one for one in studies if one.instance_count is None]
        link = self.link
        if not wanted or link is None or self.is_offline:
            return

        def work(watch: Watch) -> dict[str, list[SeriesRecord]]:
            found: dict[str, list[SeriesRecord]] = {one.id: [] for one in wanted}
            ids = [series_id for one in wanted for series_id in one.series_ids]
            for series in link.client().get_many_series(ids, watch=watch):
                found.setdefault(series.study_id, []).append(series)
            return found

        def done(found: dict[str, list[SeriesRecord]]) -> None:
            for study_id, series in found.items():
                self.learn(study_id, series)

        self._filling = self._tasks.run(Lane.BROWSE, work, done=done, failed=_not_filled, key="browse fill").watch

    def learn(self, study_id: str, series: Iterable[SeriesRecord]) -> None:
        """Older servers say modalities and counts of series only: fill them in."""
        known = tuple(series)
        modalities = tuple(dict.fromkeys(one.info.modality for one in known if one.info.modality))
        count = sum(len(one.instance_ids) for one in known)
        for index, row in enumerate(self.rows):
            study = row.study
            if study.id == study_id and (study.modalities, study.instance_count) != (modalities, count):
                self.rows[index] = replace(row, study=replace(study, modalities=modalities, instance_count=count))
                self.updated.emit(index)

    def close(self) -> None:
        """Stop, forget what was found, and let go of the connections."""
        link, self.link = self.link, None
        self._begin(StudyQuery())
        self._filling.cancel()
        self.changed.emit()
        if link is not None:
            link.close()  # after all who ask through it have been told

    def _linked(self, server: Server) -> Link:
        """A link of one's own for each server and password: after a 401 a client asks for nothing any more."""
        if self.link is None or self.link.server != server or isinstance(self.error, AuthFailed):
            self.close()
            self.link = Link(server)
        return self.link

    def _begin(self, query: StudyQuery) -> None:
        self.cancel()
        self.rows, self._ids, self._query, self._asked = [], set(), query, 0
        self.error, self.is_offline, self.is_sorted, self.is_cut, self.more = None, False, True, False, False
        self.begun.emit()

    def _run(self, work: Callable[[Watch], _Found], *, is_offline: bool = False) -> None:
        self._task = self._tasks.run(
            Lane.BROWSE,
            work,
            done=lambda found: self._take(found, is_offline=is_offline),
            failed=self._fail,
            key="browse",
        )
        self.changed.emit()

    def _take(self, found: _Found, *, is_offline: bool) -> None:
        self._task = None
        self._asked += found.asked
        first = len(self.rows)
        new = [row for row in found.rows if row.study.id not in self._ids]
        self._ids.update(row.study.id for row in new)
        self.rows += new
        self.more, self.is_sorted, self.is_cut = found.more, found.is_sorted, found.is_cut
        self.error, self.is_offline = found.error, is_offline or found.error is not None
        self.found.emit(first)
        self.changed.emit()

    def _fail(self, error: CaliperError) -> None:
        self._task = None
        self.error = error
        self.changed.emit()


def _not_filled(error: CaliperError) -> None:
    """The cells stay empty; what is wrong with the server is told by the next search."""


def _first_page(link: Link, cache: Cache, query: StudyQuery, unsorted: int, watch: Watch) -> _Found:
    """Of a server that does not answer, what is kept; one that refuses the user is believed."""
    try:
        info = link.client().check_answers(watch=watch)
        found = _next_page(link, cache, query, 0, PAGE if info.has_extended_find else unsorted, watch)
    except SILENT as error:
        return _Found(_kept_rows(cache, link.server, query), error=error)
    except AuthFailed:
        cache.refuse(link.server)
        raise
    cache.accept(link.server)
    return found


def _next_page(link: Link, cache: Cache, query: StudyQuery, since: int, limit: int, watch: Watch) -> _Found:
    page = link.client().search_studies(query, limit=limit, since=since, watch=watch)
    rows = tuple(Row(study, _kept(cache, link.server, study.id)) for study in page.studies)
    return _Found(rows, page.more, is_sorted=page.is_sorted, is_cut=page.cut, asked=limit)


def _kept(cache: Cache, server: Server, study_id: str) -> KeptStudy | None:
    return next((kept for shelf in cache.kept(server, study_id) if (kept := kept_study(shelf))), None)


def _kept_rows(cache: Cache, server: Server, query: StudyQuery) -> tuple[Row, ...]:
    """A study of which no image has come is a title without a book."""
    return tuple(
        Row(kept.study, kept) for kept in cache.studies(server) if kept.file_count and matches(kept.study, query)
    )
