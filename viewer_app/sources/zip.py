"""Studies in a zip archive, read where they lie: no member's name ever becomes a path."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from viewer_app.errors import AccessDenied, CaliperError, DamagedPixels, NotFound, SourceError
from viewer_app.imaging.headers import Instance, Problem
from viewer_app.progress import Watch
from viewer_app.sources.base import Listing
from viewer_app.sources.header import check_unchanged
from viewer_app.sources.scan import Candidate, Findings, printable, read_all

_MOST_MEMBERS = 200_000
_MOST_BYTES = 64 << 30
_HIGHEST_RATIO = 1000
_IN_MEMORY = 16 << 20
_CHUNK = 1 << 20
_ENCRYPTED = 0x1


class ZipSource:
    """The members of one archive. Archives inside the archive are not opened. Locators are member indices."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        with _plain_errors(self.title):
            self._archive = zipfile.ZipFile(self._path)

    @property
    def title(self) -> str:
        """The archive's file name."""
        return printable(self._path.name)

    @property
    def address(self) -> str:
        """The archive's absolute path."""
        return str(self._path)

    def find(self, watch: Watch) -> Listing:
        """Read the headers of all members; SourceError where the archive is no honest one."""
        members = self._archive.infolist()
        _check_size(members)
        findings = Findings()
        read_all(list(self._candidates(members, findings)), findings, watch)
        return findings.listing(self.title, watch)

    def open(self, instance: Instance, watch: Watch) -> BinaryIO:
        """The unpacked member, in memory or an unnamed temporary file; zip's own checksum is verified."""
        target = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the caller closes it
        try:
            with _plain_errors(self.title), self._open_member(self._member(instance)) as packed:
                while chunk := packed.read(_CHUNK):
                    watch.check()
                    target.write(chunk)
            target.seek(0)
            check_unchanged(target, instance, watch, self.title)
        except BaseException:
            target.close()
            raise
        return target

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def _member(self, instance: Instance) -> zipfile.ZipInfo:
        try:
            return self._archive.infolist()[int(instance.locator)]
        except (ValueError, IndexError) as error:
            raise NotFound("The image is not in the archive.", "Open the archive again.") from error

    def _candidates(self, members: list[zipfile.ZipInfo], findings: Findings) -> Iterator[Candidate]:
        for index, member in enumerate(members):
            name = printable(member.filename)
            mode = member.external_attr >> 16
            if _is_folder(member) or stat.S_ISLNK(mode):
                continue
            if reason := _refusal(member):
                findings.problems.append(Problem(name, reason))
            else:
                yield Candidate(name, str(index), member.file_size, partial(self._open_member, member))

    def _open_member(self, member: zipfile.ZipInfo) -> BinaryIO:
        with _plain_errors(printable(member.filename)):
            return cast(BinaryIO, self._archive.open(member))


def _is_folder(member: zipfile.ZipInfo) -> bool:
    """Python's own `is_dir` fails for a name that is empty."""
    return member.filename.endswith("/")


def _refusal(member: zipfile.ZipInfo) -> str:
    """Why a member is not opened at all; "" where nothing speaks against it."""
    if member.flag_bits & _ENCRYPTED:
        return "It is protected with a password; unpack the archive first."
    if member.file_size > _HIGHEST_RATIO * max(member.compress_size, 1):
        return "It would unpack to more than a thousand times its size and is not opened."
    if member.filename.lower().endswith(".zip"):
        return "Archives inside an archive are not opened; unpack it first."
    return ""


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_BYTES:
        raise SourceError("The archive is larger than Caliper opens.", "Unpack it and open the folder.")
    if members and all(member.flag_bits & _ENCRYPTED for member in members if not _is_folder(member)):
        raise AccessDenied("The archive is protected with a password.", "Unpack it and open the folder.")


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    """zipfile lets many families out; a member's declared sizes and checksum are verified by it."""
    try:
        yield
    except CaliperError:
        raise
    except FileNotFoundError as error:
        raise NotFound(f"{name} is not there.", "Check the path, or whether the medium is connected.") from error
    except PermissionError as error:
        raise AccessDenied(f"{name} may not be read.", "Ask its owner for permission to read.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedPixels(f"{name} is damaged or no zip archive.", "Copy it again from where it came.") from error
    except Exception as error:
        raise SourceError(f"{name} cannot be unpacked ({type(error).__name__}).", "Unpack it by hand.") from error
