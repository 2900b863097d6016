"""H55 to H57, H59, H60: folders as large, looping, forbidden and oddly named as folders can be."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.hostile.case import Case, nothing, refused, shown
from tests.hostile.parts import NAME, TRUTH, content, dataset, puts

# The budget of a header scan, for each of the three times a place is listed.
_SECONDS_PER_FILE = 3 * 0.74e-3


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers; much of H55 and H59 needs more than a place: see `test_places`."""
    many = 100_000 if thorough else 2_000
    budget = 10.0 + many * _SECONDS_PER_FILE
    words = f"{many} files are not DICOM"
    yield Case(f"H55-{many}-files", lambda folder: fill(folder, many), shown(words), (TRUTH,), longest_s=budget)
    yield Case("H56-loops", _loops, shown(), (TRUTH,))
    yield Case("H57-fifo-socket-device", _no_files, shown(), (TRUTH,))
    yield Case("H59-forbidden-file", _forbidden_file, refused("Permission", name=NAME), as_nobody=True)
    yield Case("H59-forbidden-folder", _forbidden_folder, refused("Permission", name="closed"), as_nobody=True)
    yield Case("H60-read-only-folder", _read_only, shown(), (TRUTH,))
    yield Case("H60-path-of-4000-characters", _long_path, shown(), (TRUTH,))
    yield Case("H60-undecodable-name", _undecodable, shown(), (TRUTH,))
    yield Case("H60-a-name-of-255-bytes", puts(content(dataset()), "n" * 255), shown(), (TRUTH,))
    for name in ("-rf", "a b'c\"d", "*", "~", "%s", "new\nline", "\u202ebidi.dcm", ".hidden", "con", "tail. "):
        yield Case(f"H60-a-name-like-{name!a}", puts(content(dataset()), name), shown(), (TRUTH,))
    yield Case("H60-an-empty-folder", lambda folder: (folder / "empty").mkdir(), nothing, place="empty", lonely=True)


def fill(folder: Path, count: int) -> None:
    """One image among `count` files that are none, a thousand to a folder."""
    (folder / NAME).write_bytes(content(dataset()))
    for number in range(count):
        part = folder / f"{number // 1000:03d}"
        part.mkdir(exist_ok=True)
        (part / f"{number:06d}.txt").write_bytes(b"no image")


def _loops(folder: Path) -> None:
    deep = folder / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / NAME).write_bytes(content(dataset()))
    for name, target in {"up": folder, "here": deep, "itself": deep / "itself", "gone": deep / "nothing"}.items():
        (deep / name).symlink_to(target)
    (deep / "first").symlink_to(deep / "second")
    (deep / "second").symlink_to(deep / "first")
    os.link(deep / NAME, deep / "hard-link.dcm")


def _no_files(folder: Path) -> None:
    (folder / NAME).write_bytes(content(dataset()))
    os.mkfifo(folder / "pipe.dcm")
    with suppress(PermissionError):
        os.mknod(folder / "zero.dcm", 0o020644, os.makedev(1, 5))
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path has 108 characters at most
        try:
            listener.bind("socket.dcm")
        finally:
            os.chdir(here)


def _forbidden_file(folder: Path) -> None:
    (folder / NAME).write_bytes(content(dataset()))
    (folder / NAME).chmod(0)


def _forbidden_folder(folder: Path) -> None:
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0)


def _read_only(folder: Path) -> None:
    inner = folder / "read-only"
    inner.mkdir()
    (inner / NAME).write_bytes(content(dataset()))
    (inner / NAME).chmod(0o400)
    inner.chmod(0o500)


def _long_path(folder: Path) -> None:
    here = Path.cwd()
    path = folder / "/".join(["d" * 200] * ((3_700 - len(str(folder))) // 201))
    path.mkdir(parents=True)
    os.chdir(path)
    try:
        Path(NAME).write_bytes(content(dataset()))
    finally:
        os.chdir(here)


def _undecodable(folder: Path) -> None:
    with Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe\x80.dcm")).open("wb") as file:
        file.write(content(dataset()))
