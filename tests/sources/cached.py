"""A study that was opened once from a real Orthanc, and what was kept of it."""

from __future__ import annotations

from pathlib import Path

from tests.orthanc_server import RunningOrthanc
from tests.sources.series import SLICES, STUDY_UID
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.transport import Patience

SHORT = Patience(connect_s=1, silence_s=1, pauses_s=(0.01, 0.02, 0.03))


class Counted(OrthancClient):
    """Counts the files it fetches."""

    fetched = 0

    def get_file(self, *words: object, **named: object) -> object:  # type: ignore[override]  # passed on as they are
        self.fetched += 1
        return super().get_file(*words, **named)  # type: ignore[arg-type]  # passed on as they are


def source_of(server: RunningOrthanc, cache: Cache, study: str = STUDY_UID, password: str = "") -> OrthancSource:
    return OrthancSource(Counted(Server(server.url, server.user, password or server.password), SHORT), study, cache)


def fetched(source: OrthancSource) -> int:
    client = source._client
    assert isinstance(client, Counted)
    return client.fetched


def read_all(source: OrthancSource, listing: Listing) -> dict[str, bytes]:
    contents = {}
    for instance in listing.studies[0].instances:
        with source.open(instance, Watch()) as stream:
            contents[instance.sop_instance_uid] = stream.read()
    return contents


def opened_once(server: RunningOrthanc, cache: Cache) -> dict[str, bytes]:
    source = source_of(server, cache)
    contents = read_all(source, source.find(Watch()))
    source.close()
    cache.settle()
    assert len(contents) == SLICES
    return contents


def files(cache: Cache) -> list[Path]:
    cache.settle()
    return sorted(cache.folder.glob("*/*/*.dcm"))
