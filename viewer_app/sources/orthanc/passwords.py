"""Passwords of servers: in the keyring of the operating system, else in memory until Caliper is closed.

Never in a file, a log, an address or an error. The keyring may ask the user to
unlock it, and may never answer: it is asked in a thread of its own, and once it
has let us down it is left alone until Caliper is started again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.address import Server

if TYPE_CHECKING:  # loaded when the first password is asked for: it takes its time
    from keyring.backend import KeyringBackend

PASSWORD_VARIABLE = "CALIPER_PASSWORD"
SERVER_VARIABLE = "CALIPER_SERVER"
_SERVICE = "Caliper"
_SLICE_S = 0.1
# keyring's own measure: below 1 is what it does not recommend, such as a file.
_RECOMMENDED = 1

Trouble = Literal["none", "locked", "denied", "slow", "failed"]
_Key = tuple[str, str]
_T = TypeVar("_T")

_WORDS: dict[Trouble, str] = {
    "none": "This computer has no keyring that passwords could be kept in.",
    "locked": "The keyring of this computer is locked.",
    "denied": "The keyring of this computer does not take the change.",
    "slow": "The keyring of this computer does not answer.",
    "failed": "The keyring of this computer does not work.",
}
# By the names of keyring's own errors.
_TROUBLES: dict[str, Trouble] = {
    "NoKeyringError": "none",
    "InitError": "locked",
    "KeyringLocked": "locked",
    "PasswordSetError": "denied",
    "PasswordDeleteError": "denied",
}


def system_keyring() -> KeyringBackend:
    """The keyring of the operating system, as `keyring` finds it."""
    from keyring import get_keyring

    return get_keyring()


class NoKeyring(CaliperError):
    """The keyring cannot be used; `reason` says why. Passwords stay in memory then."""

    def __init__(self, reason: Trouble, advice: str = "Passwords are kept in memory, until Caliper is closed.") -> None:
        super().__init__(_WORDS[reason], advice)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Found:
    """A password and whence it came; `told` is what was wrong with the keyring meanwhile."""

    password: str = field(default="", repr=False)
    origin: Literal["", "memory", "keyring", "environment"] = ""
    told: NoKeyring | None = None


class Passwords:
    """Asked from any thread but that of the window: the keyring may wait for the user.

    Everything is filed under user and whole URL, so no password goes to a server it was not given for.
    `patience_s` is how long the keyring may take, a prompt of its own included.
    """

    def __init__(
        self,
        backend: Callable[[], KeyringBackend] = system_keyring,
        environment: Mapping[str, str] = os.environ,
        patience_s: float = 60,
    ) -> None:
        self._backend = backend
        self._environment = environment
        self._patience_s = patience_s
        self._memory: dict[_Key, str] = {}
        self._in_keyring: set[_Key] = set()
        self._trouble: Trouble | None = None
        self._one_at_a_time = threading.Lock()

    def __repr__(self) -> str:
        return f"Passwords({len(self._memory)} in memory)"

    def find(self, server: Server, watch: Watch | None = None) -> Found:
        """The password of `server.user`: from memory, the keyring, or CALIPER_PASSWORD if CALIPER_SERVER is its URL."""
        key, told = _key(server), None
        if held := self._memory.get(key):  # asked once: it may be forgotten meanwhile
            return Found(held, "keyring" if key in self._in_keyring else "memory")
        try:
            kept = self._ask(lambda backend: backend.get_password(*_entry(key)), watch)
        except NoKeyring as error:
            kept, told = None, error
        if kept is not None:
            return Found(kept, "keyring", told)
        given = self._environment.get(PASSWORD_VARIABLE, "")
        if given and self._environment.get(SERVER_VARIABLE, "").rstrip("/") == server.url:
            return Found(given, "environment", told)
        return Found(told=told)

    def with_password(self, server: Server, watch: Watch | None = None) -> Server:
        """`server` with the password that `find` finds; as it is where it has one, or asks for no user."""
        if server.password or not server.user:
            return server
        return replace(server, password=self.find(server, watch).password)

    def keep(self, server: Server, *, for_session: bool = False, watch: Watch | None = None) -> NoKeyring | None:
        """Keep `server.password`, in the keyring unless it is `for_session`; "" is forgotten.

        Returns why the keyring did not take it: then, too, it is kept in memory.
        """
        if not server.password:
            return self.forget(server, watch)
        key = _key(server)
        self._memory[key] = server.password
        self._in_keyring.discard(key)
        if for_session:
            return None
        try:
            self._ask(lambda backend: backend.set_password(*_entry(key), server.password), watch)
        except NoKeyring as error:
            return error
        self._in_keyring.add(key)
        return None

    def forget(self, server: Server, watch: Watch | None = None) -> NoKeyring | None:
        """Delete the password; returns why the keyring may still hold it."""
        key = _key(server)
        self._memory.pop(key, None)
        self._in_keyring.discard(key)
        try:
            self._ask(lambda backend: _delete(backend, key), watch)
        except NoKeyring as error:
            return NoKeyring(error.reason, f"If it holds an entry “{_entry(key)[0]}”, delete that there.")
        return None

    def _ask(self, call: Callable[[KeyringBackend], _T], watch: Watch | None) -> _T:
        """The answer of the keyring. NoKeyring has no cause: the errors of others may hold what they were given."""
        watch = watch or Watch()
        while not self._one_at_a_time.acquire(timeout=_SLICE_S):
            watch.check()
        try:
            if self._trouble in ("none", "slow"):
                raise NoKeyring(self._trouble)
            errand = _Errand(lambda: call(_safe(self._backend())))
            self._trouble = errand.trouble_after(self._patience_s, watch)
            if self._trouble is not None:
                raise NoKeyring(self._trouble)
            return errand.answer
        finally:
            self._one_at_a_time.release()


class _Errand(Generic[_T]):
    """One call in a thread of its own, which may be left behind for ever."""

    answer: _T

    def __init__(self, call: Callable[[], _T]) -> None:
        self._call = call
        self._trouble: Trouble | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="keyring", daemon=True).start()

    def trouble_after(self, seconds: float, watch: Watch) -> Trouble | None:
        """None once `answer` is there; Cancelled where nobody waits for it any more."""
        waited = 0.0
        while not self._done.wait(_SLICE_S):
            watch.check()
            waited += _SLICE_S
            if waited >= seconds:
                return "slow"
        return self._trouble

    def _run(self) -> None:
        try:
            self.answer = self._call()
        except Exception as error:  # backends speak to D-Bus, Win32 and others, with families of their own
            self._trouble = _trouble_of(error)
        finally:
            self._done.set()


def _trouble_of(error: Exception) -> Trouble:
    names = (kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "keyring.errors")
    return next((_TROUBLES[name] for name in names if name in _TROUBLES), "failed")


def _key(server: Server) -> _Key:
    return server.url, server.user


def _entry(key: _Key) -> tuple[str, str]:
    """Service and user name in the keyring, where people see them."""
    url, user = key
    return f"{_SERVICE} {url}", user


def _delete(backend: KeyringBackend, key: _Key) -> None:
    """What is not there need not be deleted; some keyrings call that an error."""
    if backend.get_password(*_entry(key)) is not None:
        backend.delete_password(*_entry(key))


def _safe(backend: KeyringBackend) -> KeyringBackend:
    """A keyring that deserves the name: one that writes readable files is refused."""
    from keyring.backends.chainer import ChainerBackend
    from keyring.errors import NoKeyringError

    found = backend.backends if isinstance(backend, ChainerBackend) else [backend]
    for one in found:
        if one.priority >= _RECOMMENDED and not type(one).__module__.startswith("keyrings.alt"):
            return one
    raise NoKeyringError


def kept_password(url: str, user: str) -> str | None:
    """For one without a window: what the keyring has, or CALIPER_PASSWORD if CALIPER_SERVER is `url`; else None."""
    return Passwords().find(Server(url, user)).password or None
