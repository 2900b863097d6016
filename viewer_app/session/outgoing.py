"""What goes out to a server, file by file, and what became of it. No window, no state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from viewer_app.errors import CaliperError, Cancelled, SourceError
from viewer_app.imaging.headers import Instance
from viewer_app.imaging.study import Study
from viewer_app.progress import Step, Watch
from viewer_app.report import Report, write_report
from viewer_app.sources import FolderSource, Source, ZipSource
from viewer_app.sources.orthanc import OrthancClient, Server
from viewer_app.sources.orthanc.sending import Sent, send

# As many files wait in the temporary folder as take this, so that a disk need not hold the study twice.
_BATCH_BYTES = 64 << 20
_UNVERIFIED = (
    "Its MD5 there is not that of the file: the server keeps none, changes what it stores, or had another file "
    "with the same UIDs."
)
_REPORT_NAME = "measurements.dcm"
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files: numbers, and the name and reason of each that did not go.

    `unverified` are those whose MD5 on the server is not known to be the file's.
    """

    server: str
    stored: int = 0
    already: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    unverified: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All of it in a sentence or two."""
        there = "there" if self.stored else f"on {self.server}"
        parts = (
            f"{_files(self.stored)} stored on {self.server}" if self.stored else "",
            f"{_files(self.already)} {there} already" if self.already else "",
            f"{_files(len(self.refused))} not sent" if self.refused else "",
        )
        return f"{', '.join(filter(None, parts))}. {self._proof}".strip()

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Name and words of each file that needs a look."""
        return (*self.refused, *((name, _UNVERIFIED) for name in self.unverified))

    @property
    def _proof(self) -> str:
        went = self.stored + self.already
        if not self.unverified:
            return f"{'The others' if self.refused else 'All'} verified by MD5." if went else ""
        return f"{_files(went - len(self.unverified))} verified by MD5, {len(self.unverified)} not."

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.server,
            self.stored + other.stored,
            self.already + other.already,
            self.refused + other.refused,
            self.unverified + other.unverified,
        )


def send_study(server: Server, source: Source, study: Study, watch: Watch) -> Outcome:
    """Send every file of a study; `watch` is told bytes. Raises what `sending.send` raises.

    Copies out of the source, each checked to be what was listed, go out batch by batch.
    """
    total = sum(instance.size_bytes for instance in study.instances)
    outcome, gone, number = Outcome(server.name or server.title), 0, count(1)
    with _of_its_own(source) as own, OrthancClient(server) as client:
        for batch in _batches(study.instances):
            with TemporaryDirectory(prefix="caliper-") as folder:
                names, refused = _copied(own, batch, Path(folder), number, watch)
                told = replace(watch, report=_beyond(watch, gone, total))
                outcome += _outcome(server, send(client, names, told), names)
            outcome = replace(outcome, refused=outcome.refused + refused)
            gone += sum(instance.size_bytes for instance in batch)
    return outcome


def send_report(server: Server, report: Report, watch: Watch) -> Outcome:
    """Send a report as a DICOM file of its own. Raises ReportError, and what `sending.send` raises."""
    with TemporaryDirectory(prefix="caliper-") as folder, OrthancClient(server) as client:
        path = Path(folder) / _REPORT_NAME
        write_report(report, path)
        return _outcome(server, send(client, [path], watch), {path: _REPORT_NAME})


def _of_its_own(source: Source) -> AbstractContextManager[Source]:
    """An archive is opened once more: the window may open another place meanwhile and close this one."""
    return closing(ZipSource(source.address)) if isinstance(source, ZipSource) else nullcontext(source)


def _batches(instances: Sequence[Instance]) -> Iterator[list[Instance]]:
    batch: list[Instance] = []
    size = 0
    for instance in instances:
        batch.append(instance)
        size += instance.size_bytes
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _copied(
    source: Source, batch: Sequence[Instance], folder: Path, number: Iterator[int], watch: Watch
) -> tuple[dict[Path, str], tuple[tuple[str, str], ...]]:
    """Copies of a batch with the names a person knows them by, and what could not be read with the reason."""
    names: dict[Path, str] = {}
    refused = []
    for instance, place in zip(batch, number, strict=False):
        name = _name(source, instance)
        path = folder / str(place) / Path(name).name
        try:
            with source.open(instance, watch) as stream:
                path.parent.mkdir()
                with path.open("xb") as copy:
                    copyfileobj(stream, copy)
        except OSError as error:
            what = f"The temporary folder cannot be written: {error.strerror}."
            raise SourceError(what, "Free some space on the disk.") from error
        except CaliperError as error:
            if isinstance(error, Cancelled) or (isinstance(error, SourceError) and error.ends_source):
                raise
            refused.append((name, str(error)))
        else:
            names[path] = name
    return names, tuple(refused)


def _name(source: Source, instance: Instance) -> str:
    """Its path in the folder; elsewhere, where locators tell a person nothing, its SOP Instance UID."""
    if isinstance(source, FolderSource):
        return instance.locator
    uid = instance.sop_instance_uid
    return f"{uid}.dcm" if _UID.fullmatch(uid) else "image.dcm"


def _outcome(server: Server, sent: Sent, names: Mapping[Path, str]) -> Outcome:
    return Outcome(
        server.name or server.title,
        len(sent.stored),
        len(sent.already),
        tuple((names[path], why) for path, why in sent.refused),
        tuple(names[path] for path in sent.unverified),
    )


def _beyond(watch: Watch, gone: int, total: int) -> Callable[[Step], None]:
    """Progress of one batch as progress of all."""
    return lambda step: watch.report(Step(gone + step.done, total, "Sending"))


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
