"""The boundary where anything a foreign reader throws becomes one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from viewer_app.errors import CaliperError, DamagedPixels, Unreadable, UnsupportedPixels

ASK_AGAIN = "Send or copy the image again from its source; do not measure on other copies of it without a look."
OTHER_FORM = "Ask the sender for the image without compression, or as another image type."


def damaged(what: str) -> DamagedPixels:
    """Pixels that contradict the header or are not all there."""
    return DamagedPixels(what, ASK_AGAIN)


def unsupported(what: str) -> UnsupportedPixels:
    """Pixels Caliper does not show rather than guess at."""
    return UnsupportedPixels(what, OTHER_FORM)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn whatever escapes, a BaseException of a native reader too, into Unreadable(`what`).

    Errors of our own family (Cancelled among them) and the ends of a program pass.
    """
    try:
        yield
    except (CaliperError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise Unreadable(what, ASK_AGAIN) from error
