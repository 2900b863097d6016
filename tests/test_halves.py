"""`dev.py test` runs every test once, tells what failed at the very end, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import halves

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest", "-q"]
BARE = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
FIRST = ("tests/slow",)
PASSES = "def test_{0}(): open('{0}', 'x').close()\n"
FAILS = "def test_{0}(): assert '{0}' == ''\n"
ENDS = "import os\ndef test_{0}(): os._exit(5)\n"
WAITS = "import time\ndef test_{0}(): open('{0}', 'x').close(); time.sleep(60)\n"


def project(root: Path, slow: str, other: str, top: str = PASSES) -> Path:
    """A checkout with two folders of tests and a file beside them."""
    for place, text in {"slow/test_slow.py": slow, "other/test_other.py": other, "test_top.py": top}.items():
        path = root / "tests" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(path.stem.removeprefix("test_")), encoding="utf-8")
    return root


def test_what_comes_first_is_there() -> None:
    assert all(list((ROOT / path).glob("**/test_*.py")) for path in halves.FIRST)


def test_each_test_runs_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path, PASSES, PASSES)
    assert halves.run(PYTEST, BARE, root, FIRST) == 0
    assert all((root / name).exists() for name in ("slow", "other", "top"))
    *_, first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("first: 1 passed in ")
    assert second.startswith("second: 2 passed in ")


def test_what_failed_is_told_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert halves.run(PYTEST, BARE, project(tmp_path, FAILS, FAILS), FIRST) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split(" - ")[0] for line in told[-4:-2]] == [
        "FAILED tests/slow/test_slow.py::test_slow",
        "FAILED tests/other/test_other.py::test_other",
    ]
    assert told[-2].startswith("first: 1 failed in ") and told[-2].endswith("(exit code 1)")
    assert told[-1].startswith("second: 1 failed, 1 passed in ")
    assert [line[1:].split() for line in told if line.startswith("E ") and "slow" in line][:1] == [
        ["AssertionError:", "assert", "'slow'", "==", "''"]
    ]
    assert sum(line.startswith(("first  ", "second ")) and line.endswith("[100%]") for line in told) == 2


def test_a_half_that_dies_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert halves.run(PYTEST, BARE, project(tmp_path, PASSES, ENDS), FIRST) == 5
    *_, first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("first: 1 passed in ")
    assert second == "second: it told no result (exit code 5)"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
@pytest.mark.parametrize("way", ["Ctrl+C", "SIGTERM"])
def test_ended_from_outside_it_ends_both(tmp_path: Path, way: str) -> None:
    """Ctrl+C reaches all that the terminal runs; SIGTERM dev.py alone."""
    root = project(tmp_path, WAITS, WAITS)
    script = (
        "import pathlib, signal, sys\nfrom tests import halves\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        # Who runs in the background of a shell was told to ignore it, and so would all begun from there.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n"
        f"    halves.run({PYTEST!r}, {BARE!r}, pathlib.Path({str(root)!r}), {FIRST!r})\n"
        "except KeyboardInterrupt:\n    sys.exit(130)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, start_new_session=True) as parent:
        end = time.monotonic() + 30
        while not ((root / "slow").exists() and (root / "other").exists()):
            assert time.monotonic() < end
            time.sleep(0.02)
        if way == "Ctrl+C":
            os.killpg(parent.pid, signal.SIGINT)
        else:
            parent.terminate()
        assert parent.wait(timeout=20) == (130 if way == "Ctrl+C" else 143)
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < end:
            os.killpg(parent.pid, 0)
            time.sleep(0.02)
