"""The connections to a server: straight, or through the system's proxy where the user wants it."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from viewer_app.errors import SourceError
from viewer_app.sources.orthanc.address import Server
from viewer_app.sources.orthanc.wire import Wire

_CONNECTIONS = 8
_IDLE_S = 0.8
# A proxy that is asked to tunnel sees neither passwords nor images; one that speaks TLS itself is hardly met.
_PROXIES = ("http",)


def pool_of(server: Server, wire: Wire, context: ssl.SSLContext) -> httpcore.ConnectionPool:
    """Connections to `server` over `wire`, each of them trusted by `context`.

    Raises:
        SourceError: the system's proxy is of a kind that Caliper does not use.
    """
    settings: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": _CONNECTIONS,
        "max_keepalive_connections": _CONNECTIONS,
        "keepalive_expiry": _IDLE_S,
        "network_backend": wire,
    }
    proxy = proxy_of(server)
    if proxy is None:
        return httpcore.ConnectionPool(**settings)
    place = httpcore.URL(scheme=b"http", host=_host(proxy), port=proxy.port or 80, target=b"/")
    return httpcore.HTTPProxy(proxy_url=place, proxy_auth=_credentials(proxy), **settings)


def proxy_of(server: Server) -> SplitResult | None:
    """The system's proxy for `server`; None where it is not wanted, there is none, or it is to be passed by."""
    target = urlsplit(server.url)
    if not server.use_proxy or server.is_local or proxy_bypass(target.netloc):
        return None
    found = getproxies()
    text = found.get(target.scheme) or found.get("all")
    if not text:
        return None
    return _proxy(text if "://" in text else f"http://{text}")


def _proxy(text: str) -> SplitResult:
    try:
        proxy = urlsplit(text)
        usable = proxy.scheme in _PROXIES and bool(proxy.hostname) and (proxy.port is None or proxy.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise SourceError(
            "The system's proxy is of a kind that Caliper does not use.", "Ask IT for an HTTP proxy, or do without it."
        )
    return proxy


def _host(proxy: SplitResult) -> bytes:
    try:
        return (proxy.hostname or "").encode("ascii")
    except UnicodeError as error:
        raise SourceError("The name of the system's proxy cannot be used.", "Ask IT, or do without it.") from error


def _credentials(proxy: SplitResult) -> tuple[bytes, bytes] | None:
    if proxy.username is None:
        return None
    return unquote(proxy.username).encode(), unquote(proxy.password or "").encode()
