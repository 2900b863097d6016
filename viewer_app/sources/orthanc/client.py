"""`OrthancClient`: the operations of an Orthanc server as typed calls."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pydicom import Dataset

from viewer_app.progress import Watch
from viewer_app.sources.orthanc import model, parts, search, shape
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.changes import ChangePage, Statistics, change_page, statistics
from viewer_app.sources.orthanc.errors import BadResponse, DeletionOff, Forbidden, Integrity, OrthancNotFound, Refused
from viewer_app.sources.orthanc.features import Feature
from viewer_app.sources.orthanc.local import chunks_of, size_and_md5
from viewer_app.sources.orthanc.tags import FULL_LENGTH, dataset_of
from viewer_app.sources.orthanc.transport import FILE_CAP, Answer, Patience, Request, Transport

_THUMBNAIL_CAP = 4 << 20
_ELEMENT_CAP = 1 << 20


class OrthancClient:
    """One server. Calls block, may come from any thread, end early with their watch, and raise `OrthancError`s.

    A context manager; `close` lets go of the connections. Deletes nothing unless it is made with `allow_delete`.
    """

    def __init__(self, server: Server, patience: Patience | None = None, *, allow_delete: bool = False) -> None:
        self.server = server
        self._allow_delete = allow_delete
        self._most_found: list[int | None] = []
        self._transport = Transport(server, patience)
        self._info: model.ServerInfo | None = None

    def __enter__(self) -> OrthancClient:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def health_check(self, *, watch: Watch | None = None) -> model.Health:
        """Ask the server who it is and what it can; raises what a person should be told if it is not well."""
        start = time.monotonic()
        info = self.get_server_info(watch=watch)
        plugins = self._get("/plugins", watch)
        if not isinstance(plugins, list):
            raise BadResponse("The server does not list its plugins.", "Check that the address is Orthanc's.")
        names = tuple(name for name in plugins if isinstance(name, str))
        return model.Health(info, names, time.monotonic() - start)

    def get_server_info(self, *, watch: Watch | None = None) -> model.ServerInfo:
        """Name, version and capabilities."""
        self._info = model.server_info(shape.record(self._get("/system", watch)))
        return self._info

    def check_answers(self, *, watch: Watch | None = None) -> model.ServerInfo:
        """Ask once, and wait for seconds only; raises like `health_check` where the server does not answer."""
        request = Request("GET", "/system", quick=True)
        self._info = model.server_info(shape.record(self._json(request, watch)))
        return self._info

    def get_all_patients(self, *, watch: Watch | None = None) -> tuple[model.PatientRecord, ...]:
        """Every patient of the server."""
        return tuple(map(model.patient_record, shape.records(self._get("/patients", watch, expand=""))))

    def get_patient(self, patient_id: str, *, watch: Watch | None = None) -> model.PatientRecord:
        """One patient, by Orthanc ID."""
        return model.patient_record(shape.record(self._get(_path("patients", patient_id), watch)))

    def get_all_studies(self, *, watch: Watch | None = None) -> tuple[model.StudyRecord, ...]:
        """Every study of the server, newest first. `search_studies` is the quick way to some of them."""
        found = map(model.study_record, shape.records(self._get("/studies", watch, expand="")))
        return tuple(sorted(found, key=search.newest_first))

    def get_study(self, study_id: str, *, watch: Watch | None = None) -> model.StudyRecord:
        """One study, by Orthanc ID."""
        return model.study_record(shape.record(self._get(_path("studies", study_id), watch)))

    def get_series(self, study_id: str, *, watch: Watch | None = None) -> tuple[model.SeriesRecord, ...]:
        """The series of a study."""
        answer = self._get(_path("studies", study_id, "series"), watch)
        return tuple(map(model.series_record, shape.records(answer)))

    def get_many_series(
        self, series_ids: Iterable[str], *, watch: Watch | None = None
    ) -> tuple[model.SeriesRecord, ...]:
        """Series of several studies in one call; those that are gone are left out."""
        wanted = {"Resources": [shape.checked_id(one) for one in series_ids], "Level": "Series", "Metadata": False}
        return tuple(map(model.series_record, shape.records(self._post("/tools/bulk-content", wanted, watch))))

    def get_series_dicom_files(self, series_id: str, *, watch: Watch | None = None) -> tuple[model.DicomFile, ...]:
        """The instances of a series: UIDs, sizes and transfer syntaxes, in one call."""
        wanted = {"Resources": [shape.checked_id(series_id)], "Level": "Instance", "Metadata": True}
        return tuple(map(model.dicom_file, shape.records(self._post("/tools/bulk-content", wanted, watch))))

    def get_series_headers(self, series_id: str, *, watch: Watch | None = None) -> Mapping[str, Mapping[str, Any]]:
        """The headers of a whole series by Orthanc ID, in Orthanc's `short` JSON (see `tags.dataset_of`)."""
        answer = self._get(_path("series", series_id, "instances-tags") + _SHORT, watch)
        return {shape.checked_id(key): shape.record(value) for key, value in shape.record(answer).items()}

    def get_instance_header(self, instance_id: str, *, watch: Watch | None = None) -> Mapping[str, Any]:
        """The header of one instance in Orthanc's `short` JSON."""
        return shape.record(self._get(_path("instances", instance_id, "tags") + _SHORT, watch))

    def get_instance_value(
        self, instance_id: str, place: tuple[str | int, ...], *, watch: Watch | None = None
    ) -> bytes:
        """The bytes of one value by its place: tags as "0028,3006", and numbers of items from 0 between them."""
        path = "/".join(str(part).replace(",", "-") for part in place)
        request = Request("GET", _path("instances", instance_id, f"content/{path}"), cap=_ELEMENT_CAP)
        with self._transport.read(request, watch or Watch()).body as body:
            return body.read()

    def get_instance_metadata(self, instance_id: str, *, watch: Watch | None = None) -> Dataset:
        """The header of one instance as a data set without pixels; its `file_meta` has the transfer syntax."""
        stored = shape.record(self._get(_path("instances", instance_id, "metadata"), watch, expand=""))
        header = self.get_instance_header(instance_id, watch=watch)
        try:
            read = dataset_of(header, shape.text(stored, "TransferSyntax"))
            found = Dataset(read)  # the caller's own, and to be written to
            found.set_original_encoding(False, True, read.original_character_set)
            found.file_meta = copy.deepcopy(read.file_meta)
            return found
        except Exception as error:  # pydicom and struct have families of their own
            raise BadResponse("The server's header of the image cannot be read.", "Open the image itself.") from error

    def search_studies(
        self, query: model.StudyQuery, *, limit: int = 100, since: int = 0, watch: Watch | None = None
    ) -> model.Page:
        """Studies that match, newest first where the server can sort; `limit` of them after the first `since`."""
        info = self._known(watch)
        asking = search.Search(
            lambda path, **params: self._get(path, watch, **params),
            lambda path, value: self._post(path, value, watch),
            info,
        )

        def most() -> int | None:
            if not self._most_found:
                self._most_found.append(asking.most_found())
            return self._most_found[0]

        return asking.page(query, limit, since, most)

    def find_study_ids(self, study_uid: str, *, watch: Watch | None = None) -> tuple[str, ...]:
        """Orthanc IDs of the studies with a Study Instance UID: several where two patients share it."""
        query = model.StudyQuery(study_uid=study_uid)
        return tuple(study.id for study in self.search_studies(query, watch=watch).studies)

    def get_thumbnail(self, series_id: str, *, size: int = 128, watch: Watch | None = None) -> bytes | None:
        """A JPEG of the series' middle image, at most `size` pixels wide and high; None where there is no picture."""
        files = self.get_series_dicom_files(series_id, watch=watch)
        if not files:
            return None
        middle = sorted(files, key=lambda file: (file.index or 0, file.sop_instance_uid))[len(files) // 2]
        request = Request(
            "GET",
            _path("instances", middle.id, "rendered"),
            params={"width": str(size), "height": str(size)},
            headers={"Accept": "image/jpeg"},
            cap=_THUMBNAIL_CAP,
        )
        try:
            with self._transport.read(request, watch or Watch()).body as body:
                return body.read()
        except Refused:  # 415: no picture can be made of it
            return None

    def get_file(
        self,
        instance_id: str,
        *,
        check: Callable[[Answer], object] | None = None,
        size_bytes: int = 0,
        watch: Watch | None = None,
    ) -> BinaryIO:
        """The stored DICOM file, complete, once `check` has let it pass; the caller closes it.

        One known to be large by `size_bytes` comes in parts, so that a broken connection costs one of them. Where
        attachments are forbidden and files are not, it comes without the server's MD5.
        """
        watch = watch or Watch()
        try:
            return self._get_attachment(instance_id, check, size_bytes, watch)
        except Forbidden:  # an authorization plugin may know images, and nothing of attachments
            whole = Request("GET", _path("instances", instance_id, "file"), cap=FILE_CAP, bare=True)
            return self._transport.read(whole, watch, check).body

    def _get_attachment(
        self, instance_id: str, check: Callable[[Answer], object] | None, size_bytes: int, watch: Watch
    ) -> BinaryIO:
        path = _path("instances", instance_id, "attachments/dicom/data")
        if size_bytes >= parts.LARGE_BYTES and self._known(watch).can(Feature.RANGES):
            return self._get_parts(path, size_bytes, check, watch)
        return self._transport.read(Request("GET", path, cap=FILE_CAP, bare=True), watch, check).body

    def _get_parts(self, path: str, size: int, check: Callable[[Answer], object] | None, watch: Watch) -> BinaryIO:
        """As `Transport.read` does: an answer that is not intact is asked for once more."""
        for is_last in (False, True):
            try:
                answer = parts.read_in_parts(path, size, lambda request: self._transport.read(request, watch))
                return self._transport.checked(answer, check).body
            except Integrity:
                if is_last:
                    raise
        raise AssertionError("unreachable")

    def _known(self, watch: Watch | None) -> model.ServerInfo:
        return self._info or self.get_server_info(watch=watch)

    def get_file_md5(self, instance_id: str, *, watch: Watch | None = None) -> str:
        """The MD5 of the stored file in hex, as its ETag has it; "" where the server keeps or tells none."""
        request = Request("GET", _path("instances", instance_id, "attachments/dicom/md5"), cap=1 << 10)
        try:
            with self._transport.read(request, watch or Watch()).body as body:
                return body.read().decode("ascii", "replace").strip()
        except (OrthancNotFound, Forbidden):  # the server is told to keep none, or not to tell
            return ""

    def upload(self, file: Path, *, watch: Watch | None = None) -> model.Uploaded:
        """Store a DICOM file on the server and compare its MD5 there with the local one."""
        watch = watch or Watch()
        size, digest = size_and_md5(file)
        headers = {"Content-Type": "application/dicom", "Content-Length": str(size)}
        request = Request("POST", "/instances", headers=headers, content=lambda: chunks_of(file, size, watch))
        try:
            stored = shape.record(self._json(request, watch))
        except (Refused, OrthancNotFound) as error:  # Orthanc's 404 to an upload is "Inexistent tag"
            raise Refused(
                f"The server does not take {file.name}.", "It is no DICOM file, or lacks its UIDs."
            ) from error
        instance_id = shape.orthanc_id(stored)
        return model.Uploaded(
            id=instance_id,
            study_id=shape.orthanc_id(stored, "ParentStudy"),
            was_there=shape.text(stored, "Status") == "AlreadyStored",
            verified=self.get_file_md5(instance_id, watch=watch) == digest,
        )

    def get_statistics(self, *, watch: Watch | None = None) -> Statistics:
        """How many patients, studies, series and instances there are."""
        return statistics(shape.record(self._get("/statistics", watch)))

    def get_changes(self, since: int, *, limit: int = 1000, watch: Watch | None = None) -> ChangePage:
        """What came to be after change number `since`, oldest first. Deletions are never among it."""
        answer = self._get("/changes", watch, since=str(since), limit=str(limit))
        return change_page(shape.record(answer))

    def delete_study(self, study_id: str, *, watch: Watch | None = None) -> None:
        """Delete a study on the server, for everybody; DeletionOff unless that was switched on."""
        self._delete("studies", study_id, watch)

    def delete_series(self, series_id: str, *, watch: Watch | None = None) -> None:
        """Delete a series on the server, for everybody; DeletionOff unless that was switched on."""
        self._delete("series", series_id, watch)

    def delete_instance(self, instance_id: str, *, watch: Watch | None = None) -> None:
        """Delete an instance on the server, for everybody; DeletionOff unless that was switched on."""
        self._delete("instances", instance_id, watch)

    def _delete(self, kind: str, orthanc_id: str, watch: Watch | None) -> None:
        if not self._allow_delete:
            raise DeletionOff
        self._json(Request("DELETE", _path(kind, orthanc_id), tries_once=True), watch)

    def _get(self, path: str, watch: Watch | None, **params: str) -> Any:
        return self._json(Request("GET", path, params=params), watch)

    def _post(self, path: str, value: Mapping[str, Any], watch: Watch | None) -> Any:
        data = json.dumps(value).encode()
        return self._json(
            Request("POST", path, headers={"Content-Type": "application/json"}, content=lambda: data), watch
        )

    def _json(self, request: Request, watch: Watch | None) -> Any:
        with self._transport.read(request, watch or Watch()).body as body:
            return shape.parse(body.read())


# Written out: Orthanc 1.10 does not understand the %2C that httpx makes of a comma.
_SHORT = f"?short&ignore-length={FULL_LENGTH}"


def _path(kind: str, orthanc_id: str, rest: str = "") -> str:
    """A path from an ID that is proven to be one: httpx would walk up a `../`."""
    return f"/{kind}/{shape.checked_id(orthanc_id)}" + (f"/{rest}" if rest else "")
