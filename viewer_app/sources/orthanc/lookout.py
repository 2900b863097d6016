"""Whether a server has a study as it was listed, in one small request, or one more for each series that moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from viewer_app.progress import Watch
from viewer_app.sources.base import Glance
from viewer_app.sources.orthanc import words
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.model import DicomFile, SeriesRecord


class StudyLookout:
    """Looks at one study again and again.

    The files of a series, which may be others under the same IDs, are only asked for at the first look, while
    the server still receives images of it, and once more after that.
    """

    def __init__(self, client: OrthancClient) -> None:
        self._client = client
        self._calm: frozenset[str] = frozenset()

    def look(self, study_ids: Iterable[str], known: Mapping[str, DicomFile], watch: Watch) -> Glance:
        """What there is by now, beside the files `known` by their IDs."""
        series = [one for study_id in study_ids for one in self._client.get_series(study_id, watch=watch)]
        now = frozenset(key for one in series for key in one.instance_ids)
        changed = frozenset(key for one in series for key in self._changed(one, known, watch))
        self._calm = frozenset(one.id for one in series if one.is_stable)
        return Glance(
            len(now),
            new=now - known.keys(),
            gone=frozenset(known.keys() - now),
            changed=changed,
            notices=words.arriving(series),
        )

    def _changed(self, series: SeriesRecord, known: Mapping[str, DicomFile], watch: Watch) -> Iterable[str]:
        if series.is_stable and series.id in self._calm:
            return ()
        files = self._client.get_series_dicom_files(series.id, watch=watch)
        return [file.id for file in files if _stored(known.get(file.id, file)) != _stored(file)]


def _stored(file: DicomFile) -> tuple[str, int]:
    return file.uuid, file.size_bytes
