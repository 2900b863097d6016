"""A study on an Orthanc server as a `Source`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO

from viewer_app.errors import ImageError, NothingToShow
from viewer_app.imaging.headers import HeaderMark, Instance, Patient, Problem
from viewer_app.imaging.reading.again import Parsed
from viewer_app.imaging.study import assemble
from viewer_app.progress import Watch
from viewer_app.sources.base import Changes, Glance, Listing, Notice
from viewer_app.sources.header import check_unchanged
from viewer_app.sources.orthanc import words
from viewer_app.sources.orthanc.address import ORTHANC_ID, StudyAddress
from viewer_app.sources.orthanc.cache import Cache, KeptFile, KeptListing, Shelf
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import AuthFailed, Forbidden, Integrity, OrthancError, OrthancNotFound
from viewer_app.sources.orthanc.integrity import check_file, checked_mark
from viewer_app.sources.orthanc.listed import ListedSeries, ask_series, instances_of, is_kept, recall_series
from viewer_app.sources.orthanc.lookout import StudyLookout
from viewer_app.sources.orthanc.model import DicomFile
from viewer_app.sources.orthanc.reach import SILENT, Reach
from viewer_app.sources.orthanc.slots import Slots
from viewer_app.sources.orthanc.whose import of_the_study

# Four connections fill every link; more only hurt (measured at 1 to 60 ms).
_DOWNLOADS = 4


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A file that is proven to be the listed one, its MD5 and the mark of its header."""

    body: BinaryIO
    md5: str
    mark: HeaderMark | None


class OrthancSource:
    """One study, by Orthanc ID or Study Instance UID. Locators are Orthanc's instance IDs.

    The client belongs to the source from now on: `close` closes it. What a `cache` keeps is not fetched again while
    the server's listing confirms it, and is what there is where the server does not answer.
    """

    def __init__(self, client: OrthancClient, study: str, cache: Cache | None = None) -> None:
        self._client = client
        self._study = study
        self._cache = cache
        self._slots = Slots(_DOWNLOADS)
        self._reach = Reach()
        self._lookout = StudyLookout(client)
        self._files: Mapping[str, DicomFile] = {}
        self._owners: Mapping[str, Shelf] = {}
        self._held: dict[str, Shelf] = {}
        # What the listed instances were parsed from, each until its file has come.
        self._parsed: dict[str, Parsed] = {}

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
            return self._lookout.look(self._study_ids(watch), self._files, watch)

    def refresh(self, watch: Watch) -> Changes:
        """Ask the server again, and say what is otherwise; Unreachable or Stalled where it does not answer."""
        before = self._files
        listing = self._ask(watch)
        both = before.keys() & self._files.keys()
        return Changes(
            listing,
            new=frozenset(self._files.keys() - before.keys()),
            gone=frozenset(before.keys() - self._files.keys()),
            changed=frozenset(key for key in both if before[key] != self._files[key]),
        )

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The stored file; Integrity unless length, MD5, identity and header are those of the instance.

        Geometry and rescale come from the server's listing: numbers are measured
        with them, so the file itself has the last word.
        """
        self._reach.check_allowed()
        shelf, file = self._owners.get(instance.locator), self._files.get(instance.locator)
        if shelf is None or file is None or self._cache is None:  # without a file it has gone since it was listed
            return self._fetch(instance, watch).body
        with self._cache.alone(shelf, instance.locator, watch):
            if (kept := self._kept(shelf, instance, watch)) is not None:
                return kept
            new = self._fetch(instance, watch)
            try:
                shelf.keep(instance.locator, new.body, file.uuid, new.md5, new.mark, watch)
            except BaseException:
                new.body.close()
                raise
            return new.body

    def close(self) -> None:
        """Close the connections."""
        if self._cache is not None:
            for shelf in self._held.values():
                self._cache.release(shelf)
            self._held.clear()
        self._parsed = {}
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
        self._keep(listed, listing)
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
        for series in found:
            watch.step(done, total, series.info.description)
            listed.append(ask_series(self._client, series, self._hold(series.study_id), watch))
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
        self._parsed = parsed
        self._files = {file.id: file for one in listed for file in one.files}
        self._owners = {key: self._held[study] for key, study in studies.items() if study in self._held}
        named = (replace(study, server_id=studies[study.instances[0].locator]) for study in assemble(instances))
        return Listing(tuple(named), tuple(problems), notices)

    def _keep(self, listed: Sequence[ListedSeries], listing: Listing) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        studies = {study.server_id: study for study in listing.studies}
        for study_id, shelf in self._held.items():
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

    def _kept(self, shelf: Shelf, instance: Instance, watch: Watch) -> BinaryIO | None:
        """The kept file, if it is what the server has now and what was listed."""
        kept = shelf.file(instance.locator)
        if kept is None or not self._is_current(shelf, instance.locator, kept, watch):
            return None
        body = shelf.open(instance.locator, watch)
        if body is None:
            return None
        try:
            if instance.mark is not None:
                check_unchanged(body, instance, watch, "The kept file")
            else:
                checked_mark(body, instance, watch)
        except ImageError:
            body.close()
            shelf.drop(instance.locator)
            return None
        except BaseException:
            body.close()
            raise
        return body

    def _is_current(self, shelf: Shelf, locator: str, kept: KeptFile, watch: Watch) -> bool:
        """By the listing, which needs no request; by the MD5 where the server has stored the file anew."""
        file = self._files.get(locator)
        if file is None:
            return False
        is_same = is_kept(shelf, file)
        if is_same and (file.uuid or self._reach.is_down):
            return True
        try:
            with self._reach.asking(), self._slots.taken(watch):
                is_current = self._client.get_file_md5(locator, watch=watch) == kept.md5
        except SILENT:
            if is_same:
                return True
            raise
        if is_current and kept.size == file.size_bytes:
            shelf.confirm(locator, replace(kept, uuid=file.uuid))
            return True
        return False

    def _fetch(self, instance: Instance, watch: Watch) -> _Fetched:
        md5: list[str] = []
        with self._slots.taken(watch), self._reach.asking() as is_doubted:
            if is_doubted:
                self._client.check_answers(watch=watch)
            body = self._client.get_file(
                instance.locator,
                check=lambda answer: md5.append(check_file(answer, instance.size_bytes)),
                size_bytes=instance.size_bytes,
                watch=watch,
            )
        try:
            listed = self._parsed.pop(instance.locator, None)
            return _Fetched(body, md5[-1], checked_mark(body, instance, watch, listed))
        except ImageError as error:
            body.close()
            raise Integrity(error.what, error.advice) from error
        except BaseException:
            body.close()
            raise

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
