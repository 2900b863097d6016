"""`OrthancClient` against a real Orthanc."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.orthanc_server import RunningOrthanc, start_orthanc
from tests.sources.series import SLICES, STUDY_UID, ct_slice
from viewer_app.errors import AccessDenied, NotFound
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.reading.parse import parse_instance
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.errors import (
    AuthFailed,
    BadResponse,
    Integrity,
    OrthancNotFound,
    Refused,
    ServerError,
    Unreachable,
)
from viewer_app.sources.orthanc.model import StudyQuery, parse_version
from viewer_app.sources.orthanc.sending import send
from viewer_app.sources.orthanc.transport import Patience

pytestmark = pytest.mark.orthanc
NOBODY = "00000000-00000000-00000000-00000000-00000000"
SHORT = Patience(connect_s=1, silence_s=1, pauses_s=(0.01, 0.02, 0.03))


def test_health(client: OrthancClient, orthanc: RunningOrthanc) -> None:
    health = client.health_check()
    with orthanc.client() as api:
        system = api.get("/system").json()
    assert health.server.version_text == system["Version"]
    assert health.server.is_supported
    assert health.server == client.get_server_info()


def test_patients_studies_series(client: OrthancClient, study_id: str) -> None:
    study = client.get_study(study_id)
    assert (study.info.study_uid, study.info.description) == (STUDY_UID, "Thorax, früh")
    assert study.patient.name == "Müller^Zoë"
    assert [found.id for found in client.get_all_studies()] == [study_id]
    (patient,) = client.get_all_patients()
    assert client.get_patient(patient.id) == patient
    assert patient.study_ids == (study_id,)
    (series,) = client.get_series(study_id)
    assert (series.info.number, series.info.modality, len(series.instance_ids)) == (3, "CT", SLICES)


def test_files_and_metadata(client: OrthancClient, study_id: str, series_folder: Path) -> None:
    (series,) = client.get_series(study_id)
    files = client.get_series_dicom_files(series.id)
    assert {file.size_bytes for file in files} == {path.stat().st_size for path in series_folder.iterdir()}
    header = client.get_instance_metadata(files[0].id)
    instance = parse_instance(header, locator="")
    assert instance.sop_instance_uid == files[0].sop_instance_uid
    assert instance.transfer_syntax_uid == files[0].transfer_syntax_uid == "1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        (StudyQuery(), 3),
        (StudyQuery(patient_name="müller"), 3),
        (StudyQuery(patient_id="P-2"), 1),
        (StudyQuery(description="thor*früh"), 3),
        (StudyQuery(accession_number="A1", modality="CT"), 3),
        (StudyQuery(modality="MR"), 0),
        (StudyQuery(date_from="20240102", date_to="20240103"), 3),
        (StudyQuery(date_to="20231231"), 0),
        (StudyQuery(study_uid=f"{STUDY_UID}.1"), 1),
        (StudyQuery(study_uid="1.2.3"), 0),
    ],
)
def test_search(client: OrthancClient, tmp_path: Path, query: StudyQuery, hits: int) -> None:
    for number in range(1, 4):
        dataset = ct_slice(0, f"P-{number}", f"{STUDY_UID}.{number}")
        dataset.save_as(tmp_path / f"{number}.dcm", enforce_file_format=True)
        client.upload(tmp_path / f"{number}.dcm")
    page = client.search_studies(query)
    assert (len(page.studies), page.more) == (hits, False)
    if hits > 1:
        first = client.search_studies(query, limit=2)
        rest = client.search_studies(query, limit=2, since=2)
        assert (first.more, rest.more) == (True, False)
        assert {study.id for study in first.studies + rest.studies} == {study.id for study in page.studies}


def test_thumbnail(client: OrthancClient, study_id: str) -> None:
    (series,) = client.get_series(study_id)
    picture = client.get_thumbnail(series.id, size=64)
    assert picture is not None
    image = Image.open(io.BytesIO(picture))
    assert image.format == "JPEG"
    assert max(image.size) <= 64


def test_upload_is_verified_and_may_be_repeated(client: OrthancClient, series_folder: Path) -> None:
    path = series_folder / "000.dcm"
    first, second = client.upload(path), client.upload(path)
    assert (first.was_there, second.was_there) == (False, True)
    assert first.verified and second.verified
    with client.get_file(first.id) as stream:
        assert hashlib.sha256(stream.read()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_upload_of_what_is_no_dicom(client: OrthancClient, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague")
    with pytest.raises(Refused, match=r"does not take letter\.txt"):
        client.upload(tmp_path / "letter.txt")
    with pytest.raises(NotFound):
        client.upload(tmp_path / "gone")
    assert client.get_all_studies() == ()


def test_what_is_not_there(client: OrthancClient) -> None:
    with pytest.raises(OrthancNotFound):
        client.get_study(NOBODY)
    with pytest.raises(NotFound, match="not on the server"):
        OrthancSource(client, "1.2.3").find(Watch())


@pytest.mark.parametrize("bad", ["../../system", "a/b", "http://evil", "x\r\nHost: evil", f"{NOBODY}?a", "é" * 10_000])
def test_what_is_no_id_is_never_sent(client: OrthancClient, bad: str) -> None:
    for call in (client.get_patient, client.get_study, client.get_series, client.get_instance_metadata):
        with pytest.raises(BadResponse, match="no ID"):
            call(bad)


def test_a_wrong_password_is_tried_once(orthanc: RunningOrthanc) -> None:
    with OrthancClient(Server(orthanc.url, orthanc.user, "wrong-hush")) as client:
        for _ in range(3):
            with pytest.raises(AuthFailed, match=r"user and password.*only local connections") as caught:
                client.get_all_studies()
            assert isinstance(caught.value, AccessDenied)
            assert "hush" not in str(caught.value)


def test_a_server_that_is_down(orthanc: RunningOrthanc, unused_port: int) -> None:
    with (
        OrthancClient(Server(f"http://127.0.0.1:{unused_port}", "a", "b"), SHORT) as client,
        pytest.raises(Unreachable, match=r"does not answer.*Check"),
    ):
        client.health_check()


def test_a_name_nobody_knows() -> None:
    with OrthancClient(Server("http://caliper.invalid"), SHORT) as client, pytest.raises(Unreachable, match="name"):
        client.health_check()


def test_killed_in_mid_series(tmp_path: Path, series_folder: Path) -> None:
    server = start_orthanc(tmp_path)
    client = OrthancClient(Server(server.url, server.user, server.password), SHORT)
    source = OrthancSource(client, {client.upload(path).study_id for path in series_folder.iterdir()}.pop())
    try:
        instances = source.find(Watch()).studies[0].instances
        for number, instance in enumerate(instances):
            if number == 3:
                server.process.kill()
                server.process.wait()
            if number < 3:
                source.open(instance, Watch()).close()
            else:
                with pytest.raises(Unreachable):
                    source.open(instance, Watch())
    finally:
        source.close()
        server.stop()


def test_removed_while_open(client: OrthancClient, orthanc: RunningOrthanc, study_id: str) -> None:
    source = OrthancSource(client, study_id)
    instances = source.find(Watch()).studies[0].instances
    with orthanc.client() as api:
        api.delete(f"/instances/{instances[0].locator}").raise_for_status()
    with pytest.raises(OrthancNotFound):
        source.open(instances[0], Watch())
    source.open(instances[1], Watch()).close()


def test_a_byte_flipped_on_the_servers_disk_is_refused(tmp_path: Path, series_folder: Path) -> None:
    server = start_orthanc(tmp_path, MaximumStorageCacheSize=0)
    client = OrthancClient(Server(server.url, server.user, server.password), SHORT)
    source = OrthancSource(client, client.upload(series_folder / "000.dcm").study_id)
    try:
        (instance,) = source.find(Watch()).studies[0].instances
        (stored,) = (path for path in (tmp_path / "db").glob("??/??/*") if path.stat().st_size == instance.size_bytes)
        data = bytearray(stored.read_bytes())
        data[-10] ^= 1
        stored.write_bytes(data)
        with pytest.raises((Integrity, ServerError)):  # from 1.13 on Orthanc notices by itself
            source.open(instance, Watch())
    finally:
        source.close()
        server.stop()


def test_another_instance_under_the_id_is_refused(tmp_path: Path, series_folder: Path) -> None:
    server = start_orthanc(tmp_path, MaximumStorageCacheSize=0, StoreMD5ForAttachments=False)
    client = OrthancClient(Server(server.url, server.user, server.password), SHORT)
    source = OrthancSource(client, {client.upload(path).study_id for path in series_folder.iterdir()}.pop())
    try:
        instances = source.find(Watch()).studies[0].instances
        size = instances[0].size_bytes
        stored = [path for path in (tmp_path / "db").glob("??/??/*") if path.stat().st_size == size]
        assert len(stored) == SLICES
        contents = [path.read_bytes() for path in stored]
        for path, content in zip(stored, contents[1:] + contents[:1], strict=True):
            path.write_bytes(content)
        for instance in instances:
            with pytest.raises(Integrity, match="another image"):
                source.open(instance, Watch())
    finally:
        source.close()
        server.stop()


def test_one_file_damaged_on_the_servers_disk_does_not_hide_the_others(tmp_path: Path, series_folder: Path) -> None:
    server = start_orthanc(tmp_path, MaximumStorageCacheSize=0)
    client = OrthancClient(Server(server.url, server.user, server.password), SHORT)
    source = OrthancSource(client, {client.upload(path).study_id for path in series_folder.iterdir()}.pop())
    try:
        size = (series_folder / "000.dcm").stat().st_size
        stored = next(path for path in (tmp_path / "db").glob("??/??/*") if path.stat().st_size == size)
        stored.write_bytes(b"\xff" * size)
        listing = source.find(Watch())
        told = [problem.why for problem in listing.problems]
        assert len(listing.studies[0].instances) == SLICES - 1
        assert len(told) == 1 and told[0].startswith("An image cannot be read.")
    finally:
        source.close()
        server.stop()


@pytest.mark.parametrize(
    "overrides",
    [
        {"HttpCompressionEnabled": True},
        {"StorageCompression": True},
        {"KeepAlive": False},
        {"StoreMD5ForAttachments": False},
        {"CheckRevisions": True},
        {"HttpThreadsCount": 4},
        {"LimitFindResults": 1, "LimitFindInstances": 1},
    ],
    ids=lambda overrides: next(iter(overrides)),
)
def test_servers_set_up_otherwise(tmp_path: Path, series_folder: Path, overrides: dict[str, object]) -> None:
    """The same study, byte for byte, by its UID; what was sent is verified wherever the server sums what it stores."""
    server = start_orthanc(tmp_path, **overrides)
    client = OrthancClient(Server(server.url, server.user, server.password), SHORT, allow_delete=True)
    source = OrthancSource(client, STUDY_UID)
    try:
        for turn in ("stored", "already"):
            sent = send(client, [series_folder], Watch())
            assert len(getattr(sent, turn)) == SLICES and not sent.refused
            assert len(sent.unverified) == (SLICES if "StoreMD5ForAttachments" in overrides else 0)
        listing = source.find(Watch())
        volume = Volume(stacks_of(listing.studies[0].series[0])[0])
        load(source, volume, Watch())
        assert volume.is_complete and not volume.failed and not listing.problems
        assert {digest(source, one) for one in listing.studies[0].instances} == {
            hashlib.sha256(path.read_bytes()).hexdigest() for path in series_folder.iterdir()
        }
        (series,) = client.get_series(listing.studies[0].server_id)
        assert client.get_thumbnail(series.id)
        assert len(client.search_studies(StudyQuery(patient_id="P-1")).studies) == 1
        client.delete_study(series.study_id)
        assert client.get_all_studies() == ()
    finally:
        source.close()
        server.stop()


def digest(source: OrthancSource, instance: Instance) -> str:
    """SHA-256 of the file the source hands out."""
    with source.open(instance, Watch()) as stream:
        return hashlib.sha256(stream.read()).hexdigest()


def test_two_patients_under_one_study_uid(client: OrthancClient, tmp_path: Path) -> None:
    for patient in ("P-1", "P-2"):
        dataset = ct_slice(0, patient)
        dataset.SOPInstanceUID += f".{patient[-1]}"
        dataset.save_as(tmp_path / f"{patient}.dcm", enforce_file_format=True)
        client.upload(tmp_path / f"{patient}.dcm")
    listing = OrthancSource(client, STUDY_UID).find(Watch())
    assert sorted(study.patient.patient_id for study in listing.studies) == ["P-1", "P-2"]
    assert all(study.problems for study in listing.studies)


@pytest.mark.parametrize(
    ("text", "version"),
    [("1.12.7", (1, 12, 7)), ("1.9", (1, 9, 0)), ("mainline", (999, 0, 0)), ("", (0, 0, 0)), ("x.y", (0, 0, 0))],
)
def test_versions(text: str, version: tuple[int, int, int]) -> None:
    assert parse_version(text) == version
