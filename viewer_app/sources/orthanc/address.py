"""How a server, and a study on it, is written as one line of text.

    http://user@host:8042/#study=1.2.840.113619.2.1
    https://pacs.example/orthanc/#study=1.2.840.113619.2.1      behind a path prefix
    orthanc://user@host:8042/prefix?study=...                   the same as http://; orthancs:// is https://

`study` is a Study Instance UID or Orthanc's own ID. The line that Orthanc
Explorer shows for a study (`.../app/explorer.html#study?uuid=...`) works as
well, and what precedes a page of its other web interfaces is the server.
Passwords are never part of it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from viewer_app.errors import SourceError

_SCHEMES = {"http": "http", "https": "https", "orthanc": "http", "orthancs": "https"}
_STUDY = re.compile(r"(?:^|[?&/])(?:study|uuid|StudyInstanceUID)=([^&]*)")
# Pages of Orthanc's own web interfaces: what precedes them is the server.
_PAGES = re.compile(r"/(?:app/explorer\.html|ui/app(?:/.*)?|stone-webviewer/.*|ohif/viewer.*|dicom-web)/*$")

ORTHANC_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{8}){4}")
UID = re.compile(r"[0-9.]{1,64}")
PIN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Server:
    """Where Orthanc answers and as whom: `url` has the path prefix and no trailing slash.

    `ca_file` names further authorities to trust (PEM); `pin` is the only certificate to trust
    instead, by the SHA-256 of its DER bytes (64 lower-case hexadecimal digits, see `parse_pin`).
    `use_proxy`: ask through the system's proxy. `name` is what the user calls the server.
    The password is never part of a repr, an address or a log.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    pin: str = ""
    use_proxy: bool = False
    name: str = ""

    @property
    def title(self) -> str:
        """Host, port and prefix."""
        return self.url.partition("://")[2]

    @property
    def is_secure(self) -> bool:
        """It is asked by https."""
        return self.url.startswith("https://")

    @property
    def is_local(self) -> bool:
        """It is this computer itself: what is sent there leaves no network card."""
        host = urlsplit(self.url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or _is_loopback(host)

    @property
    def warning(self) -> str:
        """What to tell before the password is sent; "" where there is nothing to tell."""
        if not self.user or self.is_secure or self.is_local:
            return ""
        return "User and password would travel unencrypted, for everybody on the way to read: ask IT for https."


@dataclass(frozen=True, slots=True)
class StudyAddress:
    """A study on a server; `study` is a Study Instance UID, an Orthanc ID, or "" for none."""

    server: Server
    study: str = ""

    def __str__(self) -> str:
        scheme, _, rest = self.server.url.partition("://")
        user = f"{quote(self.server.user, safe='')}@" if self.server.user else ""
        return f"{scheme}://{user}{rest}/" + (f"#study={self.study}" if self.study else "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_pin(text: str) -> str:
    """The digest of a certificate as `Server.pin` holds it, from AB:CD:… or bare digits; "" for none.

    Raises:
        SourceError: it is no SHA-256.
    """
    digits = re.sub(r"[\s:]", "", text).lower()
    if digits and not PIN.fullmatch(digits):
        raise SourceError(
            "This is no SHA-256 fingerprint of a certificate.", "Copy its 64 digits, 0 to 9 and A to F, again."
        )
    return digits


def is_address(text: str) -> bool:
    """True where `text` is meant as a server's address rather than a path."""
    return text.partition("://")[0].strip().lower() in _SCHEMES and "://" in text


def parse_address(text: str) -> StudyAddress:
    """Read an address as described above.

    Raises:
        SourceError: it is none, or it holds a password.
    """
    parts = _split(text.strip())
    if parts.password is not None:
        raise SourceError(
            "The address holds a password, which would be stored and shown with it.",
            "Leave the password out; Caliper asks for it.",
        )
    prefix = _PAGES.sub("", parts.path).rstrip("/")
    url = f"{_SCHEMES[parts.scheme]}://{parts.netloc.rpartition('@')[2]}{prefix}"
    return StudyAddress(Server(url, unquote(parts.username or "")), _study(f"?{parts.query}&{parts.fragment}"))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        known = parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known or not text.isprintable() or ".." in text.partition("#")[0]:
        raise SourceError(
            "This is not the address of a server.", "Write it like http://user@host:8042/#study=1.2.840.1 ."
        )
    return parts


def _study(options: str) -> str:
    found = _STUDY.search(options)
    study = unquote(found.group(1)) if found else ""
    if study and not (UID.fullmatch(study) or ORTHANC_ID.fullmatch(study)):
        raise SourceError("The study in the address is neither a UID nor an Orthanc ID.", "Copy the address again.")
    return study
