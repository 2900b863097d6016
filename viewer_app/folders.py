"""Where this user's things are kept, and who this user is."""

from __future__ import annotations

import getpass
from pathlib import Path

import platformdirs

_NAME = "caliper"


def data_folder() -> Path:
    """Where measurements are kept."""
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def cache_folder() -> Path:
    """Where what can be made again is kept."""
    return Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def config_folder() -> Path:
    """Where settings are kept."""
    return Path(platformdirs.user_config_dir(_NAME, appauthor=False))


def user_name() -> str:
    """The name the operating system knows the user by; "" where it knows none."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # before Python 3.13 it asks a module Windows lacks
        return ""
