"""Where things are kept, and by whom."""

from __future__ import annotations

import getpass
import os

import pytest

from viewer_app import folders


def test_three_folders_of_caliper() -> None:
    places = {folders.data_folder(), folders.cache_folder(), folders.config_folder()}
    assert all("caliper" in str(place) for place in places)
    assert all(str(place).startswith(os.environ["XDG_DATA_HOME"].rsplit(os.sep, 1)[0]) for place in places)


def test_the_users_name() -> None:
    assert folders.user_name() == getpass.getuser()


def test_a_user_the_system_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    if os.name == "posix":
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert folders.user_name() == ""
