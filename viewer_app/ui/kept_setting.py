"""How much of what servers sent may be kept on this computer: the user's own limit, in the settings."""

from __future__ import annotations

import math

from PySide6.QtCore import QSettings

_KEY = "cache/limit_gb"
GIGABYTE = 1_000_000_000
LEAST_GB, MOST_GB = 0.1, 10_000.0


def kept_limit_bytes(settings: QSettings) -> int | None:
    """What the user set; None where nothing usable is set, and the cache decides."""
    try:
        value = float(str(settings.value(_KEY, "")))
    except ValueError:
        return None
    return round(value * GIGABYTE) if math.isfinite(value) and LEAST_GB <= value <= MOST_GB else None


def keep_limit(settings: QSettings, gigabytes: float) -> None:
    """Remember another limit."""
    settings.setValue(_KEY, f"{gigabytes:.1f}")
