"""A study on an Orthanc server as a `Source`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

from viewer_app.errors import CaliperError, DamagedPixels, ImageError, NothingToShow, Unreadable
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.imaging.reading.parse import parse_instance
from viewer_app.imaging.study import assemble
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing
from viewer_app.sources.header import check_identity, plain_header_errors, read_header
from viewer_app.sources.orthanc.address import ORTHANC_ID, StudyAddress
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import Integrity, OrthancNotFound, ServerError
from viewer_app.sources.orthanc.integrity import check_file
from viewer_app.sources.orthanc.model import DicomFile, SeriesRecord
from viewer_app.sources.orthanc.tags import dataset_of, left_out, with_value

# Four connections fill every link; more only hurt (measured at 1 to 60 ms).
_DOWNLOADS = 4
_Headers = Mapping[str, Mapping[str, Any]]


class OrthancSource:
    """One study, by Orthanc ID or Study Instance UID. Locators are Orthanc's instance IDs.

    The client belongs to the source from now on: `close` closes it.
    """

    def __init__(self, client: OrthancClient, study: str) -> None:
        self._client = client
        self._study = study
        self._slots = threading.BoundedSemaphore(_DOWNLOADS)

    @property
    def title(self) -> str:
        """The server's host, port and prefix."""
        return self._client.server.title

    @property
    def address(self) -> str:
        """What opens the study again; it holds the user's name but no password."""
        return str(StudyAddress(self._client.server, self._study))

    def find(self, watch: Watch) -> Listing:
        """Read all headers of the study: two requests per series, no pixels."""
        problems: list[Problem] = []
        instances: list[Instance] = []
        owners: dict[str, str] = {}
        series = [
            found for study_id in self._study_ids(watch) for found in self._client.get_series(study_id, watch=watch)
        ]
        total = sum(len(one.instance_ids) for one in series)
        for one in series:
            watch.step(len(instances), total, one.info.description)
            for instance in self._instances(one, problems, watch):
                instances.append(instance)
                owners[instance.locator] = one.study_id
        watch.step(total, total)
        if not instances:
            told = " ".join(f"{problem.where}: {problem.why}" for problem in problems[:3])
            raise NothingToShow(f"The study on the server shows no image. {told}".strip(), "Choose another study.")
        studies = (replace(study, server_id=owners[study.instances[0].locator]) for study in assemble(instances))
        return Listing(tuple(studies), tuple(problems))

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The stored file; Integrity unless length, MD5, identity and header are those of the instance.

        Geometry and rescale come from the server's listing: numbers are measured
        with them, so the file itself has the last word.
        """
        with self._slot(watch):
            body = self._client.get_file(
                instance.locator, check=lambda answer: check_file(answer, instance.size_bytes), watch=watch
            )
        try:
            _check_header(body, instance, watch)
        except ImageError as error:
            body.close()
            raise Integrity(error.what, error.advice) from error
        except BaseException:
            body.close()
            raise
        return body

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _study_ids(self, watch: Watch) -> tuple[str, ...]:
        if ORTHANC_ID.fullmatch(self._study):
            return (self._study,)
        found = self._client.find_study_ids(self._study, watch=watch)
        if not found:
            raise OrthancNotFound("The study is not on the server.", "Search for it in the list of studies.")
        return found

    def _instances(self, series: SeriesRecord, problems: list[Problem], watch: Watch) -> Iterator[Instance]:
        """What of a series can be read; the rest is told, never left out in silence (H64)."""
        name = series.info.description or series.info.modality or "Series"
        try:
            files = self._client.get_series_dicom_files(series.id, watch=watch)
            headers = self._headers(series, files, watch)
        except (OrthancNotFound, ServerError) as error:
            problems.append(Problem(name, f"The series cannot be listed. {error}"))
            return
        if missing := len(set(series.instance_ids) - {file.id for file in files}):
            problems.append(Problem(name, f"{missing} of its images are not listed by the server any more."))
        for file in files:
            watch.check()
            try:
                yield _instance(file, self._complete(file, headers.get(file.id), watch))
            except CaliperError as error:
                problems.append(Problem(name, f"An image cannot be read. {error}"))

    def _headers(self, series: SeriesRecord, files: tuple[DicomFile, ...], watch: Watch) -> _Headers:
        try:
            return self._client.get_series_headers(series.id, watch=watch)
        except ServerError:  # one damaged file fails the call for the whole series: ask for each
            return {file.id: header for file in files if (header := self._header(file, watch))}

    def _header(self, file: DicomFile, watch: Watch) -> Mapping[str, Any] | None:
        try:
            return self._client.get_instance_header(file.id, watch=watch)
        except (OrthancNotFound, ServerError):
            return None

    def _complete(self, file: DicomFile, header: Mapping[str, Any] | None, watch: Watch) -> Mapping[str, Any] | None:
        """With the lookup tables and private values that Orthanc's JSON leaves out."""
        for place in list(left_out(header or {})):
            value = self._client.get_instance_value(file.id, place, watch=watch)
            header = with_value(header or {}, place, value)
        return header

    @contextmanager
    def _slot(self, watch: Watch) -> Iterator[None]:
        while not self._slots.acquire(timeout=0.1):
            watch.check()
        try:
            yield
        finally:
            self._slots.release()


def _check_header(body: BinaryIO, instance: Instance, watch: Watch) -> None:
    """Leave `body` at its first byte if its header is the listed one; DamagedPixels if not."""
    check_identity(body, instance, watch)
    own = read_header(body, watch, locator=instance.locator, size_bytes=instance.size_bytes)
    body.seek(0)
    if (own.pixel_format, own.frames, own.padding) != (instance.pixel_format, instance.frames, instance.padding):
        raise DamagedPixels(
            "The server lists the image with other numbers than its file holds.",
            "It is not shown, since it would be measured wrongly; ask the server's administrator.",
        )


def _instance(file: DicomFile, header: Mapping[str, Any] | None) -> Instance:
    if header is None:
        raise Unreadable("The server cannot read its header.", "Ask the server's administrator.")
    with plain_header_errors():
        dataset = dataset_of(header, file.transfer_syntax_uid)
        instance = parse_instance(dataset, locator=file.id, size_bytes=file.size_bytes)
    if instance.sop_instance_uid != file.sop_instance_uid:
        raise DamagedPixels("The server lists it under another SOP Instance UID.", "Ask the server's administrator.")
    return instance
