"""Testing a connection from the address to the version, and what came of it in words."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.address import Server, parse_address
from viewer_app.sources.orthanc.certificate import Certificate
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import BadResponse, OrthancError
from viewer_app.sources.orthanc.explained import explained, stage_of
from viewer_app.sources.orthanc.look import look_at_certificate
from viewer_app.sources.orthanc.model import OLDEST_VERSION, ServerInfo, StudyQuery
from viewer_app.sources.orthanc.pool import proxy_of
from viewer_app.sources.orthanc.transport import Patience

Stage = Literal["address", "name", "connection", "certificate", "answer", "sign-in", "Orthanc", "version"]
STAGES: tuple[Stage, ...] = (
    "address", "name", "connection", "certificate", "answer", "sign-in", "Orthanc", "version",
)  # fmt: skip
PATIENCE = Patience(connect_s=5, silence_s=10, pool_s=10, pauses_s=())
_SOON = timedelta(days=30)
_SLOW_S = 2.0
_PROBE_S = 1.5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """How far a test came. `what` and `advice` are one sentence each, "" where all is well.

    `server` is as it was understood: pages of web interfaces are taken off its address.
    `failed` is the stage that was not passed; `notes` are sentences to tell in any case;
    `certificate` is what an https server shows, trusted or not, so that it can be pinned.
    """

    server: Server
    failed: Stage | None = None
    what: str = ""
    advice: str = ""
    notes: tuple[str, ...] = ()
    info: ServerInfo | None = None
    plugins: tuple[str, ...] = ()
    certificate: Certificate | None = None
    seconds: float = 0.0
    error: CaliperError | None = None

    @property
    def ok(self) -> bool:
        """Studies can be opened from it."""
        return self.failed is None

    @property
    def passed(self) -> tuple[Stage, ...]:
        """The stages before the one that failed; http has no certificate."""
        end = STAGES.index(self.failed) if self.failed else len(STAGES)
        return tuple(stage for stage in STAGES[:end] if stage != "certificate" or self.server.is_secure)


def test_connection(server: Server, watch: Watch | None = None, *, patience: Patience = PATIENCE) -> ConnectionReport:
    """Ask `server` who it is, and explain what is in the way; never raises.

    User and password go only to the address given, over a connection that is trusted as the server's
    settings say, and not again once they were refused. `watch` is told each stage that is known to be reached.
    Takes some seconds where nobody answers: not for the UI thread.
    """
    watch, start = watch or Watch(), time.monotonic()
    try:
        report = _tested(server, watch, patience)
    except CaliperError as error:  # the address itself, or a cancel
        report = ConnectionReport(server, "address", error.what, error.advice, error=error)
    except Exception:
        _log.exception("testing a connection failed")
        report = ConnectionReport(
            server, "answer", "The connection could not be tested.", "Look into the log, and tell us about it."
        )
    return replace(report, seconds=time.monotonic() - start)


test_connection.__test__ = False  # type: ignore[attr-defined]  # pytest takes it for a test of its own


def _tested(given: Server, watch: Watch, patience: Patience) -> ConnectionReport:
    url = parse_address(given.url).server.url
    server = replace(given, url=url)
    _begin("name", watch)
    shown = ConnectionReport(server, notes=_notes_before(given, server))
    with OrthancClient(server, patience) as client:
        try:
            if server.is_secure:
                shown = replace(shown, certificate=_certificate(server, watch, patience))
                _begin("certificate", watch)
            shown = _judged(replace(shown, info=client.get_server_info(watch=watch)))
            return _rounded_off(shown, client, watch) if shown.ok else shown
        except OrthancError as error:
            what, advice = explained(error, server, watch, min(_PROBE_S, patience.silence_s))
            return replace(shown, failed=stage_of(error), what=what, advice=advice, error=error)


def _begin(stage: Stage, watch: Watch) -> None:
    """Tell which stage has been reached; those before it are passed."""
    watch.step(STAGES.index(stage), len(STAGES), stage)


def _certificate(server: Server, watch: Watch, patience: Patience) -> Certificate | None:
    """None where it cannot be read: whether it can be trusted is not decided here."""
    with suppress(BadResponse):
        return look_at_certificate(server, timeout_s=patience.silence_s, watch=watch)
    return None


def _rounded_off(report: ConnectionReport, client: OrthancClient, watch: Watch) -> ConnectionReport:
    plugins, note = _plugins(client, watch)
    notes = (*report.notes, *_notes_after(report), *note, *_sums(client, watch))
    return replace(report, plugins=plugins, notes=notes)


def _plugins(client: OrthancClient, watch: Watch) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The plugins, and a note where they cannot be known: they are no reason to refuse a server."""
    start = time.monotonic()
    try:
        found = client.health_check(watch=watch).plugins
    except OrthancError:
        return (), ("The server does not tell its plugins.",)
    slow = time.monotonic() - start > _SLOW_S
    return found, ("The server answers slowly.",) if slow else ()


def _sums(client: OrthancClient, watch: Watch) -> tuple[str, ...]:
    """A note where the server has an image and tells no MD5 of it."""
    with suppress(OrthancError):
        for study in client.search_studies(StudyQuery(), limit=1, watch=watch).studies:
            for series in client.get_series(study.id, watch=watch)[:1]:
                if not all(client.get_file_md5(one, watch=watch) for one in series.instance_ids[:1]):
                    return ("The server tells no checksums: images from it are checked by length and header only.",)
    return ()


def _judged(report: ConnectionReport) -> ConnectionReport:
    info = report.info
    assert info is not None
    if info.version == (0, 0, 0):
        return replace(
            report,
            failed="Orthanc",
            what="What answers here is not Orthanc.",
            advice="Check address and port; other servers cannot be asked.",
        )
    if not info.is_supported:
        oldest = ".".join(map(str, OLDEST_VERSION))
        return replace(
            report,
            failed="version",
            what=f"This is Orthanc {info.version_text}, which is older than Caliper can verify images from.",
            advice=f"Ask its administrator for version {oldest} or newer.",
        )
    return report


def _notes_before(given: Server, server: Server) -> tuple[str, ...]:
    proxy = proxy_of(server)
    found = (
        (server.url != given.url, f"The address was shortened to {server.url}."),
        (bool(server.warning), server.warning),
        (proxy is not None, f"Asked through the system's proxy {proxy.hostname if proxy else ''}."),
        (server.use_proxy and proxy is None, "The system has no proxy for this address; it is asked directly."),
    )
    return tuple(text for holds, text in found if holds)


def _notes_after(report: ConnectionReport) -> tuple[str, ...]:
    server = report.server
    found = (
        (report.info is not None and report.info.read_only, "The server is read-only: nothing can be sent to it."),
        (
            not (server.user or server.is_local),
            "The server asks for no password: everybody who reaches it can read its studies.",
        ),
    )
    return (*(text for holds, text in found if holds), *_validity(report.certificate, bool(server.pin)))


def _validity(certificate: Certificate | None, pinned: bool) -> tuple[str, ...]:
    """An authority's certificate that has ended never comes so far: only a pinned one does."""
    if certificate is None:
        return ()
    now, ends = datetime.now(UTC), f"{certificate.ends:%Y-%m-%d}"
    if pinned and now > certificate.ends:
        return (f"The pinned certificate expired on {ends}; it is still exactly the pinned one.",)
    if pinned and now < certificate.starts:
        return (f"The pinned certificate is not valid before {certificate.starts:%Y-%m-%d}.",)
    if certificate.ends - now < _SOON:
        return (f"The server's certificate expires on {ends}: tell its administrator.",)
    return ()
