"""What is asked of `POST /tools/find`, by what the server's version can do, and within the server's own limit.

An administrator can limit the answers of tools/find (LimitFindResults). From 1.12.5 on such a server can be asked
for the rest; an older one shows nobody more than one beyond its limit, except by the plain list of all studies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from viewer_app.sources.orthanc import model, shape
from viewer_app.sources.orthanc.changes import statistics
from viewer_app.sources.orthanc.features import Feature
from viewer_app.sources.orthanc.model import Page, ServerInfo, StudyQuery, StudyRecord

Ask = Callable[..., Any]

_CONTAINS = {"patient_name": "PatientName", "patient_id": "PatientID", "description": "StudyDescription"}
_EXACT = {"accession_number": "AccessionNumber", "modality": "ModalitiesInStudy", "study_uid": "StudyInstanceUID"}
_REQUESTED = ["ModalitiesInStudy", "NumberOfStudyRelatedInstances"]


def find_request(query: StudyQuery, info: ServerInfo, limit: int, since: int) -> dict[str, Any]:
    """The body; one study more than `limit` is asked for, to know whether there are more."""
    body: dict[str, Any] = {
        "Level": "Study",
        "Expand": True,
        "CaseSensitive": False,
        "Query": conditions(query),
        "Limit": limit + 1,
        "Since": since,
    }
    if info.can(Feature.REQUESTED_TAGS):
        body["RequestedTags"] = _REQUESTED
    if info.has_extended_find:
        body["OrderBy"] = [{"Type": "DicomTag", "Key": "StudyDate", "Direction": "DESC"}]
    return body


def conditions(query: StudyQuery) -> dict[str, str]:
    """Orthanc's query; empty where everything is wanted."""
    found = {tag: f"*{value}*" for name, tag in _CONTAINS.items() if (value := getattr(query, name).strip("*"))}
    found |= {tag: value for name, tag in _EXACT.items() if (value := getattr(query, name))}
    if query.date_from or query.date_to:
        found["StudyDate"] = f"{query.date_from}-{query.date_to}"
    return found


class Search:
    """Searches on one server: `get(path, **params)` and `post(path, value)` give its answers as JSON values."""

    def __init__(self, get: Ask, post: Ask, info: ServerInfo) -> None:
        self._get, self._post, self._info = get, post, info

    def page(self, query: StudyQuery, limit: int, since: int, most: Callable[[], int | None]) -> Page:
        """At most `limit` studies after the first `since`; `most` tells what `most_found` said."""
        if self._info.has_extended_find:
            return _page(self._all_found(query, limit, since), limit, is_sorted=True)
        if not conditions(query) and (not self._info.can(Feature.REQUESTED_TAGS) or most() is not None):
            return _page(self._listed(limit, since), limit)
        # By modality, old servers count what they pass over: the second page would lack its end.
        found = self._found(query, limit + since, 0)[since:] if query.modality else self._found(query, limit, since)
        is_cut = len(found) <= limit and (end := most()) is not None and since + len(found) >= end
        return _page(found, limit, is_cut=is_cut)

    def most_found(self) -> int | None:
        """How many studies an old server gives to a search at most; None where it gives all, or can be asked on."""
        if self._info.has_extended_find:
            return None
        there = statistics(shape.record(self._get("/statistics"))).studies
        if not there or self._count(1, there - 1):
            return None
        return self._count(there, 0)

    def _count(self, limit: int, since: int) -> int:
        wish = {"Level": "Study", "Query": {}, "Expand": False, "Limit": limit, "Since": since}
        found = self._post("/tools/find", wish)
        if not isinstance(found, list):
            raise shape.unexpected("a list")
        return len(found)

    def _all_found(self, query: StudyQuery, limit: int, since: int) -> list[StudyRecord]:
        """One more than `limit`, in as many answers as the server makes of it."""
        found: list[StudyRecord] = []
        while len(found) <= limit:
            more = self._found(query, limit - len(found), since + len(found))
            if not more:
                break
            found += more
        return found

    def _found(self, query: StudyQuery, limit: int, since: int) -> list[StudyRecord]:
        answer = self._post("/tools/find", find_request(query, self._info, limit, since))
        return list(map(model.study_record, shape.records(answer)))

    def _listed(self, limit: int, since: int) -> list[StudyRecord]:
        answer = self._get("/studies", expand="", since=str(since), limit=str(limit + 1))
        return list(map(model.study_record, shape.records(answer)))


def _page(found: list[StudyRecord], limit: int, *, is_sorted: bool = False, is_cut: bool = False) -> Page:
    """At most `limit` of the studies found, each once: a list may shift while studies arrive."""
    unique = list({study.id: study for study in found}.values())
    return Page(tuple(sorted(unique[:limit], key=newest_first)), len(found) > limit, is_sorted, is_cut)


def newest_first(study: StudyRecord) -> tuple[int, ...]:
    """Sort key: study date and time, falling; studies without a date last."""
    return tuple(-int(digits) if digits.isascii() and digits.isdigit() else 1 for digits in _moment(study))


def _moment(study: StudyRecord) -> tuple[str, str]:
    return study.info.date[:8], study.info.time[:6]
