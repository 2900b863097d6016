"""A study on an Orthanc server as a `Source`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO

from viewer_app.errors import NothingToShow
from viewer_app.imaging.headers import Instance, Patient, Problem
from viewer_app.imaging.reading.again import Parsed
from viewer_app.imaging.study import assemble
from viewer_app.progress import Watch
from viewer_app.sources.base import Changes, Glance, Listing, Notice, Opened
from viewer_app.sources.orthanc import words
from viewer_app.sources.orthanc.address import ORTHANC_ID, StudyAddress
from viewer_app.sources.orthanc.cache import Cache, KeptListing, Shelf
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import AuthFailed, Forbidden, OrthancError, OrthancNotFound
from viewer_app.sources.orthanc.files import Files
from viewer_app.sources.orthanc.listed import ListedSeries, ask_series, instances_of, recall_series
from viewer_app.sources.orthanc.lookout import StudyLookout
from viewer_app.sources.orthanc.reach import SILENT, Reach
from viewer_app.sources.orthanc.whose import of_the_study


class OrthancSource:
    """One study, by Orthanc ID or Study Instance UID. Locators are Orthanc's instance IDs.

    The client belongs to the source from now on: `close` closes it. What a `cache` keeps is not fetched again while
    the server's listing confirms it, and is what there is where the server does not answer. `ahead` of somebody
    opening the study, what is listed is not kept before `keep`.
    """

    def __init__(self, client: OrthancClient, study: str, cache: Cache | None = None, *, ahead: bool = False) -> None:
        self._client = client
        self._study = study
        self._cache = cache
        self._reach = Reach()
        self._files = Files(client, cache, self._reach)
        self._lookout = StudyLookout(client)
        self._held: dict[str, Shelf] = {}
        self._is_ahead = ahead
        self._unkept: tuple[list[ListedSeries], Listing] | None = None

    @property
    def title(self) -> str:
        """What the user calls the server; else its host, port and prefix."""
        return self._client.server.name or self._client.server.title

    @property
    def address(self) -> str:
        """What opens the study again; it holds the user's name but no password."""
        return str(StudyAddress(self._client.server, self._study))

    def find(self, watch: Watch) -> Listing:
        """Read all headers of the study; where the server does not answer, of what is kept of it, with a notice.

        A server that refuses user or password, or that cannot be trusted, is an error whatever is kept.
        """
        try:
            return self._ask(watch)
        except SILENT as error:
            return self._recall(error, watch)

    def look(self, watch: Watch) -> Glance:
        """What the server has by now; OrthancNotFound without the study, Unreachable or Stalled without an answer."""
        with self._reach.asking() as is_doubted:
            if is_doubted:
                self._client.check_answers(watch=watch)
            return self._lookout.look(self._study_ids(watch), self._files.listed, watch)

    def refresh(self, watch: Watch) -> Changes:
        """Ask the server again, and say what is otherwise; Unreachable or Stalled where it does not answer."""
        before = self._files.listed
        listing = self._ask(watch)
        now = self._files.listed
        return Changes(
            listing,
            new=frozenset(now.keys() - before.keys()),
            gone=frozenset(before.keys() - now.keys()),
            changed=frozenset(key for key in before.keys() & now.keys() if before[key] != now[key]),
        )

    def keep(self) -> None:
        """Somebody opens the study: what was listed of it, and will be, is kept from now on."""
        self._is_ahead = False
        if self._unkept is not None:
            (listed, listing), self._unkept = self._unkept, None
            self._keep(listed, listing)

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The stored file; Integrity unless length, MD5, identity and header are those of the instance.

        Geometry and rescale come from the server's listing: numbers are measured
        with them, so the file itself has the last word.
        """
        (found,) = self.open_many([instance], watch)
        if isinstance(found, Exception):
            raise found
        assert found is not None  # for it is the only one
        return found

    def open_many(self, instances: Sequence[Instance], watch: Watch) -> list[Opened | None]:
        """As `open` for each, or the error it would raise; MD5s are computed side by side, which is much quicker.

        None for those that it would take long to wait for.
        """
        self._reach.check_allowed()
        return self._files.open_many(instances, watch)

    def close(self) -> None:
        """Close the connections."""
        if self._cache is not None:
            for shelf in self._held.values():
                self._cache.release(shelf)
            self._held.clear()
        self._files.parsed = {}
        self._client.close()

    def _ask(self, watch: Watch) -> Listing:
        kept = self._shelves()
        try:
            with self._reach.asking() as is_doubted:
                if kept or is_doubted:
                    self._client.check_answers(watch=watch)
                listed = self._listed(watch)
        except AuthFailed:
            if self._cache is not None:
                self._cache.refuse(self._client.server)
            raise
        except (Forbidden, OrthancNotFound):
            for shelf in kept:
                shelf.forget_listing()
            raise
        problems = [gone for shelf in kept for gone in words.gone_since(shelf.listing(), listed)]
        if self._cache is not None:
            self._cache.accept(self._client.server)
            problems += words.no_room(listed, self._cache.free_bytes)
        listing = self._listing(listed, problems, words.arriving(one.series for one in listed), watch)
        self._unkept = listed, listing
        if not self._is_ahead:
            self.keep()
        return listing

    def _recall(self, error: OrthancError, watch: Watch) -> Listing:
        """What the cache has of the study; `error` where that is nothing."""
        listings = [(shelf, found) for shelf in self._shelves() if (found := shelf.listing()) is not None]
        if not listings:
            raise error
        for shelf, kept in listings:
            self._hold(kept.study_id, shelf)
        listed = [
            recall_series(series, kept.files.get(series.id, ()), shelf, watch)
            for shelf, kept in listings
            for series in kept.series
        ]
        notice = words.server_down(min(kept.at for _, kept in listings), listed)
        return self._listing(listed, [Problem(self.title, notice.text)], (notice,), watch)

    def _listed(self, watch: Watch) -> list[ListedSeries]:
        found = [series for one in self._study_ids(watch) for series in self._client.get_series(one, watch=watch)]
        total, done, listed = sum(len(series.instance_ids) for series in found), 0, []
        longest = max(found, key=lambda series: len(series.instance_ids), default=None)
        for series in found:
            watch.step(done, total, series.info.description)
            shelf = self._hold(series.study_id)
            listed.append(ask_series(self._client, series, shelf, watch, prepare=series is longest))
            done += len(series.instance_ids)
        watch.step(total, total)
        return listed

    def _listing(
        self, listed: Sequence[ListedSeries], problems: list[Problem], notices: tuple[Notice, ...], watch: Watch
    ) -> Listing:
        by_study: dict[str, list[Instance]] = {}
        parsed: dict[str, Parsed] = {}
        for one in listed:
            for read in instances_of(one, problems, watch):
                by_study.setdefault(one.series.study_id, []).append(read.instance)
                if read.known is not None:
                    parsed[read.instance.locator] = read
        instances: list[Instance] = []
        studies: dict[str, str] = {}
        for study_id, found in by_study.items():
            ours = of_the_study(self._study, study_id, found, problems)
            instances += ours
            studies |= dict.fromkeys((instance.locator for instance in ours), study_id)
        if not instances:
            told = " ".join(f"{problem.where}: {problem.why}" for problem in problems[:3])
            raise NothingToShow(f"The study on the server shows no image. {told}".strip(), "Choose another study.")
        self._files.parsed = parsed
        self._files.listed = {file.id: file for one in listed for file in one.files}
        self._files.owners = {key: self._held[study] for key, study in studies.items() if study in self._held}
        named = (replace(study, server_id=studies[study.instances[0].locator]) for study in assemble(instances))
        return Listing(tuple(named), tuple(problems), notices)

    def _keep(self, listed: Sequence[ListedSeries], listing: Listing) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        studies = {study.server_id: study for study in listing.studies}
        for study_id, shelf in tuple(self._held.items()):
            ours = [one for one in listed if one.series.study_id == study_id]
            study = studies.get(study_id)
            kept = KeptListing(
                study_id,
                study.info.study_uid if study else "",
                at,
                patient=study.patient if study else Patient(),
                info=study.info if study else None,
                series=tuple(one.series for one in ours),
                files={one.series.id: one.files for one in ours},
            )
            shelf.keep_listing(kept, {one.series.id: one.headers for one in ours if one.headers})

    def _study_ids(self, watch: Watch) -> tuple[str, ...]:
        if ORTHANC_ID.fullmatch(self._study):
            return (self._study,)
        found = self._client.find_study_ids(self._study, watch=watch)
        if not found:
            raise OrthancNotFound("The study is not on the server.", "Search for it in the list of studies.")
        return found

    def _shelves(self) -> tuple[Shelf, ...]:
        return self._cache.kept(self._client.server, self._study) if self._cache is not None else ()

    def _hold(self, study_id: str, shelf: Shelf | None = None) -> Shelf | None:
        """The place of a study in the cache, which is not let go before the source is closed."""
        if self._cache is None:
            return None
        if study_id not in self._held:
            self._held[study_id] = shelf or self._cache.shelf(self._client.server, study_id)
            self._cache.hold(self._held[study_id])
        return self._held[study_id]
