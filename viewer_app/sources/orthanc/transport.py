"""The one HTTP client: what goes to the server, and what is let in.

Settings follow measurements with Orthanc 1.10 to 1.13: identity encoding (with
gzip an old server is 25 times slower), connections idle for 0.8 s at most
(Orthanc drops them after 1 s), no redirects, no proxy unless the server's settings say so.
Credentials are in one header only: never in a URL, a log or a repr.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

import httpcore
import httpx

from viewer_app.errors import Cancelled, SourceError
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.errors import (
    AuthFailed,
    BadResponse,
    OrthancError,
    Redirected,
    TooLarge,
    Unreachable,
)
from viewer_app.sources.orthanc.errors import error_of as error_of_answer
from viewer_app.sources.orthanc.held import LARGEST_HELD, Held
from viewer_app.sources.orthanc.pace import Pace, Tries, retry_after_s
from viewer_app.sources.orthanc.pool import pool_of, proxy_of
from viewer_app.sources.orthanc.straight import NotPlain, Reply, Straight, cut_short
from viewer_app.sources.orthanc.trust import context_of
from viewer_app.sources.orthanc.wire import Wire

JSON_CAP = 64 << 20
FILE_CAP = 2 << 30
_ERROR_CAP = 64 << 10
_LONGEST_TARGET = 2000
_IN_MEMORY = 16 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds; `pauses_s` lie between the tries of a repeatable request.

    Where a connection broke, one more try comes `at_once`, on another connection: a server may end one that waits
    just as it is used. A busy server may ask for a longer pause (Retry-After): it is kept up to `longest_wait_s`.
    """

    connect_s: float = 5
    silence_s: float = 30
    pool_s: float = 120
    quick_s: float = 5
    slowest_bytes_per_s: int = 1024
    window_s: float = 30
    pauses_s: tuple[float, ...] = (0.5, 1, 2)
    longest_wait_s: float = 10
    at_once: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `content` gives the body anew for each try. Orthanc's reads by POST are repeatable too.

    A `quick` one is tried once, and waits for `Patience.quick_s` at most; one with `tries_once` is not repeated. A
    `bare` one is a GET of nothing but its path: large answers to it come the straight way.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Callable[[], bytes | Iterator[bytes]] = bytes
    cap: int = JSON_CAP
    quick: bool = False
    bare: bool = False
    tries_once: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of status 2xx. `body` is at its first byte; whoever takes it closes it."""

    headers: Mapping[str, str]
    body: BinaryIO
    size: int


class Transport:
    """Sends requests from any thread; after a 401 it sends none any more (accounts get locked)."""

    def __init__(self, server: Server, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._wire = Wire()
        self._rejected: AuthFailed | None = None
        context, credentials = context_of(server), httpx.BasicAuth(server.user, server.password)
        self._client = httpx.Client(
            base_url=server.url,
            auth=credentials if server.user else None,
            headers={"Accept-Encoding": "identity", "User-Agent": "Caliper"},
            transport=_Pool(pool_of(server, self._wire, context)),
            timeout=httpx.Timeout(
                self._patience.silence_s, connect=self._patience.connect_s, pool=self._patience.pool_s
            ),
            follow_redirects=False,
            trust_env=False,
        )
        self._straight: Straight | None = None
        if proxy_of(server) is None:
            model = self._client.build_request("GET", "")
            model = next(credentials.sync_auth_flow(model)) if server.user else model
            self._straight = Straight(model, self._wire, context, self._patience.connect_s, self._patience.silence_s)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        if self._straight is not None:
            self._straight.close()

    def read(self, request: Request, watch: Watch, check: Callable[[Answer], object] | None = None) -> Answer:
        """The answer to a repeatable request, tried again as the error's class allows.

        `check` looks at the whole answer and may raise Integrity, which counts as a failed try.
        """
        pauses_s = () if request.quick or request.tries_once else self._patience.pauses_s
        tries = Tries(pauses_s, self._patience.longest_wait_s, at_once=self._patience.at_once)
        while True:
            try:
                return self.checked(self._once(request, watch), check)
            except OrthancError as error:
                pause_s = tries.pause_s(error)
                if pause_s is None:
                    raise
                _log.info("%s %s failed (%s), trying again", request.method, request.path, type(error).__name__)
            _sleep(pause_s, watch)

    def checked(self, answer: Answer, check: Callable[[Answer], object] | None) -> Answer:
        """The answer, once `check` has let it pass; closed where it does not."""
        try:
            if check:
                check(answer)
        except BaseException:
            answer.body.close()
            raise
        return answer

    def _once(self, request: Request, watch: Watch) -> Answer:
        watch.check()
        if self._rejected:
            raise AuthFailed(self._rejected.what, self._rejected.advice)
        pace = Pace(self._patience.slowest_bytes_per_s, self._patience.window_s)
        try:
            with self._wire.watching(watch, pace):
                return self._received(request)
        except AuthFailed as error:
            self._rejected = error
            raise
        except RuntimeError as error:
            if self._client.is_closed:  # in the middle of this, by somebody who wants no answer any more
                raise Cancelled from error
            raise
        except httpcore.ProxyError as error:
            raise Unreachable("The system's proxy does not let us through.", "Ask IT, or do without it.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, httpx.HTTPError) as error:
            raise Unreachable(
                "The server ended the connection without an answer.",
                "Check that an Orthanc is at this address.",
                reason="not_http",
            ) from error

    def _received(self, request: Request) -> Answer:
        if request.bare and (straight := self._straight) is not None:
            try:
                with straight.asked(request.path) as reply:
                    return _receive(reply, request.cap)
            except NotPlain:  # nor will the next answer be, from this server or a proxy before it
                self._straight = None
                straight.close()
        with self._stream(request) as response:
            return _receive(response, request.cap)

    def _stream(self, request: Request) -> Any:
        return self._client.stream(
            request.method,
            request.path,
            params=dict(request.params) or None,
            headers=dict(request.headers),
            content=request.content() or None,
            timeout=min(self._patience.quick_s, self._patience.silence_s)
            if request.quick
            else httpx.USE_CLIENT_DEFAULT,
        )


def _receive(response: httpx.Response | Reply, cap: int) -> Answer:
    if response.is_redirect or 300 <= response.status_code < 400:
        raise Redirected(response.headers.get("Location", "")[:_LONGEST_TARGET])
    if response.status_code >= 400:
        error = error_of_answer(response.status_code, _beginning(response))
        error.wait_s = retry_after_s(response.headers.get("Retry-After", ""))
        raise error
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise BadResponse("The server compressed its answer against our wish.", "Ask for the proxy's settings.")
    _check_length(response, cap)
    if isinstance(response, Reply) and response.length <= LARGEST_HELD:
        held = Held(response.length)
        response.fill(held.memory)
        return Answer(response.headers, cast(BinaryIO, held), response.length)
    body = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the taker closes it
    try:
        size = _store(response, body, cap)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return Answer(response.headers, body, size)


def _beginning(response: httpx.Response | Reply) -> bytes:
    body = b""
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > _ERROR_CAP:
            break
    return body[:_ERROR_CAP]


def _check_length(response: httpx.Response | Reply, cap: int) -> None:
    length = response.headers.get("Content-Length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > cap:
        raise TooLarge("The server announces more data than Caliper takes.", "Ask its administrator.")


def _store(response: httpx.Response | Reply, body: BinaryIO, cap: int) -> int:
    size = 0
    try:
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > cap:
                raise TooLarge("The server sends more data than Caliper takes.", "Ask its administrator.")
            body.write(chunk)
    except httpcore.RemoteProtocolError as error:
        raise cut_short() from error
    except OSError as error:
        raise SourceError(f"The answer cannot be kept: {error.strerror}.", "Make room on the disk.") from error
    return size


def _sleep(seconds: float, watch: Watch) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        watch.check()
        time.sleep(min(left, 0.05))


class _Pool(httpx.BaseTransport):
    """httpx on top of our pool and wire."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on; exceptions stay those of httpcore and of the wire."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
