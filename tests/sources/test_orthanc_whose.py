"""What a server lists in a study is of that study and its patient, or it is left out and told (H75)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.series import SLICES, STUDY_UID, write_series
from viewer_app.errors import NothingToShow
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server

pytestmark = pytest.mark.orthanc
PATIENT_ID, STUDY = "0010,0020", "0020,000d"


class Mixing(OrthancClient):
    """Its server answers with headers in which `said` is said of the first `count` images."""

    def __init__(self, server: RunningOrthanc, said: Mapping[str, str], count: int) -> None:
        super().__init__(Server(server.url, server.user, server.password))
        self._said, self._count = said, count

    def get_series_headers(self, series_id: str, **named: Any) -> Mapping[str, Mapping[str, Any]]:
        headers = super().get_series_headers(series_id, **named)
        wrong = sorted(headers)[: self._count]
        return {key: {**value, **(self._said if key in wrong else {})} for key, value in headers.items()}


@pytest.fixture
def study_id(orthanc: RunningOrthanc, tmp_path: Path) -> str:
    """What the server calls a study of one series."""
    with OrthancClient(Server(orthanc.url, orthanc.user, orthanc.password)) as client:
        for path in write_series(tmp_path / "series").iterdir():
            client.upload(path)
        (found,) = client.find_study_ids(STUDY_UID)
    return found


@pytest.mark.parametrize("said", [{PATIENT_ID: "P-2"}, {STUDY: "1.2.3"}, {PATIENT_ID: "P-2", STUDY: "1.2.3"}])
@pytest.mark.parametrize("by_uid", [True, False])
def test_images_of_others_are_not_shown_and_told(
    orthanc: RunningOrthanc, study_id: str, said: Mapping[str, str], by_uid: bool
) -> None:
    source = OrthancSource(Mixing(orthanc, said, 4), STUDY_UID if by_uid else study_id)
    listing = source.find(Watch())
    source.close()
    (study,) = listing.studies
    assert (study.patient.patient_id, study.info.study_uid) == ("P-1", STUDY_UID)
    assert len(study.instances) == SLICES - 4
    (problem,) = listing.problems
    assert problem.why.startswith("4 images that the server lists in this study belong to another patient")


def test_a_study_that_is_wholly_another_is_refused(orthanc: RunningOrthanc, study_id: str) -> None:
    source = OrthancSource(Mixing(orthanc, {STUDY: "1.2.3"}, SLICES), STUDY_UID)
    with pytest.raises(NothingToShow, match="belong to another patient or another study"):
        source.find(Watch())
    source.close()
