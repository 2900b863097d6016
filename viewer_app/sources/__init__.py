"""Where studies come from: `open_source` makes a `Source` of a path or an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from viewer_app.errors import SourceError
from viewer_app.sources.base import Listing, Source
from viewer_app.sources.folder import FolderSource
from viewer_app.sources.zip import ZipSource

if TYPE_CHECKING:
    from viewer_app.sources.orthanc.address import Server
    from viewer_app.sources.orthanc.cache import Cache

Password = Callable[[str, str], str | None]
"""Asked for the password of (server URL, user); None where there is none to give."""

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

__all__ = ["FolderSource", "Listing", "Password", "Source", "ZipSource", "open_source"]


def open_source(
    text: str,
    *,
    password: Password | None = None,
    ca_file: Path | None = None,
    known: Callable[[Server], Server] | None = None,
    cache: Cache | None = None,
) -> Source:
    """The source that `text` names: a folder, a file, a zip archive, or a study on an Orthanc server.

    Addresses of servers are described in `sources/orthanc/address.py`. `password`
    is asked once, and only if the address names a user; `ca_file` names further
    authorities to trust for https, `cache` where files from servers are kept. `known` gives the server of an address
    with what else is known of it, a password included. Nothing is read before `find`, but a zip archive's list of
    members.

    Raises:
        SourceError: the text names no place that can be read.
    """
    from viewer_app.sources.orthanc import OrthancClient, OrthancSource, parse_address
    from viewer_app.sources.orthanc.address import is_address

    if not is_address(text):
        return _local(Path(text))
    address = parse_address(text)
    if not address.study:
        raise SourceError("The address names a server, but no study on it.", "Add #study= and its UID.")
    server = known(address.server) if known else replace(address.server, ca_file=ca_file)
    if password and server.user and not server.password:
        server = replace(server, password=password(server.url, server.user) or "")
    return OrthancSource(OrthancClient(server), address.study, cache)


def _local(path: Path) -> Source:
    """A DICOMDIR stands for its folder: what lies there counts, not what it lists."""
    if path.name.upper() == "DICOMDIR":
        path = path.parent
    return ZipSource(path) if _is_zip(path) else FolderSource(path)


def _is_zip(path: Path) -> bool:
    """By its first bytes; what cannot be opened is left to the folder to tell."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(4) in _ZIP_STARTS
    except (OSError, ValueError):
        return False
