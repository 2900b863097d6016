"""What is asked of `POST /tools/find`, by what the server's version can do."""

from __future__ import annotations

from typing import Any

from viewer_app.sources.orthanc.model import Page, ServerInfo, StudyQuery, StudyRecord

_CONTAINS = {"patient_name": "PatientName", "patient_id": "PatientID", "description": "StudyDescription"}
_EXACT = {"accession_number": "AccessionNumber", "modality": "ModalitiesInStudy", "study_uid": "StudyInstanceUID"}
_REQUESTED = ["ModalitiesInStudy", "NumberOfStudyRelatedInstances"]


def find_request(query: StudyQuery, info: ServerInfo, limit: int, since: int) -> dict[str, Any]:
    """The body; one study more than `limit` is asked for, to know whether there are more."""
    body: dict[str, Any] = {
        "Level": "Study",
        "Expand": True,
        "CaseSensitive": False,
        "Query": _conditions(query),
        "Limit": limit + 1,
        "Since": since,
    }
    if info.has_requested_tags:
        body["RequestedTags"] = _REQUESTED
    if info.has_extended_find:
        body["OrderBy"] = [{"Type": "DicomTag", "Key": "StudyDate", "Direction": "DESC"}]
    return body


def _conditions(query: StudyQuery) -> dict[str, str]:
    conditions = {tag: f"*{value}*" for name, tag in _CONTAINS.items() if (value := getattr(query, name).strip("*"))}
    conditions |= {tag: value for name, tag in _EXACT.items() if (value := getattr(query, name))}
    if query.date_from or query.date_to:
        conditions["StudyDate"] = f"{query.date_from}-{query.date_to}"
    return conditions


def page(found: list[StudyRecord], limit: int, info: ServerInfo) -> Page:
    """At most `limit` of the studies found, each once: a list may shift while studies arrive."""
    unique = list({study.id: study for study in found}.values())
    return Page(tuple(sorted(unique[:limit], key=newest_first)), len(found) > limit, info.has_extended_find)


def newest_first(study: StudyRecord) -> tuple[int, ...]:
    """Sort key: study date and time, falling; studies without a date last."""
    return tuple(-int(digits) if digits.isascii() and digits.isdigit() else 1 for digits in _moment(study))


def _moment(study: StudyRecord) -> tuple[str, str]:
    return study.info.date[:8], study.info.time[:6]
