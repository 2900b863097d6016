"""What can go wrong with a server, as one family.

OrthancError (SourceError)
├── Unreachable              nobody answers, the connection broke, or a proxy cannot reach Orthanc
├── TlsError                 no trusted connection: .reason is one of TlsReason
├── AuthFailed               401: wrong user or password (also AccessDenied)
├── Forbidden                403: this user may not do that (also AccessDenied)
├── OrthancNotFound          404: the study, series or instance is gone (also NotFound)
├── Conflict                 409: somebody else changed it
├── TooLarge                 413, or an answer beyond what Caliper takes
├── ServerError              Orthanc says it failed; .details are for the log only
├── BadResponse              an answer that is not what Orthanc sends
│   ├── WebPage              a page for people, as the login of a proxy
│   └── Redirected           it sends us elsewhere, which is not followed; .target says where
├── DeletionOff              nothing is deleted on servers unless that was switched on
├── Integrity                the bytes are not those of the instance asked for
└── Stalled                  the server went silent, or drips
"""

from __future__ import annotations

import json
from typing import Literal
from urllib.parse import urlsplit

from viewer_app.errors import AccessDenied, NotFound, SourceError

TlsReason = Literal["unknown_ca", "hostname", "expired", "not_tls", "pin_mismatch", "other"]
Why = Literal["name", "refused", "silent", "broken", "not_http", "behind"]


class OrthancError(SourceError):
    """`retries`: how often a repeatable request is tried again after it; `wait_s`: when the server said so."""

    retries = 0
    wait_s = 0.0


class Unreachable(OrthancError):
    """Nobody answers, the connection broke, or a proxy cannot reach Orthanc.

    `reason`: its name is not known, the port is closed, nobody answers in time, the connection broke,
    what answers speaks no HTTP, or a proxy answers for an Orthanc that does not.
    """

    retries = 3
    ends_source = True
    passes = True

    def __init__(self, what: str, advice: str = "", *, reason: Why = "behind") -> None:
        super().__init__(what, advice)
        self.reason = reason

    @property
    def broke(self) -> bool:
        """There was a connection, and it ended without an answer: the next one may serve at once."""
        return self.reason in ("broken", "not_http")


class TlsError(OrthancError):
    """No trusted connection; `reason` says which kind of distrust."""

    ends_source = True

    def __init__(self, reason: TlsReason) -> None:
        super().__init__(*_TLS[reason])
        self.reason = reason


_TLS: dict[TlsReason, tuple[str, str]] = {
    "unknown_ca": (
        "The server's certificate is not signed by an authority this computer trusts.",
        "Ask IT for the authority's file and choose it for this server, or pin the certificate after comparing it.",
    ),
    "hostname": ("The server's certificate is for another name.", "Use the name the certificate was made for."),
    "expired": ("The server's certificate has expired or is not valid yet.", "Check this computer's date; ask IT."),
    "not_tls": ("The server does not speak https at this port.", "Check port and http or https in the address."),
    "pin_mismatch": (
        "The server shows another certificate than the pinned one; no password was sent.",
        "Ask IT whether the certificate was renewed; only then look at the new one and pin it.",
    ),
    "other": ("No secure connection could be made.", "Ask IT whether the server's TLS settings are current."),
}


class AuthFailed(OrthancError, AccessDenied):
    """401. Never tried again by itself: accounts get locked."""

    ends_source = True


class Forbidden(OrthancError, AccessDenied):
    """403: this user may not do that."""


class OrthancNotFound(OrthancError, NotFound):
    """404: the study, series or instance is gone."""


class Conflict(OrthancError):
    """409: somebody else changed it."""


class TooLarge(OrthancError):
    """413, or an answer beyond what Caliper takes."""


class ServerError(OrthancError):
    """Orthanc says it failed. `details` may hold the server's paths: for the log only."""

    retries = 1

    def __init__(self, what: str, advice: str = "", *, details: str = "") -> None:
        super().__init__(what, advice)
        self.details = details


class Refused(ServerError):
    """400, 415 and their like: the same request would be refused again."""

    retries = 0


class BadResponse(OrthancError):
    """An answer that is not what Orthanc sends."""


class WebPage(BadResponse):
    """A page for people came instead of data."""

    def __init__(self) -> None:
        super().__init__(
            "The server answered with a web page, perhaps the login of a proxy.", "Check that the address is Orthanc's."
        )


class Redirected(BadResponse):
    """The server sends us to another address, which is not followed; `target` is that address."""

    def __init__(self, target: str) -> None:
        self.target = target if _host(target) else ""
        super().__init__(
            f"The server sends us on to {_host(target) or 'another page'}, which is not followed.",
            "Write the address as the server wants it, with its prefix.",
        )


def _host(target: str) -> str:
    """Scheme and host of where a stranger wants us; "" where it names none."""
    try:
        parts = urlsplit(target)
        usable = bool(parts.hostname) and parts.port != 0 and target.isprintable()
    except ValueError:
        usable = False
    return f"{parts.scheme}://{parts.hostname}"[:260] if usable else ""


class DeletionOff(OrthancError):
    """Nothing is deleted on servers unless that was switched on; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(
            "Deleting on servers is switched off, and nothing was deleted.", "Use the server's own web interface."
        )


class Integrity(OrthancError):
    """The bytes are not those of the instance asked for."""

    retries = 1


class Stalled(OrthancError):
    """The server went silent, or drips."""

    ends_source = True
    passes = True


_BY_STATUS: dict[int, tuple[type[OrthancError], str, str]] = {
    401: (
        AuthFailed,
        "The server refuses this user and password.",
        "Check both. A server that accepts only local connections answers the same: then ask its administrator.",
    ),
    403: (Forbidden, "The server does not allow this to this user.", "Ask its administrator for the right."),
    404: (OrthancNotFound, "It is not on the server any more.", "Refresh the list of studies."),
    407: (Forbidden, "The system's proxy asks for a password of its own.", "Ask IT, or do without the proxy."),
    409: (Conflict, "Somebody else changed it on the server.", "Refresh and try again."),
    429: (Unreachable, "The server is asked too often.", "Try again in a moment."),
    413: (TooLarge, "The server or a proxy in front of it does not take a file this large.", "Ask its administrator."),
    502: (Unreachable, "A proxy answers, but the Orthanc behind it does not.", "Try again in a moment."),
    503: (Unreachable, "The server is too busy to answer.", "Try again in a moment."),
    504: (Unreachable, "A proxy answers, but the Orthanc behind it does not in time.", "Try again in a moment."),
}


def error_of(status: int, body: bytes) -> OrthancError:
    """The error that an answer of status 400 or above stands for; `body` is its beginning."""
    if status in _BY_STATUS:
        kind, what, advice = _BY_STATUS[status]
        return kind(what, advice)
    message, details = _orthanc_words(body)
    kind_of_server = ServerError if status >= 500 else Refused
    told = f": {message}" if message else ""
    return kind_of_server(
        f"The server answered with error {status}{told}.", "Try again; then ask its administrator.", details=details
    )


def _orthanc_words(body: bytes) -> tuple[str, str]:
    """Message and Details of Orthanc's error body, which is JSON whatever its Content-Type says, or empty."""
    try:
        said = json.loads(body)
        return str(said.get("Message", ""))[:200], str(said.get("Details", ""))[:2000]
    except (ValueError, AttributeError, RecursionError):
        return "", ""
