"""`python -m tests.hostile.child`: runs cases named on stdin, one answer in JSON each.

A process of its own, so that a crash or a hang is a finding and not the end of the
test run, and so that what one case takes of memory can be measured.
"""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.hostile.case import Case, is_truth
from tests.hostile.catalogue import case_of, catalogue
from tests.hostile.look import look, put_neighbour
from viewer_app.imaging.pixels import shutdown

TRAP = "outside"
_NOBODY = 65534
_trespasses: list[str] = []
_forbidden = ""


def main() -> None:
    """Answer until stdin ends."""
    faulthandler.enable()
    sys.addaudithook(_listen)
    catalogue(thorough="thorough" in sys.argv[1:])
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(line.strip())), flush=True)
    shutdown()


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    """Take down every file that is opened beside the place of the case."""
    if event == "open" and _forbidden and isinstance(arguments[0], str | bytes):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(_forbidden):
            _trespasses.append(path)


def _answer(name: str) -> dict[str, object]:
    """`fault` is "" where the case is as it must be."""
    root = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        return {"case": name, **_run(case_of(name), root)}
    except BaseException:
        return {"case": name, "fault": traceback.format_exc()}
    finally:
        for folder in (root, *root.rglob("*")):
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(0o700)
        shutil.rmtree(root, ignore_errors=True)


def _run(case: Case, root: Path) -> dict[str, object]:
    global _forbidden  # noqa: PLW0603 - an audit hook cannot be taken away again
    inside, outside = root / "inside", root / TRAP
    inside.mkdir()
    outside.mkdir()
    case.make(inside)
    if not case.lonely:
        put_neighbour(inside)
    before, listed = _peak_mb(fresh=True), _listed(root)
    started = time.monotonic()
    _forbidden = str(outside.resolve())
    try:
        with _as_nobody(root) if case.as_nobody else nullcontext():
            seen = look(inside / case.place, lonely=case.lonely)
    finally:
        _forbidden = ""
    seconds, grown = time.monotonic() - started, _peak_mb() - before
    assert not _trespasses, f"opened outside the place: {_trespasses}"
    assert _listed(root) == listed, "the place was changed"
    for item in seen.shown:
        assert is_truth(item.stored, case.truths), f"wrong pixels were handed out:\n{item.stored}"
    case.expect(seen)
    return {"fault": "", "seconds": round(seconds, 3), "grown_mb": grown, "outcome": "shown" if seen.shown else "told"}


@contextmanager
def _as_nobody(root: Path) -> Iterator[None]:
    """Root may read what is forbidden; this gives its rights away for a while."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    root.chmod(0o755)
    with tempfile.TemporaryDirectory() as healthy:  # imports what is not imported yet
        put_neighbour(Path(healthy))
        look(Path(healthy), lonely=False)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _listed(root: Path) -> list[str]:
    return sorted(str(path) for path in root.rglob("*"))


def _peak_mb(*, fresh: bool = False) -> int:
    """Most memory this process had, since the last `fresh` look; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    if fresh:
        Path("/proc/self/clear_refs").write_text("5")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) // 1024


if __name__ == "__main__":
    main()
