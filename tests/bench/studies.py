"""The first page of a server with 2,000 studies, from a client that has asked nothing before."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from tests.bench.harness import Result, interleaved_medians
from tests.orthanc_server import start_orthanc
from tests.sources.many import upload_many
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.model import StudyQuery

_COUNT = 2000
_PAGE = 100
_ROUNDS = 15


def first_page() -> Result:
    """A hundred of 2,000 studies as the browser asks for them, against one `tools/find` of as many by curl."""
    with tempfile.TemporaryDirectory(prefix="caliper-bench-") as name:
        folder = Path(name)
        server = start_orthanc(folder)
        try:
            upload_many(server, _COUNT)
            config = folder / "curl.txt"
            config.write_text(_curl_config(server.url, f"{server.user}:{server.password}"))

            def ours() -> None:
                with OrthancClient(Server(server.url, server.user, server.password)) as client:
                    page = client.search_studies(StudyQuery(), limit=_PAGE)
                    assert (len(page.studies), page.more) == (_PAGE, True)

            def curls() -> None:
                found = subprocess.run(["curl", "--config", str(config)], check=True, capture_output=True).stdout
                assert len(json.loads(found)) == _PAGE

            mine, its = interleaved_medians(ours, curls, _ROUNDS)
        finally:
            server.stop()
    figure = f"first {_PAGE} of {_COUNT} studies in {mine * 1000:.0f} ms"
    return Result(figure, f"curl tools/find {its * 1000:.0f} ms", mine / its, 2)


def _curl_config(url: str, credentials: str) -> str:
    """User and password in a file, where no list of processes shows them."""
    body = json.dumps({"Level": "Study", "Expand": True, "Query": {}, "Limit": _PAGE}).replace('"', '\\"')
    return f'url = "{url}/tools/find"\nuser = "{credentials}"\ndata = "{body}"\nnoproxy = "*"\nsilent\nfail\n'


BENCHMARKS = {"orthanc-studies": first_page}
