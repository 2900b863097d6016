"""What an error of a first connection means for the person who wrote the address: one sentence, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import (
    AuthFailed,
    BadResponse,
    Forbidden,
    OrthancError,
    OrthancNotFound,
    Redirected,
    Refused,
    Stalled,
    TlsError,
    Unreachable,
    WebPage,
    Why,
)
from viewer_app.sources.orthanc.look import Speech, port_of, spoken_at
from viewer_app.sources.orthanc.transport import Patience

if TYPE_CHECKING:
    from viewer_app.sources.orthanc.connection import Stage

Words = tuple[str, str]
_COMMON_PREFIX = "/orthanc"
_QUICK = Patience(connect_s=3, silence_s=3, pool_s=3, pauses_s=())

_STAGES: tuple[tuple[type[CaliperError], Stage], ...] = (
    (TlsError, "certificate"),
    (AuthFailed, "sign-in"),
    (Forbidden, "sign-in"),
    (Redirected, "answer"),
    (OrthancNotFound, "answer"),
    (BadResponse, "Orthanc"),
)
_STAGES_OF_SILENCE: dict[Why, Stage] = {"name": "name", "refused": "connection", "silent": "connection"}


def stage_of(error: OrthancError) -> Stage:
    """The stage of a test that did not come to pass."""
    if isinstance(error, Unreachable):
        return _STAGES_OF_SILENCE.get(error.reason, "answer")
    return next((stage for kind, stage in _STAGES if isinstance(error, kind)), "answer")


def explained(error: OrthancError, server: Server, watch: Watch, probe_s: float = 1.5) -> Words:
    """What happened, and what to do; looks again, without user and password, where that tells more.

    Each of these looks takes `probe_s` seconds at most.
    """
    if _may_speak_otherwise(error, server) and (words := _speech(server, watch, probe_s)):
        return words
    for kind, explain in _EXPLAIN:
        if isinstance(error, kind):
            return explain(error, server, watch)
    return error.what, error.advice


def _may_speak_otherwise(error: OrthancError, server: Server) -> bool:
    """Behind a proxy the port cannot be looked at."""
    if server.use_proxy:
        return False
    if isinstance(error, Unreachable):
        return error.broke
    if isinstance(error, TlsError):
        return error.reason == "not_tls"
    return type(error) in (Refused, Stalled)


def _speech(server: Server, watch: Watch, probe_s: float) -> Words | None:
    """Words for a port that speaks something else than the address says."""
    speech: Speech = spoken_at(server, timeout_s=probe_s, watch=watch)
    port, rest = port_of(server), server.title
    if speech == "https" and not server.is_secure:
        return f"Port {port} speaks https, but the address says http.", f"Write https://{rest}."
    if speech == "http" and server.is_secure:
        return (
            f"Port {port} speaks http, but the address says https.",
            f"Ask IT for the port of https, or write http://{rest} where nobody else can listen.",
        )
    if speech == "dicom":
        return (
            f"Port {port} is the server's DICOM port, but Caliper asks by HTTP.",
            "Write the server's HTTP port; it is 8042 unless its administrator changed it.",
        )
    return None


def _unreachable(error: Unreachable, server: Server, watch: Watch) -> Words:
    host, port = urlsplit(server.url).hostname, port_of(server)
    if server.use_proxy:
        return error.what, "Check the address, and ask IT about the system's proxy or do without it."
    words: dict[Why, Words] = {
        "name": (
            f"The name {host} is not known on this network.",
            "Check how it is written, and that the VPN is on if one is needed.",
        ),
        "refused": (
            f"Nothing listens at port {port} of {host}.",
            "Check that Orthanc runs, and its HTTP port, which is 8042 unless it was changed.",
        ),
        "silent": (
            f"{host} does not answer at port {port}.",
            "Check the address, the VPN if one is needed, and ask IT about firewalls.",
        ),
    }
    return words.get(error.reason, (error.what, error.advice))


def _not_signed_in(error: AuthFailed, server: Server, watch: Watch) -> Words:
    if not server.user or not server.password:
        missing = "a user and a password" if not server.user else f"the password of {server.user}"
        return f"The server asks for {missing}.", "Enter what is missing and try again."
    if server.is_local:
        return "The server refuses this user and password.", "Check both; small and capital letters differ."
    return (
        "The server refuses this user and password, or lets in nobody from another computer.",
        "Check both; if they are right, ask its administrator whether RemoteAccessAllowed is on.",
    )


def _not_found(error: OrthancNotFound, server: Server, watch: Watch) -> Words:
    what = "The server answers, but there is no Orthanc at this path."
    prefix = urlsplit(server.url).path
    if prefix:
        return what, f"Check {prefix}, with its small and capital letters, or leave it out."
    if _is_orthanc(replace(server, url=server.url + _COMMON_PREFIX), watch):
        return what, f"Write {server.url}{_COMMON_PREFIX}, where one answers."
    return what, f"Ask for what follows the port in its address, as in {server.url}{_COMMON_PREFIX}."


def _is_orthanc(server: Server, watch: Watch) -> bool:
    """Asked as nobody: passwords go only where the user sent them."""
    try:
        with OrthancClient(replace(server, user="", password=""), _QUICK) as client:
            return client.get_server_info(watch=watch).version > (0, 0, 0)
    except AuthFailed:
        return True
    except OrthancError:
        return False


def _redirected(error: Redirected, server: Server, watch: Watch) -> Words:
    target, own = urlsplit(error.target), urlsplit(server.url)
    if target.scheme == "https" and own.scheme == "http" and target.hostname == own.hostname:
        port = f":{target.port}" if target.port else ""
        return "The server wants to be asked by https.", f"Write https://{own.hostname}{port}{own.path}."
    return error.what, "If that is a login page, ask IT for an address of Orthanc that user and password suffice for."


def _page(error: WebPage, server: Server, watch: Watch) -> Words:
    return (
        "A web page came instead of data, perhaps the login page of a proxy.",
        "Ask IT for an address of Orthanc that user and password suffice for, and check its path.",
    )


_EXPLAIN: tuple[tuple[type[OrthancError], Callable[..., Words]], ...] = (
    (Unreachable, _unreachable),
    (AuthFailed, _not_signed_in),
    (OrthancNotFound, _not_found),
    (Redirected, _redirected),
    (WebPage, _page),
)
