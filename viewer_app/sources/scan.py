"""Many files to one listing: every file is read, told as a problem, or counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

from viewer_app.errors import CaliperError, NotDicom, NothingToShow
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.imaging.objects import object_name
from viewer_app.imaging.reading.quiet import quiet_pydicom
from viewer_app.imaging.study import Same, assemble
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing
from viewer_app.sources.header import MediaDirectory, read_header

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be DICOM: its short name for people, the source's own word for it, bytes, how to open it."""

    name: str
    locator: str
    size_bytes: int
    open: Callable[[], BinaryIO]


@dataclass(slots=True)
class Findings:
    """What a scan has found so far."""

    instances: list[Instance] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    not_dicom: int = 0
    openers: dict[str, Callable[[], BinaryIO]] = field(default_factory=dict)

    def listing(self, place: str, watch: Watch) -> Listing:
        """The studies found; NothingToShow where there is no DICOM object. Files of one UID are compared."""
        if self.not_dicom:
            self.problems.append(Problem(place, f"{_files(self.not_dicom)} not DICOM."))
        if not self.instances:
            told = "; ".join(f"{problem.where}: {problem.why}" for problem in self.problems[:3])
            raise NothingToShow(f"There is no DICOM image in {place}. {told}".strip(), "Choose another place.")
        return Listing(assemble(self.instances, self._same(watch)), tuple(self.problems))

    def _same(self, watch: Watch) -> Same:
        def same(one: Instance, other: Instance) -> bool:
            if one.size_bytes != other.size_bytes or not {one.locator, other.locator} <= self.openers.keys():
                return False
            try:
                with self.openers[one.locator]() as left, self.openers[other.locator]() as right:
                    return _same_bytes(left, right, watch)
            except (OSError, CaliperError):
                watch.check()
                return False

        return same


def _same_bytes(left: BinaryIO, right: BinaryIO, watch: Watch) -> bool:
    while True:
        watch.check()
        here, there = left.read(_CHUNK), right.read(_CHUNK)
        if here != there or not here:
            return here == there


def _files(count: int) -> str:
    return "1 file is" if count == 1 else f"{count} files are"


def read_all(candidates: Sequence[Candidate], findings: Findings, watch: Watch) -> None:
    """Read every header, telling the progress in files."""
    with quiet_pydicom:
        for done, candidate in enumerate(candidates):
            watch.step(done, len(candidates), candidate.name)
            _read_one(candidate, findings, watch)
    watch.step(len(candidates), len(candidates))


def _read_one(candidate: Candidate, findings: Findings, watch: Watch) -> None:
    try:
        with candidate.open() as stream:
            instance = read_header(stream, watch, locator=candidate.locator, size_bytes=candidate.size_bytes)
    except NotDicom:
        # Hidden files belong to the system (.DS_Store and the like); only their images would matter.
        findings.not_dicom += not PurePath(candidate.name).name.startswith(".")
    except MediaDirectory:
        return
    except OSError as error:
        findings.problems.append(Problem(candidate.name, f"Cannot be opened: {error.strerror or 'reading failed'}."))
    except CaliperError as error:
        watch.check()
        findings.problems.append(Problem(candidate.name, str(error)))
    else:
        findings.instances.append(instance)
        findings.openers[candidate.locator] = candidate.open
        if why := _why_no_image(instance):
            findings.problems.append(Problem(candidate.name, why))


def _why_no_image(instance: Instance) -> str:
    """Why an object that is an image by its class cannot be one, so that it is not missed in silence; "" if it can."""
    if instance.pixel_format is None and (name := object_name(instance)).endswith(" Image"):
        return f"It is called a {name}, but it says nothing of pixels: it is cut short or damaged. Send it again."
    return ""


def printable(name: str) -> str:
    """A file name as plain text: undecodable bytes, control and bidirectional characters become "?"."""
    if name.isprintable():
        return name
    return "".join(character if character.isprintable() else "?" for character in name)
