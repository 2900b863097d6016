"""An Orthanc of its own with the sample study on it, for the picture of the server dialog."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.orthanc_server import RunningOrthanc, answers, launch


@contextmanager
def orthanc_with(folder: Path, files: Path) -> Iterator[RunningOrthanc | None]:
    """A server that keeps its things in `folder` and holds the files of `files`; None where it is not installed."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
    if program is None:
        yield None
        return
    server = launch(Path(program).resolve(), folder, {})
    try:
        if not answers(server):
            raise RuntimeError(f"Orthanc did not start:\n{server.log()[-2000:]}")
        with server.client() as client:
            for path in sorted(files.rglob("*.dcm")):
                client.post("/instances", content=path.read_bytes()).raise_for_status()
        yield server
    finally:
        server.stop()
