"""An Orthanc of its own with the sample study on it, for the pictures of servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.orthanc_server import RunningOrthanc, answers, launch

_PORT = 8042  # Orthanc's own: the pictures show it


@contextmanager
def orthanc_with(folder: Path, files: Path) -> Iterator[RunningOrthanc | None]:
    """A server that keeps its things in `folder` and holds the files of `files`; None where it is not installed."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None:
        yield None
        return
    started = launch(Path(program).resolve(), folder, {"HttpPort": _PORT, "Name": "Radiology"})
    server = replace(started, url=f"http://localhost:{_PORT}")
    try:
        if not answers(server):
            raise RuntimeError(f"Orthanc did not start:\n{server.log()[-2000:]}")
        with server.client() as client:
            for path in sorted(files.rglob("*.dcm")):
                client.post("/instances", content=path.read_bytes()).raise_for_status()
        yield server
    finally:
        server.stop()
