"""Where the client does otherwise than its first plan said: the figures of decision 20, in some two minutes.

    .venv/bin/python -m tests.bench.deviating

TEST_ORTHANC names another Orthanc, as for the tests.
"""

from __future__ import annotations

import json
import logging
import random
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import numpy as np

from tests.bench import series
from tests.bench.link import linked
from tests.bench.orthanc import _uploaded
from viewer_app.errors import Cancelled
from viewer_app.imaging.stacks import stacks_of
from viewer_app.imaging.volume import Volume
from viewer_app.phantom.blocks import axial_plane
from viewer_app.phantom.dicom import image_dataset, uid, write_series
from viewer_app.progress import Watch
from viewer_app.sources.loading import Focus, load
from viewer_app.sources.orthanc import OrthancClient, OrthancSource, Server
from viewer_app.sources.orthanc.client import _SHORT

_ROUNDS = 7
_JUMPS = 10


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _client(url: str = "") -> httpx.Client:
    running = _uploaded().server
    return httpx.Client(
        base_url=url or running.url,
        auth=(running.user, running.password),
        headers={"Accept-Encoding": "identity"},
        trust_env=False,
        timeout=60,
    )


def _as_user(url: str = "") -> Server:
    running = _uploaded().server
    return Server(url or running.url, running.user, running.password)


def _source(url: str = "") -> OrthancSource:
    return OrthancSource(OrthancClient(_as_user(url)), _uploaded().study_id)


def _tell(what: str, calls: dict[str, Callable[[], object]], rounds: int = _ROUNDS) -> None:
    """The medians of calls that are made in turn."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
    for name, found in times.items():
        print(f"{what}: {name}: {1000 * statistics.median(found[1:]):.0f} ms", flush=True)


def listings() -> None:
    """Which requests list 300 images, and how much each answers."""
    with _client() as client:
        (one,) = client.get(f"/studies/{_uploaded().study_id}/series").json()
        place = f"/series/{one['ID']}"
        wish = json.dumps({"Resources": [one["ID"]], "Level": "Instance", "Metadata": True})
        files: dict[str, Callable[[], httpx.Response]] = {
            "/series/{id}/instances": lambda: client.get(f"{place}/instances"),
            "tools/bulk-content": lambda: client.post("/tools/bulk-content", content=wish),
        }
        headers: dict[str, Callable[[], httpx.Response]] = {
            "simplify": lambda: client.get(f"{place}/instances-tags?simplify"),
            "short, at full length": lambda: client.get(f"{place}/instances-tags{_SHORT}"),
        }
        for what, calls in (("files", files), ("headers", headers)):
            for name, call in calls.items():
                print(f"{what}: {name}: {len(call().raise_for_status().content) / 1000:.0f} kB")
            _tell(what, dict(calls))


def revalidation() -> None:
    """Whether what is kept is still what the server has, over a link of 20 ms: by file, or by one listing."""
    paths = [f"/instances/{one}/attachments/dicom/data" for one in _uploaded().instance_ids]
    with _client() as near:
        tags = [near.get(path).headers["ETag"] for path in paths]
    with linked(_port(_uploaded().server.url)) as url, _client(url) as client, ThreadPoolExecutor(4) as pool:
        (one,) = client.get(f"/studies/{_uploaded().study_id}/series").json()
        wish = json.dumps({"Resources": [one["ID"]], "Level": "Instance", "Metadata": True})

        def ask(path: str, tag: str) -> None:
            assert client.get(path, headers={"If-None-Match": tag}).status_code == httpx.codes.NOT_MODIFIED

        calls: dict[str, Callable[[], object]] = {
            "If-None-Match for each of 300, four at a time": lambda: list(pool.map(ask, paths, tags)),
            "one listing": lambda: client.post("/tools/bulk-content", content=wish),
        }
        _tell("kept, 20 ms", calls, 3)


def jumps() -> None:
    """Over a slow link, a jump to a slice that has not come, until it has."""
    random.seed(5)
    with linked(_port(_uploaded().server.url)) as url:
        source = _source(url)
        volume = Volume(stacks_of(source.find(Watch()).studies[0].series[0])[0])
        focus, watch, waited = Focus(150), Watch(), list[float]()

        def work() -> None:
            with suppress(Cancelled):
                load(source, volume, watch, focus)

        loading = threading.Thread(target=work)
        loading.start()
        for _ in range(_JUMPS):
            time.sleep(0.5)
            focus.index = random.choice([n for n in range(series.NATIVE_SLICES) if not volume.has(n)])
            started = time.perf_counter()
            while not volume.has(focus.index):
                time.sleep(0.002)
            waited.append(1000 * (time.perf_counter() - started))
        started = time.perf_counter()
        watch.cancel()
        loading.join()
        print(f"cancel: {1000 * (time.perf_counter() - started):.0f} ms")
        source.close()
    print(f"jump, 20 ms, 100 Mbit/s: {statistics.median(waited):.0f} ms, at most {max(waited):.0f} ms", flush=True)


def looks() -> None:
    """What it costs to look after an open study, and how often requests of a whole load are tried again."""
    source = _source()
    source.find(Watch())
    source.look(Watch())
    _tell("look", {"at an open study": lambda: source.look(Watch())})
    source.close()
    counted = _Counted()
    logger = logging.getLogger("viewer_app.sources.orthanc.transport")
    logger.setLevel(logging.INFO)
    logger.addHandler(counted)
    with linked(_port(_uploaded().server.url)) as url:
        for _ in range(3):
            source = _source(url)
            volume = Volume(stacks_of(source.find(Watch()).studies[0].series[0])[0])
            load(source, volume, Watch())
            source.close()
    print(f"tried again in 3 loads of 300, 20 ms, 100 Mbit/s: {counted.count}")


def large() -> None:
    """A file of 105 MB over a slow link: whole, and in parts where the server can."""
    place = _uploaded()
    shape, plane = (8192, 6400), axial_plane((0.0, 0.0, 0.0), 0.1, 0.1)
    image = image_dataset(np.zeros(shape, np.uint16), plane, StudyInstanceUID=uid("large"))
    (path,) = write_series(place.folder / "large", [image])
    with linked(_port(place.server.url)) as url, OrthancClient(_as_user(url)) as client:
        stored, size = client.upload(path), path.stat().st_size
        calls: dict[str, Callable[[], object]] = {
            "as it is": lambda: client.get_file(stored.id, size_bytes=size).close(),
            "whole": lambda: client.get_file(stored.id).close(),
        }
        _tell("105 MB, 20 ms, 100 Mbit/s", calls, 2)


class _Counted(logging.Handler):
    """Counts records."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def main() -> None:
    """All of them."""
    print(_uploaded().server.client().get("/system").json()["Version"])
    for part in (listings, revalidation, jumps, looks, large):
        part()


if __name__ == "__main__":
    main()
