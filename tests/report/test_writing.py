"""All or nothing: the old report, whole, or the new one (H104)."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.samples import labelled
from viewer_app.errors import ReportError
from viewer_app.report import WRITERS, write_report

OLD = b"the old report"
_LIMITED = """
import resource, sys
from pathlib import Path
from tests.report.samples import labelled
from viewer_app.errors import ReportError
from viewer_app.report import write_report
resource.setrlimit(resource.RLIMIT_FSIZE, (256, 256))
try:
    write_report(labelled("Nodule"), Path(sys.argv[1]))
except ReportError as error:
    print(error)
"""


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


@pytest.mark.parametrize("suffix", [*WRITERS, ".XLSX"])
def test_the_suffix_names_the_writer(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    path.write_bytes(OLD)
    write_report(labelled("Nodule"), path)
    assert names(tmp_path) == [path.name]
    assert path.read_bytes() != OLD


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        write_report(labelled("Nodule"), tmp_path / "report.doc")
    assert caught.value.advice == "End the name with one of .xlsx, .csv, .json, .dcm."
    assert names(tmp_path) == []


@pytest.mark.parametrize("call", ["fsync", "write", "replace"])
@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "could not be written")])
def test_a_failure_leaves_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str
) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(OLD)

    def fail(*arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    places = {"fsync": (os, "fsync"), "write": (Path, "open"), "replace": (Path, "replace")}
    with monkeypatch.context() as forced, pytest.raises(ReportError, match=words) as caught:
        forced.setattr(*places[call], fail)
        write_report(labelled("Nodule"), path)
    assert caught.value.advice
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["report.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("suffix", [".json", ".csv", ".xlsx"])
def test_a_file_the_system_cuts_short_leaves_the_old_report(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    path.write_bytes(OLD)
    command = [sys.executable, "-W", "error", "-c", _LIMITED, str(path)]
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert "larger than the disk allows. Choose another folder." in ran.stdout
    assert path.read_bytes() == OLD
    assert names(tmp_path) == [path.name]


def test_an_interruption_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(OLD)

    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as forced, pytest.raises(KeyboardInterrupt):
        forced.setattr(os, "fsync", interrupt)
        write_report(labelled("Nodule"), path)
    assert (names(tmp_path), path.read_bytes()) == (["report.csv"], OLD)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    protected = tmp_path / "protected.csv"
    protected.write_bytes(OLD)
    protected.chmod(0o444)
    refused = {
        tmp_path / "folder.csv": "is a folder or a device",
        tmp_path / "none" / "report.csv": "there is no such folder",
        protected / "report.csv": "there is no such folder",
        protected: "is write-protected",
        tmp_path / f"{'n' * 300}.csv": "its name is too long",
        tmp_path / "nul\0.csv": "is no name for a file",
    }
    for path, words in refused.items():
        with pytest.raises(ReportError, match=words) as caught:
            write_report(labelled("Nodule"), path)
        assert caught.value.advice
    assert protected.read_bytes() == OLD
    assert names(tmp_path) == ["folder.csv", "protected.csv"]


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="no folder that refuses everyone, root too")
def test_a_folder_that_refuses(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="could not be written"):
        write_report(labelled("Nodule"), Path("/proc/report.csv"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_is_followed_and_rights_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_bytes(OLD)
    real.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    write_report(labelled("Nodule"), link)
    assert link.is_symlink()
    assert real.read_bytes() != OLD
    assert real.stat().st_mode & 0o777 == 0o640
