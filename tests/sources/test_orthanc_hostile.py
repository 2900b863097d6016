"""Faults of the network in mid-study, H61 to H78: nothing shorter in silence, nothing of another patient."""

from __future__ import annotations

import gzip
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.cached import files
from tests.sources.certificates import certificate, serves
from tests.sources.fault_server import Answer, says, serving
from tests.sources.relay import Instead, Relay, Spoil, asked, relayed, unspoilt
from tests.sources.series import SLICES, STUDY_UID, ct_slice, file_of
from tests.sources.test_orthanc_faults import FILE, ID, QUICK, fetch
from viewer_app.errors import CaliperError, SourceError
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Watch
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.errors import (
    AuthFailed,
    BadResponse,
    Integrity,
    OrthancNotFound,
    Redirected,
    Stalled,
    TooLarge,
    Unreachable,
)
from viewer_app.sources.orthanc.transport import Patience

SHORT = Patience(connect_s=1, silence_s=1, window_s=1, pauses_s=(0.01, 0.02, 0.03))
DATA = "/attachments/dicom/data"


def made(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """A whole answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class Opened:
    """A study behind a relay, listed; `volume` is what is shown of it."""

    def __init__(self, relay: Relay, orthanc: RunningOrthanc, study_id: str, cache: Cache | None) -> None:
        self.relay = relay
        client = OrthancClient(Server(relay.url, orthanc.user, orthanc.password), SHORT)
        self.source = OrthancSource(client, study_id, cache)
        self.listing = self.source.find(Watch())
        self.volume = Volume(stacks_of(self.listing.studies[0].series[0])[0])

    def load(self) -> None:
        """Fetch what is missing."""
        load(self.source, self.volume, Watch())

    @property
    def asked_for(self) -> int:
        """How many times a file was asked for."""
        return sum(DATA in line for line in self.relay.lines)


@pytest.fixture
def behind(orthanc: RunningOrthanc, study_id: str, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the study behind a relay that is told to fail."""
    left = []

    def opened(*, instead: Instead = asked, spoil: Spoil = unspoilt, cache: Cache | None = None) -> Opened:
        relay = relayed(orthanc.url, instead=instead, spoil=spoil)
        one = Opened(relay.__enter__(), orthanc, study_id, cache)
        left.append((one, relay))
        return one

    yield opened
    for one, relay in left:
        one.source.close()
        relay.__exit__(None, None, None)


@pytest.mark.orthanc
@pytest.mark.parametrize("share", range(0, SLICES, 1))
def test_h61_a_server_that_dies_after_each_part_of_a_study(
    behind: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    """What came stays; the rest is named as missing, and comes once the server answers again."""
    monkeypatch.setattr("viewer_app.sources.orthanc.reach._PAUSE_S", 0.05)
    counted, lock, is_up = [0], threading.Lock(), threading.Event()

    def dying(number: int, line: str, body: bytes) -> bytes | None:
        with lock:
            if is_up.is_set() or (DATA not in line and counted[0] <= share):
                return body
            counted[0] += 1
            return body if counted[0] <= share else None

    one = behind(spoil=dying)
    with pytest.raises(Unreachable):
        one.load()
    assert (one.volume.present, len(one.volume.failed)) == (share, 0)
    is_up.set()
    time.sleep(0.1)
    one.load()
    assert one.volume.is_complete and not one.volume.failed


@pytest.mark.orthanc
def test_fault_02_an_error_for_one_image_is_asked_again_once_and_told(behind: Callable[..., Opened]) -> None:
    spoilt: list[str] = []

    def failing(number: int, line: str) -> bytes | None:
        if DATA in line and (not spoilt or line == spoilt[0]):
            spoilt.append(line)
            return made(b'{"Message": "no"}', "500 Internal Server Error")
        return None

    one = behind(instead=failing)
    one.load()
    assert len(spoilt) == 2 and one.asked_for == SLICES + 1
    assert len(one.volume.failed) == 1 and one.volume.present == SLICES - 1
    assert "error 500" in next(iter(one.volume.failed.values()))


@pytest.mark.orthanc
def test_fault_02_an_error_that_passes_is_not_seen(behind: Callable[..., Opened]) -> None:
    failed: list[str] = []

    def failing(number: int, line: str) -> bytes | None:
        if DATA in line and line not in failed:
            failed.append(line)
            return made(b"", "500 Internal Server Error")
        return None

    one = behind(instead=failing)
    one.load()
    assert one.volume.is_complete and len(failed) == SLICES


@pytest.mark.orthanc
def test_h64_a_401_in_mid_study_ends_it_with_one_request(behind: Callable[..., Opened]) -> None:
    refused: list[str] = []

    def refusing(number: int, line: str) -> bytes | None:
        if DATA in line and (refused or sum(DATA in one for one in relay().lines) > 1):
            refused.append(line)
            return made(b"", "401 Unauthorized")
        return None

    def relay() -> Relay:
        return one.relay

    one = behind(instead=refusing)
    with pytest.raises(AuthFailed):
        one.load()
    assert 1 <= len(refused) <= 4, "only those that were on their way"
    assert 1 <= one.volume.present < SLICES
    before = len(one.relay.lines)
    with pytest.raises(AuthFailed):
        one.load()
    assert len(one.relay.lines) == before


@pytest.mark.orthanc
def test_h64_a_403_for_one_image_is_told_and_not_repeated(behind: Callable[..., Opened]) -> None:
    refused: list[str] = []

    def refusing(number: int, line: str) -> bytes | None:
        image = line.partition("/instances/")[2].partition("/")[0]
        if image and ((DATA in line and not refused) or image in "".join(refused)):
            refused.append(line)
            return made(b"", "403 Forbidden")
        return None

    one = behind(instead=refusing)
    one.load()
    assert [DATA in line for line in refused] == [True, False]  # there are two ways to the same file
    assert one.volume.present == SLICES - 1
    assert "does not allow" in next(iter(one.volume.failed.values()))


@pytest.mark.orthanc
@pytest.mark.parametrize("size", [0, 1], ids=["all at once", "in parts where the server can"])
def test_where_attachments_are_forbidden_files_come_all_the_same(
    behind: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    if size:
        monkeypatch.setattr("viewer_app.sources.orthanc.parts.LARGE_BYTES", size)
    one = behind(instead=lambda number, line: made(b"", "403 Forbidden") if "/attachments/" in line else None)
    one.load()
    assert one.volume.is_complete and not one.volume.failed
    assert sum("/file" in line for line in one.relay.lines) == SLICES


@pytest.mark.orthanc
@pytest.mark.parametrize(
    ("patient", "index", "study"),
    [("P-2", 2, STUDY_UID), ("P-1", 3, STUDY_UID), ("P-1", 2, f"{STUDY_UID}.7")],
    ids=["another patient", "another slice", "another study"],
)
@pytest.mark.parametrize("with_cache", [False, True])
def test_h75_another_image_under_the_id_is_never_shown(
    behind: Callable[..., Opened], tmp_path: Path, patient: str, index: int, study: str, with_cache: bool
) -> None:
    """The very slice of another patient: same length, same UIDs where they can be, and no MD5 to betray it."""
    dataset = ct_slice(index, patient, study)
    if index == 2:
        dataset.SOPInstanceUID = f"{STUDY_UID}.1.3"
    foreign = file_of(dataset)
    targets: set[str] = set()

    def swapped(number: int, line: str) -> bytes | None:
        return made(foreign) if any(one in line for one in targets) and DATA in line else None

    cache = Cache(tmp_path / "cache") if with_cache else None
    one = behind(instead=swapped, cache=cache)
    wanted = next(i for i in one.listing.studies[0].instances if i.sop_instance_uid == f"{STUDY_UID}.1.3")
    targets.add(wanted.locator)
    with pytest.raises(Integrity):
        one.source.open(wanted, Watch())
    one.load()
    assert one.volume.present == SLICES - 1 and len(one.volume.failed) == 1
    assert cache is None or len(files(cache)) == SLICES - 1


@pytest.mark.orthanc
def test_fault_16_removed_on_the_server_while_it_loads(behind: Callable[..., Opened], orthanc: RunningOrthanc) -> None:
    removed: list[str] = []

    def removing(number: int, line: str) -> bytes | None:
        if DATA in line and not removed:
            removed.append(next(one.locator for one in opened.listing.studies[0].instances if one.locator not in line))
            with orthanc.client() as api:
                api.delete(f"/instances/{removed[0]}").raise_for_status()
        return None

    opened = behind(instead=removing)
    opened.load()
    assert opened.volume.present == SLICES - 1 and not opened.volume.is_complete
    (told,) = opened.volume.failed.values()
    assert "not on the server any more" in told
    changes = opened.source.refresh(Watch())
    assert changes.gone == frozenset(removed) and not changes.new


@pytest.mark.orthanc
def test_fault_16_a_series_removed_while_it_loads(behind: Callable[..., Opened], orthanc: RunningOrthanc) -> None:
    def removing(number: int, line: str) -> bytes | None:
        if DATA in line:
            with orthanc.client() as api:
                api.delete(f"/series/{api.get('/series').json()[0]}" if api.get("/series").json() else "/changes")
        return None

    one = behind(instead=removing)
    one.load()
    assert one.volume.present == 0 and len(one.volume.failed) == SLICES
    with pytest.raises(OrthancNotFound):
        one.source.refresh(Watch())


def chunked(*chunks: bytes, ends: bool = False) -> Answer:
    """A chunked answer, which has its end only where `ends`."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + (b"0\r\n\r\n" if ends else b"")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return lambda connection, number: connection.sendall(head + body)


def test_h65_a_chunked_answer_without_its_end_is_refused() -> None:
    with serving(chunked(FILE[:2000])) as server, pytest.raises(Integrity):
        fetch(server)
    with serving(chunked(FILE[:2000], FILE[2000:])) as server, pytest.raises(Integrity):
        fetch(server)
    with serving(chunked(FILE[:2000], FILE[2000:], ends=True)) as server:
        assert fetch(server) == FILE


@pytest.mark.orthanc
def test_fault_03_of_an_answer_cut_short_nothing_is_kept(behind: Callable[..., Opened], tmp_path: Path) -> None:
    def cut(number: int, line: str) -> bytes | None:
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + FILE[:900] if DATA in line else None

    cache = Cache(tmp_path / "cache")
    one = behind(instead=cut, cache=cache)
    one.load()
    assert one.volume.present == 0 and len(one.volume.failed) == SLICES
    assert all("damaged" in why for why in one.volume.failed.values())
    cache.settle()
    assert not [path for path in cache.folder.rglob("*") if path.suffix in (".dcm", ".part")]


def test_h66_a_drip_ends_within_its_window() -> None:
    def drip(connection: socket.socket, number: int) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5132\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    start = time.monotonic()
    with serving(drip) as server, pytest.raises(Stalled):
        fetch(server)
    assert time.monotonic() - start < QUICK.window_s + 2


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip", "zstd"])
def test_h67_a_bomb_is_not_unpacked(coding: str) -> None:
    """300 MB of nothing in 300 kB: the answer is refused by its header."""
    bomb = gzip.compress(bytes(300 << 20), 1) if coding == "gzip" else bytes(1000)
    with serving(says(bomb, headers=f"Content-Encoding: {coding}\r\n")) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(BadResponse, match="compressed"):
            fetch(server)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("length", ["10000000000000", "9" * 30, "-1", "1e9", "٣", "²", "5132, 9999"])
def test_h68_an_impossible_length_is_refused(length: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode()
    with (
        serving(lambda connection, number: connection.sendall(head + FILE)) as server,
        pytest.raises((TooLarge, Integrity, Unreachable, BadResponse)),
    ):
        fetch(server)


@pytest.mark.parametrize("head", ["Transfer-Encoding: chunked", "Connection: close"])
def test_h69_h70_an_endless_answer_is_cut_at_its_cap(monkeypatch: pytest.MonkeyPatch, head: str) -> None:
    def endless(connection: socket.socket, number: int) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        chunk = b"[" * 0x10000
        while True:
            connection.sendall(b"10000\r\n" + chunk + b"\r\n" if "chunked" in head else chunk)

    monkeypatch.setattr("viewer_app.sources.orthanc.client.FILE_CAP", 1 << 20)
    with serving(endless) as server, OrthancClient(Server(server.url), QUICK) as client:
        with pytest.raises(TooLarge):
            client.get_file(ID)
        with pytest.raises(TooLarge):
            client.get_server_info()


def test_h71_from_https_to_http_nothing_follows(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "IP:127.0.0.1")
    with serving(says(b"{}")) as plain:
        answer = says(b"", status="301 Moved", headers=f"Location: {plain.url}/system\r\n")
        with serving(answer, serves(pem)) as server:
            asked_of = Server(server.url, "ann", "hush", tmp_path / "certificate.pem")
            with OrthancClient(asked_of, QUICK) as client, pytest.raises(Redirected):
                client.get_server_info()
        assert plain.requests == [] and len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x", "300 x", "304 x"])
def test_h71_credentials_stay_at_their_origin(status: str) -> None:
    """G8: whatever the redirect, and for every method, the other server hears nothing."""
    with serving(says(b"{}")) as other:
        answer = says(
            b"", status=status, headers=f"Location: http://ann:hush@127.0.0.1:{other.url.rpartition(':')[2]}/\r\n"
        )
        with serving(answer) as server, OrthancClient(Server(server.url, "ann", "hush"), QUICK) as client:
            for call in (client.get_server_info, lambda: client.get_file(ID), lambda: client.find_study_ids("1.2.3")):
                with pytest.raises(Redirected) as caught:
                    call()
                assert "hush" not in str(caught.value)
        assert other.requests == []


HOSTILE_IDS = (
    *("../../system", f"{ID}/../../system", f"{ID}?a=b", f"{ID}#a", f"{ID}%2f..", f"{ID}\r\nX: y", f"{ID}\n", f" {ID}"),
    *(ID.upper(), ID.replace("a", "а"), ID[:-1], ID + "0", "", "http://evil/", "é" * 10_000, "0" * 10_000_000),
)


@pytest.mark.parametrize("bad", HOSTILE_IDS, ids=lambda bad: repr(bad[:20]) + str(len(bad)))
def test_h72_what_is_no_id_reaches_neither_server_nor_disk(bad: str, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    with serving(says(b"{}")) as server, OrthancClient(Server(server.url), QUICK, allow_delete=True) as client:
        calls = (
            *(client.get_patient, client.get_study, client.get_series, client.get_series_dicom_files, client.get_file),
            *(client.get_instance_metadata, client.get_file_md5, client.get_thumbnail, client.get_series_headers),
            *(client.delete_study, client.delete_series, client.delete_instance),
            lambda one: cache.shelf(client.server, one),
        )
        for call in calls:
            with pytest.raises(BadResponse, match="no ID"):
                call(bad)
        assert server.requests == []
    assert not cache.folder.exists()


def test_h78_no_room_for_an_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer_app.sources.orthanc.transport.SpooledTemporaryFile", lambda max_size: full_disk())
    with serving(says(bytes(1 << 19))) as server, OrthancClient(Server(server.url), QUICK) as client:
        with pytest.raises(SourceError, match="Make room on the disk"):
            client.get_instance_value(ID, ("0028,3006",))
        assert len(server.requests) == 1


def full_disk() -> BinaryIO:
    """A file to which nothing can be written."""
    if not Path("/dev/full").exists():
        pytest.skip("a full disk is made of /dev/full")
    return Path("/dev/full").open("r+b", buffering=0)


class Small(Cache):
    """The cache of a disk with a kilobyte left."""

    @property
    def free_bytes(self) -> int:
        """Hardly anything."""
        return 1000


@pytest.mark.orthanc
def test_h78_what_has_no_room_on_the_disk_is_told_before_it_is_fetched(
    behind: Callable[..., Opened], tmp_path: Path
) -> None:
    one = behind(cache=Small(tmp_path / "small", limit_bytes=10**9))
    (told,) = one.listing.problems
    assert told.where == "This computer" and "Make room on the disk" in told.why
    one.load()
    assert one.volume.is_complete
    roomy = behind(cache=Cache(tmp_path / "roomy"))
    assert roomy.listing.problems == ()


@pytest.mark.orthanc
def test_fault_19_connections_that_were_left_idle_for_a_second(client: OrthancClient, study_id: str) -> None:
    """Orthanc drops them after 1 s: 240 requests, of JSON and of files, most a second after the one before."""
    (series,) = client.get_series(study_id)
    files, failures = client.get_series_dicom_files(series.id), list[CaliperError]()

    def ask_now_and_then(pause_s: float, asked: Callable[[], object]) -> None:
        try:
            asked()
            for _ in range(4):
                time.sleep(pause_s)
                asked()
        except CaliperError as error:
            failures.append(error)

    def file() -> None:
        client.get_file(files[0].id).close()

    pauses = [0.9 + 0.0125 * n for n in range(24)]
    threads = [
        threading.Thread(target=ask_now_and_then, args=(pause_s, asked))
        for pause_s in pauses
        for asked in (client.get_server_info, file)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
