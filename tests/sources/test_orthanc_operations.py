"""What the client does beside fetching images: lists behind limits, changes, deletion, prefixes, versions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.fault_server import in_turn, says, serving
from tests.sources.many import study_file, upload_many
from tests.sources.relay import relayed
from tests.sources.series import SLICES, write_series
from tests.sources.test_orthanc_faults import SYSTEM
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.errors import DeletionOff, OrthancNotFound, Unreachable
from viewer_app.sources.orthanc.features import SINCE, Feature
from viewer_app.sources.orthanc.model import StudyQuery
from viewer_app.sources.orthanc.pace import retry_after_s
from viewer_app.sources.orthanc.sending import send
from viewer_app.sources.orthanc.transport import Patience
from viewer_app.sources.orthanc.watching import News, ServerLookout

QUICK = Patience(connect_s=1, silence_s=1, pauses_s=(0.01, 0.02, 0.03), longest_wait_s=0.4)


def client_of(server: RunningOrthanc, **options: bool) -> OrthancClient:
    return OrthancClient(Server(server.url, server.user, server.password), QUICK, **options)


def put(api: httpx.Client, number: int) -> str:
    """Store study `number`; the Orthanc ID of its instance."""
    return str(api.post("/instances", content=study_file(number)).raise_for_status().json()["ID"])


def everything(client: OrthancClient, query: StudyQuery, limit: int) -> list[str]:
    """The Study Descriptions of all pages."""
    found: list[str] = []
    while True:
        page = client.search_studies(query, limit=limit, since=len(found))
        found += [study.info.description for study in page.studies]
        if not page.more:
            return found
        assert len(page.studies) == limit


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOrthanc]:
    """Twelve studies on a server that answers a search with five."""
    server = start_orthanc(tmp_path_factory.mktemp("limited"), LimitFindResults=5)
    upload_many(server, 12)
    yield server
    server.stop()


@pytest.mark.orthanc
@pytest.mark.parametrize("limit", [3, 4, 5, 6, 7, 12, 100])
def test_fault_18_a_server_that_limits_its_answers_shows_all_studies(limited: RunningOrthanc, limit: int) -> None:
    with client_of(limited) as client:
        assert sorted(everything(client, StudyQuery(), limit)) == sorted(f"Study {number}" for number in range(12))


@pytest.mark.orthanc
@pytest.mark.parametrize("limit", [4, 5, 100])
def test_fault_18_a_limited_search_is_whole_or_says_that_it_is_not(limited: RunningOrthanc, limit: int) -> None:
    with client_of(limited) as client:
        many, some = StudyQuery(patient_id="M-"), StudyQuery(patient_id="M-00011")
        first = client.search_studies(many, limit=limit)
        if client.get_server_info().has_extended_find:
            assert len(everything(client, many, limit)) == 12 and not first.cut
        else:
            assert first.more or first.cut
        found = client.search_studies(some, limit=limit)
        assert [study.info.description for study in found.studies] == ["Study 11"]
        assert (found.more, found.cut) == (False, False)


SILENT: dict[Feature, Callable[[httpx.Client, list[str]], bool]] = {}
"""Asks for a feature by plain HTTP; True where the server has it, False where it ignores the wish without a word."""


def ask_by(feature: Feature) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    def keep(function: Callable[..., bool]) -> Callable[..., bool]:
        SILENT[feature] = function
        return function

    return keep


def found(api: httpx.Client, level: str, **wish: object) -> list[dict[str, object]]:
    body = {"Level": level, "Query": {}, "Expand": True, **wish}
    answer: list[dict[str, object]] = api.post("/tools/find", json=body).raise_for_status().json()
    return answer


@ask_by(Feature.REQUESTED_TAGS)
def _(api: httpx.Client, instances: list[str]) -> bool:
    return all("RequestedTags" in one for one in found(api, "Study", RequestedTags=["ModalitiesInStudy"]))


@ask_by(Feature.LABELS)
def _(api: httpx.Client, instances: list[str]) -> bool:
    return found(api, "Study", Labels=["nowhere"]) == []


@ask_by(Feature.ORDER)
def _(api: httpx.Client, instances: list[str]) -> bool:
    orders = []
    for direction in ("ASC", "DESC"):
        order = [{"Type": "DicomTag", "Key": "PatientID", "Direction": direction}]
        orders.append([one["ID"] for one in found(api, "Study", OrderBy=order)])
    return orders[0] == orders[1][::-1] != orders[1]


@ask_by(Feature.PARENT)
def _(api: httpx.Client, instances: list[str]) -> bool:
    parent = api.get(f"/instances/{instances[0]}").json()["ParentSeries"]
    return len(found(api, "Instance", ParentSeries=parent)) == 1


@ask_by(Feature.CHANGES_BY_TYPE)
def _(api: httpx.Client, instances: list[str]) -> bool:
    changes = api.get("/changes", params={"since": 0, "limit": 100, "type": "NewStudy"}).json()["Changes"]
    return {one["ChangeType"] for one in changes} == {"NewStudy"}


@ask_by(Feature.PLAIN_LISTS)
def _(api: httpx.Client, instances: list[str]) -> bool:
    return all(isinstance(one, str) for one in api.get("/studies", params={"expand": "false"}).json())


@ask_by(Feature.TRANSCODED_FILES)
def _(api: httpx.Client, instances: list[str]) -> bool:
    plain = api.get(f"/instances/{instances[0]}/file").content
    implicit = api.get(f"/instances/{instances[0]}/file", params={"transcode": "1.2.840.10008.1.2"})
    return implicit.is_success and implicit.content != plain


@ask_by(Feature.RANGES)
def _(api: httpx.Client, instances: list[str]) -> bool:
    answer = api.get(f"/instances/{instances[0]}/attachments/dicom/data", headers={"Range": "bytes=0-9"})
    return (answer.status_code, len(answer.content)) == (206, 10)


@pytest.mark.orthanc
@pytest.mark.parametrize("feature", Feature)
def test_fault_18_what_an_old_server_ignores_without_a_word(
    client: OrthancClient, orthanc: RunningOrthanc, series_folder: Path, feature: Feature
) -> None:
    with orthanc.client() as api:
        ct = api.post("/instances", content=(series_folder / "000.dcm").read_bytes()).json()["ID"]
        has_it = SILENT[feature](api, [ct, put(api, 1), put(api, 2)])
    assert has_it == client.get_server_info().can(feature)
    assert set(SILENT) == set(SINCE) == set(Feature)


@pytest.mark.orthanc
def test_changes_are_told_page_by_page(client: OrthancClient, orthanc: RunningOrthanc) -> None:
    before = client.get_changes(10**15).last
    with orthanc.client() as api:
        ids = {put(api, number) for number in range(3)}
    pages = [client.get_changes(before, limit=5)]
    while not pages[-1].done:
        pages.append(client.get_changes(pages[-1].last, limit=5))
    changes = [change for page in pages for change in page.changes]
    assert len(pages) >= 3 and {one.id for one in changes if one.kind == "NewInstance"} == ids
    assert {one.level for one in changes} == {"Patient", "Study", "Series", "Instance"}


@pytest.mark.orthanc
def test_news_of_what_comes_and_goes(client: OrthancClient, orthanc: RunningOrthanc) -> None:
    lookout = ServerLookout(client)
    with orthanc.client() as api:
        old = put(api, 0)
        assert lookout.look(Watch()).none and lookout.look(Watch()).none
        new = put(api, 1)
        news = lookout.look(Watch())
        assert new in news.instances and len(news.studies) == 1 and not news.removed
        assert news.new_studies == news.studies
        gone = put(api, 2)
        api.delete(f"/instances/{gone}")
        news = lookout.look(Watch())
        assert gone not in news.instances and not news.removed, "it came and went unseen"
        put(api, 3)
        api.delete(f"/instances/{old}")
        assert lookout.look(Watch()).removed
        assert not lookout.look(Watch()).removed


def changes_answer(last: int) -> bytes:
    return f'{{"Changes": [], "Done": true, "Last": {last}}}'.encode()


def counts(instances: int) -> bytes:
    return f'{{"CountPatients": 1, "CountStudies": 1, "CountSeries": 1, "CountInstances": {instances}}}'.encode()


def test_a_replaced_database_is_noticed() -> None:
    answers = (
        changes_answer(48),
        counts(9),
        changes_answer(7),
        counts(2),
        changes_answer(7),
        changes_answer(7),
        counts(2),
    )
    with serving(in_turn(*map(says, answers))) as server, OrthancClient(Server(server.url), QUICK) as client:
        lookout = ServerLookout(client)
        assert [lookout.look(Watch()) for _ in range(3)] == [News(), News(replaced=True), News()]


@pytest.mark.orthanc
def test_nothing_is_deleted_unless_that_is_switched_on(
    client: OrthancClient, orthanc: RunningOrthanc, study_id: str
) -> None:
    (series,) = client.get_series(study_id)
    for delete, one in (
        (client.delete_study, study_id),
        (client.delete_series, series.id),
        (client.delete_instance, series.instance_ids[0]),
    ):
        with pytest.raises(DeletionOff, match="nothing was deleted"):
            delete(one)
    assert client.get_statistics().instances == SLICES
    with client_of(orthanc, allow_delete=True) as able:
        able.delete_instance(series.instance_ids[0])
        assert client.get_statistics().instances == SLICES - 1
        able.delete_study(study_id)
        assert client.get_statistics().studies == 0
        with pytest.raises(OrthancNotFound):
            able.delete_study(study_id)


def test_a_deletion_is_sent_once() -> None:
    answer = says(b"", status="503 Busy")
    with serving(answer) as server, OrthancClient(Server(server.url), QUICK, allow_delete=True) as client:
        with pytest.raises(Unreachable):
            client.delete_study("a78d41ff-69f8b3aa-a3452abc-bf6ad7da-b7d12c20")
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["503 Busy", "429 Slow down"])
def test_h63_the_pause_a_busy_server_asks_for_is_kept(status: str) -> None:
    busy = says(b"", status=status, headers="Retry-After: 3600\r\n")
    start = time.monotonic()
    with serving(in_turn(busy, says(SYSTEM))) as server, OrthancClient(Server(server.url), QUICK) as client:
        client.get_server_info()
    assert 0.4 <= time.monotonic() - start < 2, "the longest wait, not the hour"


def test_h63_forms_of_retry_after() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < retry_after_s(format_datetime(soon, usegmt=True)) <= 90
    assert retry_after_s(format_datetime(soon - timedelta(days=1), usegmt=True)) == 0
    assert [retry_after_s(text) for text in ("7", "", "-1", "soon", "1e9", "٣", "9" * 400)] == [
        7,
        0,
        0,
        0,
        0,
        0,
        999999999,
    ]


@pytest.mark.orthanc
def test_everything_works_under_a_prefix(orthanc: RunningOrthanc, tmp_path: Path) -> None:
    """No path, Location or address that the server tells is ever followed: behind a prefix they are wrong."""
    with relayed(orthanc.url, prefix="/imaging/orthanc") as relay:
        client = OrthancClient(Server(relay.url, orthanc.user, orthanc.password), QUICK, allow_delete=True)
        assert send(client, [write_series(tmp_path / "ct")], Watch()).ok
        client.health_check()
        study = client.search_studies(StudyQuery(patient_id="P-1")).studies[0]
        assert client.get_thumbnail(study.series_ids[0])
        source = OrthancSource(client, study.id)
        for instance in source.find(Watch()).studies[0].instances:
            source.open(instance, Watch()).close()
        client.get_changes(0)
        client.delete_study(study.id)
        source.close()
        assert all(line.split()[1].startswith("/imaging/orthanc/") for line in relay.lines)
