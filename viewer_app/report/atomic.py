"""A file that is either the old one, whole, or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from uuid import uuid4

from viewer_app.errors import ReportError
from viewer_app.report.text import visible

_ELSEWHERE = "Choose another folder."
_WORDS: dict[int, tuple[str, str]] = {
    errno.ENOENT: ("there is no such folder", _ELSEWHERE),
    errno.ENOTDIR: ("there is no such folder", _ELSEWHERE),
    errno.EACCES: ("writing is not allowed there", f"Close it in other programs, or {_ELSEWHERE.lower()}"),
    errno.EPERM: ("writing is not allowed there", f"Close it in other programs, or {_ELSEWHERE.lower()}"),
    errno.EROFS: ("the disk is read-only", _ELSEWHERE),
    errno.ENOSPC: ("the disk is full", f"Free some space, or {_ELSEWHERE.lower()}"),
    errno.EDQUOT: ("your share of the disk is full", f"Free some space, or {_ELSEWHERE.lower()}"),
    errno.EFBIG: ("the file is larger than the disk allows", _ELSEWHERE),
    errno.ENAMETOOLONG: ("its name is too long", "Choose a shorter name."),
}


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path`, following a link, with the old file's rights.

    On any failure the old file is as it was, no other file is left, and
    ReportError says why. The content is on the disk when the call returns.
    """
    target = checked_target(path)
    temporary = target.with_name(f".caliper-{uuid4().hex}.tmp")
    try:
        _write(temporary, content)
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise failure(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def checked_target(path: Path) -> Path:
    """The file that `path` means, links followed; ReportError where no report can be put there."""
    name = visible(path.name)
    try:
        target = path.resolve()
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        exists = target.exists()
    except (RuntimeError, ValueError) as error:
        raise ReportError(f"{name} is no name for a file.", "Choose another name.") from error
    except OSError as error:
        raise failure(path, error) from error
    if exists and not target.is_file():
        raise ReportError(f"{name} is a folder or a device, not a file.", "Choose a file name.")
    if exists and not target.stat().st_mode & 0o222:
        raise ReportError(f"{name} is write-protected.", "Choose another name, or remove the protection.")
    return target


def failure(path: Path, error: OSError) -> ReportError:
    """The error in words."""
    why, advice = _WORDS.get(error.errno or 0, ((error.strerror or "the disk failed").lower(), _ELSEWHERE))
    return ReportError(f"{visible(path.name)} could not be written: {why}.", advice)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name last. The file is safe already, and Windows and some shares cannot do this: no failure."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
