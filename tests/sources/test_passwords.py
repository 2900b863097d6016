"""Passwords with real keyring backends: one that works, and those that do not."""

from __future__ import annotations

import io
import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from viewer_app.errors import Cancelled
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.passwords import Passwords

SERVER = Server("https://pacs.example/orthanc", "ann", "hush-hush")
ASKING = replace(SERVER, password="")


class Ring(KeyringBackend):
    """Keeps passwords in the process, as an operating system's keyring would."""

    priority = 5.0
    viable = False  # so that nobody but these tests ever meets it

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own has no annotations
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("there is none")


class Failing(Ring):
    """Raises `error`, which repeats the password as some backends do."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self._error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self._error


class Prompting(Ring):
    """Waits for a user who never comes, until `released`."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.released.wait(20)
        return None


class PlainFile(Ring):
    """What keyring itself does not recommend."""

    priority = 0.5


def no_ring() -> KeyringBackend:
    """What keyring gives where there is none: every call fails."""
    ring: KeyringBackend = fail.Keyring()  # type: ignore[no-untyped-call]  # keyring's own has no annotations
    return ring


def in_ring(ring: KeyringBackend, **more: str) -> Passwords:
    return Passwords(lambda: ring, more, patience_s=0.3)


def test_a_password_is_kept_found_and_forgotten() -> None:
    ring = Ring()
    assert in_ring(ring).keep(SERVER) is None
    assert ring.kept == {("Caliper https://pacs.example/orthanc", "ann"): "hush-hush"}
    passwords = in_ring(ring)
    found = passwords.find(ASKING)
    assert (found.password, found.origin, found.told) == ("hush-hush", "keyring", None)
    assert passwords.with_password(ASKING) == SERVER
    assert passwords.forget(ASKING) is None
    assert (ring.kept, passwords.find(ASKING).password) == ({}, "")
    assert passwords.forget(ASKING) is None  # twice is no error


@pytest.mark.parametrize(
    "there",
    [
        Server("http://pacs.example/orthanc", "ann"),
        Server("https://pacs.example", "ann"),
        Server("https://pacs.example/orthanc", "bob"),
    ],
)
def test_a_password_serves_no_other_place_or_user(there: Server) -> None:
    passwords = in_ring(Ring())
    passwords.keep(SERVER)
    assert passwords.find(there).password == ""


def test_for_the_session_only() -> None:
    ring = Ring()
    passwords = in_ring(ring)
    assert passwords.keep(SERVER, for_session=True) is None
    assert (ring.kept, passwords.find(ASKING).origin) == ({}, "memory")


def test_an_empty_password_is_none() -> None:
    ring = Ring()
    passwords = in_ring(ring)
    passwords.keep(SERVER)
    passwords.keep(ASKING)
    assert (ring.kept, passwords.find(ASKING).origin) == ({}, "")


TROUBLES: list[tuple[Callable[[], KeyringBackend], str]] = [
    (no_ring, "none"),
    (PlainFile, "none"),
    (lambda: Failing(keyring.errors.KeyringLocked("hush-hush")), "locked"),
    (lambda: Failing(keyring.errors.InitError("hush-hush")), "locked"),
    (lambda: Failing(keyring.errors.PasswordSetError("hush-hush")), "denied"),
    (lambda: Failing(OSError("hush-hush")), "failed"),
]


@pytest.mark.parametrize(("make", "reason"), TROUBLES)
def test_without_a_keyring_it_is_kept_in_memory_and_told(
    make: Callable[[], KeyringBackend], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    passwords = in_ring(make())
    told = passwords.keep(SERVER)
    assert told is not None
    assert told.reason == reason
    assert "in memory" in told.advice
    assert passwords.find(ASKING).password == "hush-hush"
    output = io.StringIO()
    traceback.print_exception(told, file=output)
    assert "hush" not in output.getvalue() + caplog.text + repr((passwords, told, passwords.find(ASKING)))


def test_a_keyring_that_raises_on_finding_is_told_too() -> None:
    found = in_ring(no_ring()).find(ASKING)
    assert (found.password, found.told and found.told.reason) == ("", "none")


def test_a_keyring_that_never_answers_is_asked_once() -> None:
    ring = Prompting()
    passwords = in_ring(ring)
    for _ in range(3):
        told = passwords.find(ASKING).told
        assert told is not None
        assert told.reason == "slow"
    assert passwords.keep(SERVER) is not None
    assert (ring.asked, passwords.find(ASKING).origin) == (1, "memory")
    ring.released.set()


def test_nobody_needs_to_wait_for_a_prompt() -> None:
    ring = Prompting()
    watch = Watch()
    threading.Timer(0.1, watch.cancel).start()
    with pytest.raises(Cancelled):
        Passwords(lambda: ring, {}, patience_s=30).find(ASKING, watch)
    ring.released.set()


def test_the_environment_serves_the_server_it_names() -> None:
    named = in_ring(no_ring(), CALIPER_PASSWORD="hush", CALIPER_SERVER="https://pacs.example/orthanc/")
    assert (named.find(ASKING).password, named.find(ASKING).origin) == ("hush", "environment")
    assert named.find(Server("https://evil.example", "ann")).password == ""
    unnamed = in_ring(no_ring(), CALIPER_PASSWORD="hush")
    assert unnamed.find(ASKING).password == ""


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    in_ring(no_ring()).keep(SERVER)
    assert list(tmp_path.iterdir()) == []
