"""A transfer must keep a pace: a read timeout never fires on a drip. And a busy server may ask for a pause."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from viewer_app.sources.orthanc.errors import Stalled


class Pace:
    """Ends a transfer below `slowest` bytes per second over a whole window of `window_s` seconds."""

    def __init__(self, slowest: int, window_s: float) -> None:
        self._least = slowest * window_s
        self._window_s = window_s
        self._since: float | None = None
        self._received = 0

    def add(self, count: int) -> None:
        """Count received bytes; Stalled where a whole window brought too few."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        self._received += count
        if now - self._since < self._window_s:
            return
        if self._received < self._least:
            raise Stalled("The server sends almost nothing any more.", "Check the network and try again.")
        self._since, self._received = now, 0


def retry_after_s(text: str) -> float:
    """Seconds to wait by a Retry-After header (RFC 9110 10.2.3), a number or a date; 0 where it says neither."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    now = datetime.now(UTC) if until.tzinfo else datetime.now(UTC).replace(tzinfo=None)
    return max(0.0, (until - now).total_seconds())
