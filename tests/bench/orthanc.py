"""A study on a real Orthanc on this machine: fetched, first seen, laid out, and reopened without the server."""

from __future__ import annotations

import functools
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.bench import series
from tests.bench.harness import Result, interleaved_medians
from tests.bench.link import BYTES_PER_S, ROUND_TRIP_S, linked
from tests.orthanc_server import RunningOrthanc, start_orthanc
from viewer_app import digests
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.progress import Step, Watch
from viewer_app.sources import FolderSource, Source
from viewer_app.sources.base import Listing
from viewer_app.sources.loading import load
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.cache import Cache
from viewer_app.sources.orthanc.cache.behind import BEHIND

_ROUNDS, _LINK_ROUNDS = 7, 3
_VOLUME_BYTES = 2 * series.NATIVE_SLICES * series.SIZE**2
_LOOKED_AT_S = 1.0
_Times = tuple[float, float, float]
_SIZE = f"{series.NATIVE_SLICES} x {series.SIZE} x {series.SIZE}"


@dataclass(frozen=True)
class _Uploaded:
    """A server with the series of `series.native`, and folders that go away with the process."""

    server: RunningOrthanc
    study_id: str
    instance_ids: tuple[str, ...]
    folder: Path

    @property
    def as_user(self) -> Server:
        """The server as Caliper is told of it."""
        return Server(self.server.url, self.server.user, self.server.password)

    def source(self, cache: Cache, *, ahead: bool = False) -> OrthancSource:
        """The study as the window opens it, or lists it once it is chosen."""
        return OrthancSource(OrthancClient(self.as_user), self.study_id, cache, ahead=ahead)


@functools.cache
def _kept() -> list[tempfile.TemporaryDirectory[str]]:
    return []


@functools.cache
def _uploaded() -> _Uploaded:
    made = tempfile.TemporaryDirectory(prefix="caliper-bench-")
    _kept().append(made)
    digests.warm_up().join()  # as the window has long done when somebody has found a study
    folder = Path(made.name)
    (folder / "server").mkdir()
    server = start_orthanc(folder / "server")
    with OrthancClient(Server(server.url, server.user, server.password)) as client:
        stored = [client.upload(path) for path in series.files(series.native())]
    return _Uploaded(server, stored[0].study_id, tuple(one.id for one in stored), folder)


def complete() -> Result:
    """From the click to the complete volume, nothing cached before, against curl fetching the same instances."""
    place = _uploaded()
    kept_too = 2 * _VOLUME_BYTES
    mine, its = interleaved_medians(lambda: _fetched(place), _curl(place), _ROUNDS, kept_too, _written)
    return Result(f"{_SIZE} in {mine * 1000:.0f} ms", f"curl --parallel 4 {its * 1000:.0f} ms", mine / its, 5)


def first_image() -> Result:
    """From the click to the first image, against the complete volume."""
    return _part(1, "first image", 0.3)


def geometry() -> Result:
    """From the click to the stack, from which views are laid out, against the complete volume."""
    return _part(0, "geometry", 0.25)


def chosen() -> Result:
    """From the click to the first image of a study chosen a second before, listed by then; the whole volume likewise.

    Neither time has the listing in it: that is what choosing a study first spares, and `first_image` measures with it.
    """
    return _part(1, "chosen before: first image", 0.3, _fetched_when_chosen)


def offline() -> Result:
    """The study reopened from the cache, nobody at the server's port, against a folder of the same files."""
    place = _uploaded()
    cache = Cache(place.folder / "offline", limit_bytes=10**10)
    _opened(place.source(cache))
    cache.settle()
    # Another port of this machine, where nobody listens; what was kept moves there with the address.
    down = replace(place, server=replace(place.server, url="http://127.0.0.1:9"))
    shutil.move(cache._of(place.as_user), cache._of(down.as_user))

    def reopened() -> None:
        _opened(down.source(Cache(cache.folder, limit_bytes=10**10)))

    def from_folder() -> None:
        _opened(FolderSource(series.native()))

    mine, its = interleaved_medians(reopened, from_folder, _ROUNDS, _VOLUME_BYTES)
    return Result(f"{_SIZE} in {mine * 1000:.0f} ms", f"local folder {its * 1000:.0f} ms", mine / its, 1.2)


def link() -> Result:
    """From the click to the complete volume over a slow link, nothing cached, against the link's rate."""
    place = _uploaded()
    with linked(int(place.server.url.rpartition(":")[2])) as url:
        far = replace(place, server=replace(place.server, url=url))
        mine = statistics.median(_fetched_alone(far, _fetched)[2] for _ in range(_LINK_ROUNDS))
    its = sum(file.stat().st_size for file in series.files(series.native())) / BYTES_PER_S
    rate = f"{BYTES_PER_S * 8e-6:.0f} Mbit/s, {ROUND_TRIP_S * 1000:.0f} ms there and back"
    return Result(f"{_SIZE} in {mine:.2f} s", f"{rate}: {its:.2f} s", mine / its, 1 / 0.85)


def _part(number: int, name: str, goal: float, fetched: Callable[[_Uploaded], _Times] | None = None) -> Result:
    place = _uploaded()
    rounds = [_fetched_alone(place, fetched or _fetched) for _ in range(_ROUNDS + 1)][1:]
    part, whole = (float(np.median([times[n] for times in rounds])) for n in (number, 2))
    return Result(f"{name} after {part * 1000:.0f} ms", f"whole volume {whole * 1000:.0f} ms", part / whole, goal)


def _fetched(place: _Uploaded) -> _Times:
    """Open from the server with an empty cache; seconds to the geometry, the first image and the whole volume."""
    return _opened(place.source(_empty(place)))


def _fetched_when_chosen(place: _Uploaded) -> _Times:
    """The same from the click on, a second after the study was chosen: no connection is open any more."""
    source = place.source(_empty(place), ahead=True)
    listing = source.find(Watch())
    time.sleep(_LOOKED_AT_S)
    started = time.perf_counter()
    source.keep()
    return _loaded(source, listing, started)


def _empty(place: _Uploaded) -> Cache:
    """In a folder of its own each time: to remove the one before is no part of opening a study, and for seconds
    after it a file system looks through what was removed for every file it makes.
    """
    return Cache(Path(tempfile.mkdtemp(prefix="fresh-", dir=place.folder)), limit_bytes=10**10)


def _fetched_alone(place: _Uploaded, fetched: Callable[[_Uploaded], _Times]) -> _Times:
    """The same, and what came is written before anything else begins."""
    times = fetched(place)
    _written()
    return times


def _written() -> None:
    """What has come is in the cache."""
    BEHIND.settle(_uploaded().folder)


def _opened(source: Source) -> _Times:
    started = time.perf_counter()
    return _loaded(source, source.find(Watch()), started)


def _loaded(source: Source, listing: Listing, started: float) -> _Times:
    arrivals = list[float]()
    (study,) = listing.studies
    stack = stacks_of(study.series[0])[0]
    laid_out = time.perf_counter() - started
    filled = Volume(stack)
    told: Callable[[Step], None] = lambda step: arrivals.append(time.perf_counter())  # noqa: E731 - typed
    load(source, filled, Watch(told))
    assert filled.is_complete
    whole = time.perf_counter() - started
    source.close()
    return laid_out, arrivals[0] - started, whole


def _curl(place: _Uploaded) -> Callable[[], object]:
    """curl with four connections; user and password in a file, where no list of processes shows them."""
    entries = (
        f'url = "{place.server.url}/instances/{one}/attachments/dicom/data"\noutput = "/dev/null"\n'
        for one in place.instance_ids
    )
    config = place.folder / "curl.txt"
    config.write_text(f'user = "{place.server.user}:{place.server.password}"\nnoproxy = "*"\n' + "".join(entries))
    command = ["curl", "--silent", "--fail", "--parallel", "--parallel-max", "4", "--config", str(config)]
    return lambda: subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


BENCHMARKS = {
    "orthanc-complete": complete,
    "orthanc-first-image": first_image,
    "orthanc-geometry": geometry,
    "orthanc-chosen": chosen,
    "orthanc-offline": offline,
    "orthanc-link": link,
}
