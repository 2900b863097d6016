"""The sample study on disk: written once, complete or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from viewer_app.errors import AccessDenied, SourceError
from viewer_app.phantom.dicom import write_series
from viewer_app.phantom.series import SeriesPlan, plans
from viewer_app.progress import Watch

# Raised whenever a pixel, a header or a file name of the sample changes.
SAMPLE_VERSION = 2
_MANIFEST = ".caliper-sample.json"
_ABANDONED_S = 3600.0


def write_sample(folder: Path, watch: Watch | None = None, *, coarse: bool = False) -> None:
    """Write the sample study and its prior into `folder`, unless this version is there already.

    The files appear at once when all are written; a cancelled or broken run
    leaves what was there. `coarse` has the same anatomy and truth in about a
    fiftieth of the voxels. Raises `AccessDenied`, `SourceError` or `Cancelled`.
    """
    watch = watch or Watch()
    todo = plans(coarse)
    if _is_complete(folder, todo, coarse):
        return
    with _plain_errors(folder):
        _refuse_other_contents(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        work = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
        try:
            _write(work / "new", todo, watch)
            said = json.dumps(_manifest(work / "new", todo, coarse), indent=1)
            (work / "new" / _MANIFEST).write_text(said, encoding="utf-8")
            # Another window may have been quicker.
            if not _is_complete(folder, todo, coarse):
                _swap(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _swap(work: Path, folder: Path) -> None:
    if folder.exists():
        folder.rename(work / "old")
    (work / "new").rename(folder)


def _write(folder: Path, todo: tuple[SeriesPlan, ...], watch: Watch) -> None:
    total = sum(plan.grid.shape[0] for plan in todo)
    done = 0
    for plan in todo:
        for path_number, image in enumerate(plan.images(), start=1):
            watch.step(done, total, "Drawing the sample study")
            write_series(folder / plan.key, [image], first=path_number)
            done += 1
    watch.step(total, total, "Drawing the sample study")


def _manifest(folder: Path, todo: tuple[SeriesPlan, ...], coarse: bool) -> dict[str, object]:
    """What lies in `folder`: number and total size (bytes) of the files of each series."""
    sizes = {plan.key: [path.stat().st_size for path in (folder / plan.key).glob("*.dcm")] for plan in todo}
    series = {key: {"files": len(files), "bytes": sum(files)} for key, files in sizes.items()}
    return {"caliper_sample": SAMPLE_VERSION, "coarse": coarse, "series": series}


def _is_complete(folder: Path, todo: tuple[SeriesPlan, ...], coarse: bool) -> bool:
    try:
        written = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(written == _manifest(folder, todo, coarse))
    except (OSError, ValueError):
        return False


def _refuse_other_contents(folder: Path) -> None:
    """A folder that is not ours is never replaced."""
    if folder.exists() and not (folder / _MANIFEST).exists() and any(folder.iterdir()):
        raise SourceError(
            f"The folder {folder.name} holds files that are not the sample study.",
            "Choose an empty or a new folder for the sample study.",
        )


def _sweep(folder: Path) -> None:
    """Remove what runs left behind that were killed; a run of another window is younger."""
    for left in folder.parent.glob(f"{_prefix(folder)}*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(left, ignore_errors=True)


def _prefix(folder: Path) -> str:
    return f".{folder.name}.partial-"


@contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise AccessDenied(
            f"The sample study cannot be written into {folder.name}: permission denied.",
            "Choose a folder that you may write to.",
        ) from error
    except OSError as error:
        raise SourceError(
            f"The sample study could not be written: {error.strerror or error}.",
            "Choose another folder, on a disk with 250 MB to spare.",
        ) from error
