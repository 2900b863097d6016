"""A server with many studies: every page, every search, nothing twice. CALIPER_LONG=1 makes it 2,000 of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.many import study_date, upload_many
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.model import StudyQuery, StudyRecord

pytestmark = pytest.mark.orthanc
COUNT = 2000 if os.environ.get("CALIPER_LONG") else 200


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancClient]:
    server: RunningOrthanc = start_orthanc(tmp_path_factory.mktemp("crowded"))
    upload_many(server, COUNT)
    with OrthancClient(Server(server.url, server.user, server.password)) as client:
        yield client
    server.stop()


def pages(client: OrthancClient, query: StudyQuery, limit: int) -> list[tuple[StudyRecord, ...]]:
    """All pages of a search."""
    found: list[tuple[StudyRecord, ...]] = []
    while True:
        page = client.search_studies(query, limit=limit, since=limit * len(found))
        found.append(page.studies)
        assert not page.cut
        if not page.more:
            return found


@pytest.mark.parametrize("limit", [100, 33, COUNT - 1, COUNT, COUNT + 1])
def test_every_study_is_on_one_page(crowded: OrthancClient, limit: int) -> None:
    found = pages(crowded, StudyQuery(), limit)
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    studies = [study for page in found for study in page]
    assert sorted(study.info.accession_number for study in studies) == sorted(f"ACC{n}" for n in range(COUNT))
    if crowded.get_server_info().has_extended_find:
        dates = [study.info.date for study in studies]
        assert dates == sorted(dates, reverse=True)
        assert dates[0] == study_date(COUNT - 1)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (StudyQuery(patient_name="BOB"), range(0, COUNT, 2)),
        (StudyQuery(patient_id="M-0001"), range(10, 20)),
        (StudyQuery(patient_id="m-*17"), [n for n in range(COUNT) if "17" in f"{n:05d}"]),
        (StudyQuery(accession_number="ACC7"), [7]),
        (StudyQuery(accession_number="ACC7?"), range(70, 80)),
        (StudyQuery(modality="MR"), range(0, COUNT, 10)),
        (StudyQuery(date_from=study_date(50), date_to=study_date(99)), range(50, 100)),
        (StudyQuery(date_from=study_date(COUNT - 10)), range(COUNT - 10, COUNT)),
        (StudyQuery(description="study 19"), [n for n in range(COUNT) if str(n).startswith("19")]),
        (StudyQuery(patient_name="ann", modality="MR"), []),
        (StudyQuery(patient_name="many^b?b", date_to=study_date(9)), range(0, 10, 2)),
    ],
    ids=lambda value: value.__class__.__name__,
)
def test_searches_find_exactly_what_matches(
    crowded: OrthancClient, query: StudyQuery, wanted: range | list[int]
) -> None:
    for limit in (100, 7):
        found = [study.info.accession_number for page in pages(crowded, query, limit) for study in page]
        assert sorted(found) == sorted(f"ACC{n}" for n in wanted)


def test_beyond_the_end_there_is_nothing(crowded: OrthancClient) -> None:
    page = crowded.search_studies(StudyQuery(), since=COUNT + 5)
    assert (page.studies, page.more, page.cut) == ((), False, False)
