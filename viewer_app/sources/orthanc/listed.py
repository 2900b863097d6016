"""What a server, or the cache, lists of a study, and the instances that are in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from viewer_app.errors import DamagedPixels, ImageError, SourceError, Unreadable
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.imaging.pixels.door import NATIVE
from viewer_app.imaging.reading.again import Parsed, parse_first
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.imaging.warm_memory import WARM
from viewer_app.progress import Watch
from viewer_app.sources.header import plain_header_errors
from viewer_app.sources.orthanc.cache import Shelf
from viewer_app.sources.orthanc.cache.records import Headers
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import OrthancNotFound, ServerError
from viewer_app.sources.orthanc.model import DicomFile, SeriesRecord
from viewer_app.sources.orthanc.tags import dataset_of, left_out, with_value


@dataclass(frozen=True, slots=True)
class ListedSeries:
    """A series with its files; `here` are the instances by kept files, of others the `headers` are known.

    `problems` say what of it could not be listed, `broken` why a file cannot be read.
    """

    series: SeriesRecord
    files: tuple[DicomFile, ...] = ()
    here: Mapping[str, Instance] = field(default_factory=dict)
    headers: Headers = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)


def series_name(series: SeriesRecord) -> str:
    """What a person calls a series."""
    return series.info.description or series.info.modality or "Series"


def ask_series(
    client: OrthancClient, series: SeriesRecord, shelf: Shelf | None, watch: Watch, *, prepare: bool = False
) -> ListedSeries:
    """Two requests, at once where no file is kept, one where all are; no pixels.

    What cannot be listed is told, not left out (H64). With `prepare`, memory for the pixels is made ready while the
    server reads the headers.
    """
    name = series_name(series)
    try:
        files, here, headers = _asked(client, series, shelf, watch, prepare)
    except (OrthancNotFound, ServerError) as error:
        return ListedSeries(series, problems=(Problem(name, f"The series cannot be listed. {error}"),))
    missing = len(set(series.instance_ids) - {file.id for file in files})
    told = (Problem(name, f"{missing} of its images are not listed by the server any more."),) if missing else ()
    complete, broken = _completed(client, files, headers, watch)
    return ListedSeries(series, files, here, complete, told, broken)


def recall_series(series: SeriesRecord, files: tuple[DicomFile, ...], shelf: Shelf, watch: Watch) -> ListedSeries:
    """The same without the server, from what the cache has kept; how many images are not here is told."""
    here = _here(shelf, files, watch)
    headers = shelf.headers(series.id) if len(here) < len(files) else {}
    missing = len(files) - len(here)
    why = f"{missing} of its {len(files)} images are not here yet, since the server does not answer."
    return ListedSeries(series, files, here, headers, (Problem(series_name(series), why),) if missing else ())


def instances_of(listed: ListedSeries, problems: list[Problem], watch: Watch) -> Iterator[Parsed]:
    """The instances of a series that can be read; the others go to `problems`.

    Of those in the cache no elements are known: their files have been read already.
    """
    problems.extend(listed.problems)
    for file in listed.files:
        watch.check()
        try:
            found = _instance(file, listed)
        except ImageError as error:
            problems.append(Problem(series_name(listed.series), f"An image cannot be read. {error}"))
        else:
            yield found


def is_kept(shelf: Shelf, file: DicomFile) -> bool:
    """The cache has the very file that was listed; its bytes are looked at when it is opened."""
    kept = shelf.file(file.id)
    return kept is not None and (kept.uuid, kept.size) == (file.uuid, file.size_bytes)


def _asked(
    client: OrthancClient, series: SeriesRecord, shelf: Shelf | None, watch: Watch, prepare: bool
) -> tuple[tuple[DicomFile, ...], dict[str, Instance], Headers]:
    """Files, those that are kept, and headers where one is not."""
    if shelf is not None and any(shelf.file(key) for key in series.instance_ids):
        files = client.get_series_dicom_files(series.id, watch=watch)
        here = _here(shelf, files, watch)
        return files, here, _headers(client, series, files, watch) if len(here) < len(files) else {}
    with ThreadPoolExecutor(1, thread_name_prefix="list") as pool:  # the server takes longest over the headers
        listing = pool.submit(_files, client, series, watch, prepare)
        try:
            headers = client.get_series_headers(series.id, watch=watch)
        except ServerError:
            headers = _each_header(client, listing.result(), watch)
        return listing.result(), {}, headers


def _files(client: OrthancClient, series: SeriesRecord, watch: Watch, prepare: bool) -> tuple[DicomFile, ...]:
    files = client.get_series_dicom_files(series.id, watch=watch)
    # Compressed pixels do not tell how much memory they take.
    if prepare and all(file.transfer_syntax_uid in NATIVE for file in files):
        WARM.prepare(sum(file.size_bytes for file in files))
    return files


def _here(shelf: Shelf | None, files: tuple[DicomFile, ...], watch: Watch) -> dict[str, Instance]:
    if shelf is None:
        return {}
    with quiet_pydicom:
        found = ((file, shelf.instance(file.id, watch)) for file in files if is_kept(shelf, file))
        return {file.id: instance for file, instance in found if instance is not None}


def _completed(
    client: OrthancClient, files: tuple[DicomFile, ...], headers: Headers, watch: Watch
) -> tuple[dict[str, Mapping[str, Any]], dict[str, str]]:
    """Headers with what Orthanc's JSON leaves out; and why that cannot be had, for those where it cannot."""
    complete: dict[str, Mapping[str, Any]] = {}
    broken: dict[str, str] = {}
    for file in files:
        watch.check()
        try:
            if (header := headers.get(file.id)) is not None:
                complete[file.id] = _complete(client, file, header, watch)
        except SourceError as error:
            if error.ends_source:
                raise
            broken[file.id] = str(error)
    return complete, broken


def _headers(client: OrthancClient, series: SeriesRecord, files: tuple[DicomFile, ...], watch: Watch) -> Headers:
    try:
        return client.get_series_headers(series.id, watch=watch)
    except ServerError:  # one damaged file fails the call for the whole series: ask for each
        return _each_header(client, files, watch)


def _each_header(client: OrthancClient, files: tuple[DicomFile, ...], watch: Watch) -> Headers:
    return {file.id: header for file in files if (header := _header(client, file, watch))}


def _header(client: OrthancClient, file: DicomFile, watch: Watch) -> Mapping[str, Any] | None:
    try:
        return client.get_instance_header(file.id, watch=watch)
    except (OrthancNotFound, ServerError):
        return None


def _complete(client: OrthancClient, file: DicomFile, header: Mapping[str, Any], watch: Watch) -> Mapping[str, Any]:
    """With the lookup tables and private values that Orthanc's JSON leaves out."""
    for place in list(left_out(header)):
        header = with_value(header, place, client.get_instance_value(file.id, place, watch=watch))
    return header


def _instance(file: DicomFile, listed: ListedSeries) -> Parsed:
    if file.id in listed.broken:
        raise Unreadable(listed.broken[file.id])
    instance = listed.here.get(file.id)
    found = Parsed(instance, None) if instance is not None else _by_header(file, listed.headers.get(file.id))
    if found.instance.sop_instance_uid != file.sop_instance_uid:
        raise DamagedPixels("The server lists it under another SOP Instance UID.", "Ask the server's administrator.")
    return found


def _by_header(file: DicomFile, header: Mapping[str, Any] | None) -> Parsed:
    if header is None:
        raise Unreadable("The server cannot read its header.", "Ask the server's administrator.")
    with plain_header_errors():
        dataset = dataset_of(header, file.transfer_syntax_uid)
        return parse_first(dataset, locator=file.id, size_bytes=file.size_bytes)
