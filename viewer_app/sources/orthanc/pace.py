"""A transfer must keep a pace: a read timeout never fires on a drip. What failed is tried again, after pauses."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from viewer_app.sources.orthanc.errors import OrthancError, Stalled, Unreachable


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


class Tries:
    """The pauses between the tries of one request, in seconds, each up to a quarter longer (decision 20).

    Where its connection broke, one more try comes `at_once`, if there are any. A server may ask for a longer pause,
    up to `longest_wait_s`.
    """

    def __init__(self, pauses_s: Sequence[float], longest_wait_s: float, *, at_once: bool) -> None:
        self._pauses_s, self._longest_wait_s = pauses_s, longest_wait_s
        self._at_once = at_once and bool(pauses_s)
        self._failures = 0

    def pause_s(self, error: OrthancError) -> float | None:
        """How long to wait after `error`; None where it is final."""
        if self._at_once and isinstance(error, Unreachable) and error.broke:
            self._at_once = False
            return 0.0
        if self._failures >= min(error.retries, len(self._pauses_s)):
            return None
        pause_s = self._pauses_s[self._failures] * random.uniform(1, 1.25)
        self._failures += 1
        return max(pause_s, min(error.wait_s, self._longest_wait_s))


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
