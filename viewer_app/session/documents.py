"""What objects that are no images hold: their tags, their text, their document, read in the background."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from viewer_app.errors import CaliperError, Cancelled, SourceError
from viewer_app.folders import cache_folder
from viewer_app.imaging.documents import StructuredReport, read_report, write_pdf
from viewer_app.imaging.headers import Instance, SeriesInfo
from viewer_app.imaging.identity import telltales
from viewer_app.imaging.objects import is_image, object_name
from viewer_app.imaging.study import Study
from viewer_app.imaging.tagtree import TagTree, read_tags
from viewer_app.progress import Watch
from viewer_app.report.atomic import replace_file
from viewer_app.session.workspace import Workspace
from viewer_app.sources.base import Source
from viewer_app.sources.header import plain_header_errors
from viewer_app.tasks import Lane, Task

_FOLDER = "Documents"
_LEFT_BEHIND_S = 24 * 3600.0

Failed = Callable[[CaliperError], None]


def want_tags(
    workspace: Workspace, instance: Instance, key: str, done: Callable[[TagTree], None], failed: Failed
) -> Task[TagTree] | None:
    """Read all attributes of an instance; a later wish with the same `key` replaces it."""
    source = workspace.source
    if source is None:
        return None
    return workspace.tasks.run(
        Lane.BROWSE, lambda watch: _tags(source, instance, watch), done=done, failed=failed, key=key
    )


def want_report(
    workspace: Workspace, instance: Instance, done: Callable[[StructuredReport], None], failed: Failed
) -> None:
    """Read a structured report; images are named as the opened source has them."""
    source, studies = workspace.source, workspace.contents.studies
    if source is None:
        return
    workspace.tasks.run(
        Lane.BROWSE, lambda watch: _report(source, instance, _names(studies), watch), done=done, failed=failed
    )


def want_document(
    workspace: Workspace, instance: Instance, folder: DocumentFolder, done: Callable[[Path], None], failed: Failed
) -> None:
    """Copy the PDF inside an instance into a new file of `folder`."""
    source = workspace.source
    if source is not None:
        workspace.tasks.run(
            Lane.BROWSE, lambda watch: _document(source, instance, folder, watch), done=done, failed=failed
        )


def save_document(workspace: Workspace, document: Path, target: Path, done: Callable[[], None]) -> None:
    """Put a copy of a document where the person wants it; an error goes to the workspace's `failed`."""
    workspace.tasks.run(
        Lane.BROWSE,
        lambda watch: replace_file(target, document.read_bytes()),
        done=lambda _: done(),
        must_finish=True,
    )


class DocumentFolder:
    """A folder of this run, for this user alone, inside Caliper's cache; `close` removes it and all in it."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._closed = False
        _remove_left_behind(cache_folder() / _FOLDER)

    def new_file(self) -> tuple[int, Path]:
        """A new empty file that only this user may read, open for writing: its handle and path."""
        if self._closed:
            raise Cancelled()
        if self._path is None:
            parent = cache_folder() / _FOLDER
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
        handle, name = tempfile.mkstemp(prefix="document-", suffix=".pdf", dir=self._path)
        return handle, Path(name)

    def close(self) -> None:
        """Remove what was written; a file another program still holds is removed by a later run."""
        self._closed = True
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
            self._path = None


def _remove_left_behind(parent: Path) -> None:
    """What a run that ended badly could not remove, a day later: it may still be open until then."""
    for path in parent.glob("run-*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_BEHIND_S:
                shutil.rmtree(path, ignore_errors=True)


def _tags(source: Source, instance: Instance, watch: Watch) -> TagTree:
    with plain_header_errors(), source.open(instance, watch) as file:
        return read_tags(file, watch).veiled(_tells(instance)).prepared()


def _report(source: Source, instance: Instance, names: Mapping[str, str], watch: Watch) -> StructuredReport:
    with plain_header_errors(), source.open(instance, watch) as file:
        return read_report(file, watch, names).veiled(_tells(instance))


def _tells(instance: Instance) -> Callable[[str], bool]:
    return telltales(instance.patient, instance.study).tell_in


def _document(source: Source, instance: Instance, folder: DocumentFolder, watch: Watch) -> Path:
    try:
        handle, path = folder.new_file()
    except OSError as error:
        why = error.strerror or "the disk failed"
        raise SourceError(f"The document cannot be unpacked: {why}.", "Free some space and try again.") from error
    try:
        with os.fdopen(handle, "wb") as target, plain_header_errors(), source.open(instance, watch) as file:
            write_pdf(file, target, watch)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _names(studies: tuple[Study, ...]) -> dict[str, str]:
    """What a person calls each instance, by SOP Instance UID."""
    return {instance.sop_instance_uid: instance_name(instance) for study in studies for instance in study.instances}


def instance_name(instance: Instance) -> str:
    """ "CT #2 Chest 1 mm, instance 12"; of what is no image, its kind: "SR #5 Findings, Comprehensive SR"."""
    if not is_image(instance):
        return f"{series_name(instance.series)}, {object_name(instance)}"
    number = "without a number" if instance.instance_number is None else instance.instance_number
    return f"{series_name(instance.series)}, instance {number}"


def series_name(series: SeriesInfo) -> str:
    """ "CT #2 Chest 1 mm"."""
    number = "" if series.number is None else f"#{series.number}"
    return " ".join(part for part in (series.modality, number, series.description) if part) or "Series"
