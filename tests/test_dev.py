"""dev.py starts on a bare system Python and says what it lacks; the lock is what it promises."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BARE = {
    name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
}
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone has machines without a display")


def dev(*words: str, script: Path = ROOT / "dev.py", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run dev.py as a person would, without a display."""
    command = [sys.executable, str(script), *words]
    return subprocess.run(command, env=BARE | environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", ["dev.py", "tests/halves.py", "tests/__init__.py"])
def test_only_the_standard_library(script: str) -> None:
    tree = ast.parse((ROOT / script).read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in plain | from_} - {"tests"} <= sys.stdlib_module_names


def test_an_older_python_can_read_it() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_lock_has_a_hash_for_each_package_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(packages) > 40
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert "://" not in lock
    assert "http" not in lock.replace("httpx", "").replace("httpcore", "")
    assert "--index" not in lock and "--find" not in lock


def test_without_a_verb_it_lists_the_verbs() -> None:
    answer = dev()
    assert answer.returncode == 2
    for verb in ("run", "test", "orthanc", "check", "bench", "campaign", "shots"):
        assert f"dev.py {verb}" in answer.stdout


@on_linux
def test_run_without_a_display_names_the_screenshot() -> None:
    answer = dev("run")
    assert answer.returncode == 1
    assert "no display" in answer.stderr
    assert "--screenshot" in answer.stderr
    assert "Traceback" not in answer.stderr


@on_linux
def test_without_root_it_prints_the_line_to_run(tmp_path: Path) -> None:
    """On a copy of the checkout, with neither Orthanc nor sudo nor root to be found."""
    script = lacking(tmp_path, root="None")
    answer = dev("test", script=script, TEST_ORTHANC="")
    assert answer.returncode == 1
    assert "sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install --yes" in answer.stderr
    assert "orthanc orthanc-dicomweb" in answer.stderr
    assert not (tmp_path / ".venv").exists()


def lacking(folder: Path, root: str) -> Path:
    """A dev.py in `folder` on a Debian that has no Orthanc, where `as_root()` gives `root`."""
    (folder / "apt-get").write_text("#!/bin/sh\nexit 9\n")
    (folder / "apt-get").chmod(0o755)
    script = folder / "bare.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import dev, os, pathlib\n"
        f"dev.VENV = pathlib.Path({str(folder / '.venv')!r})\n"
        f"os.environ['PATH'] = {str(folder)!r} + ':' + os.environ['PATH']\n"
        "find = dev.program\n"
        "dev.program = lambda name: None if name == 'Orthanc' else find(name)\n"
        f"dev.as_root = lambda: {root}\n"
        "try:\n    sys.exit(dev.main(sys.argv[1:]))\n"
        "except dev.Stop as stop:\n    sys.exit(str(stop))\n"
    )
    return script


@on_linux
def test_a_failing_apt_is_told(tmp_path: Path) -> None:
    answer = dev("test", script=lacking(tmp_path, root="[]"), TEST_ORTHANC="")
    assert answer.returncode == 1
    assert "apt-get did not succeed" in answer.stderr
    assert not (tmp_path / ".venv").exists()


def changed(script: Path, *lines: str) -> Path:
    """The same dev.py with a folder of its own and further `lines` before it starts."""
    mine = f"dev.ROOT = pathlib.Path({str(script.parent)!r})\n" + "".join(f"{line}\n" for line in lines)
    script.write_text(script.read_text().replace("try:\n", f"{mine}try:\n"))
    return script


@on_linux
def test_a_newer_orthanc_that_cannot_be_had_is_a_reason_and_no_failure(tmp_path: Path) -> None:
    script = changed(lacking(tmp_path, root="None"), "dev.program = lambda name: None")
    answer = dev("orthanc", script=script, TEST_ORTHANC="")
    assert answer.returncode == 0
    assert "skipped: no newer Orthanc" in answer.stdout and "install mmdebstrap" in answer.stdout
    assert not (tmp_path / ".venv").exists()


@on_linux
@pytest.mark.parametrize("code", [0, 1])
def test_a_newer_orthanc_is_unpacked_whole_or_not_at_all(tmp_path: Path, code: int) -> None:
    """By a stand-in for mmdebstrap, which makes what it is told to, and may fail after it."""
    tool, made = tmp_path / "mmdebstrap", '*/trixie) mkdir -p "$word/usr/sbin"; : > "$word/usr/sbin/Orthanc";;'
    tool.write_text(f'#!/bin/sh\nfor word in "$@"; do case "$word" in {made} esac; done\nexit {code}\n')
    tool.chmod(0o755)
    tests = "dev.offscreen = lambda *words: print(*words, os.environ['TEST_ORTHANC']) or 7"
    answer = dev("orthanc", "-x", "-q", script=changed(lacking(tmp_path, root="None"), tests), TEST_ORTHANC="")
    found = tmp_path / ".orthanc" / "trixie" / "usr" / "sbin" / "Orthanc"
    assert (answer.returncode, found.exists()) == ((7, True) if code == 0 else (0, False))
    chosen = f"pytest ['-m', 'orthanc', '-x', '-q'] {found}"  # no option makes it run all the other tests
    assert (chosen if code == 0 else "mmdebstrap did not succeed") in answer.stdout
    assert not list(tmp_path.glob(".orthanc-*"))
