"""Servers with their passwords: found where they are kept, else asked for, one question at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from viewer_app.errors import CaliperError
from viewer_app.progress import Watch
from viewer_app.session.contents import Reading, Take
from viewer_app.session.foreseen import Foreseen, study_source
from viewer_app.session.servers import Servers
from viewer_app.session.workspace import Workspace
from viewer_app.sources import Password, open_source
from viewer_app.sources.base import Source
from viewer_app.sources.orthanc.address import Server, is_address, parse_address
from viewer_app.sources.orthanc.cache import user_cache
from viewer_app.sources.orthanc.connection import ConnectionReport
from viewer_app.sources.orthanc.errors import AuthFailed
from viewer_app.sources.orthanc.passwords import Found, NoKeyring, Passwords
from viewer_app.sources.orthanc.server_list import address_by_name
from viewer_app.tasks import Lane, Tasks
from viewer_app.ui.panels.password_dialog import PasswordDialog

SignedIn = Callable[[Server], object]
_WRONG = "The server refused the password that is kept.", "Enter it anew."


def _nothing() -> None:
    """Whoever asked does nothing where no password is given."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """`server` is wanted with its password. `refused` is why the last one was none; `given` is asked before all."""

    server: Server
    parent: QWidget
    done: SignedIn
    given_up: Callable[[], object]
    refused: CaliperError | None = None
    given: Password | None = field(default=None, repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What passwords are filed under."""
        return self.server.url, self.server.user


class Serving(QObject):
    """The one way to a server with its password. The keyring is asked in the background, and not before it is needed.

    `asks`: questions may be put to the user; without, a server is given as it is found.
    """

    noticed = Signal(str)
    """A sentence the user may like to know."""

    def __init__(
        self, servers: Servers, passwords: Passwords, tasks: Tasks, parent: QObject | None = None, *, asks: bool = True
    ) -> None:
        super().__init__(parent)
        self.servers = servers
        self.passwords = passwords
        self.tasks = tasks
        self.tested: dict[Server, ConnectionReport] = {}
        """What came of the last test of a server, as it was then; filed without password."""
        self._asks = asks
        self._wishes: list[_Wish] = []
        self._refused: dict[tuple[str, str], str] = {}
        self._asked_again: set[tuple[str, str]] = set()

    def ask(
        self,
        server: Server,
        parent: QWidget,
        done: SignedIn,
        given_up: Callable[[], object] = _nothing,
        *,
        given: Password | None = None,
    ) -> None:
        """Give `done` the server with its password: from memory, the keyring or the environment, else from the user.

        At once where it needs none; not at all where `parent` is gone meanwhile.
        `given_up` is called where the user does not give it. A password that
        `ask_again` told of is not used a second time. `given` is asked before all else, in the background.
        """
        self._asked_again.discard((server.url, server.user))
        self._add(_Wish(server, parent, done, given_up, given=given))

    def ask_again(
        self,
        server: Server,
        error: CaliperError,
        parent: QWidget,
        done: SignedIn,
        given_up: Callable[[], object] = _nothing,
    ) -> None:
        """After the server refused the password it holds: ask the user, once, and say what was wrong.

        The second time in a row nobody is asked: `given_up` is to tell the error.
        """
        wish = _Wish(replace(server, password=""), parent, done, given_up, error)
        self._refused[wish.key] = server.password
        if not self._asks or not server.user or wish.key in self._asked_again:
            given_up()
            return
        self._asked_again.add(wish.key)
        self._add(wish)

    def open_study(
        self,
        server: Server,
        study: str,
        workspace: Workspace,
        parent: QWidget,
        take: Take | None = None,
        foreseen: Foreseen | None = None,
    ) -> None:
        """Show a study, by Orthanc's ID or its UID, with the password of its server; or let `take` have it.

        It is not asked for where it was `foreseen`.
        """

        def source_of(signed: Server) -> Source:
            return study_source(signed, study)

        def begun(signed: Server) -> Reading | None:
            return foreseen.taken(signed, study) if foreseen is not None else None

        self._open(server, source_of, workspace, parent, take=take, begun=begun)

    def open_place(self, place: str, workspace: Workspace, parent: QWidget, given: Password | None = None) -> None:
        """Show a path, an address or a study by the name of its server, with what is known of the server."""
        place = address_by_name(place, self.servers.rows)

        def source_of(signed: Server) -> Source:
            return open_source(place, known=lambda _: signed, cache=user_cache())

        try:
            server = self.servers.known(parse_address(place).server) if is_address(place) else None
        except CaliperError as error:
            workspace.failed.emit(error)
            return
        if server is None:
            workspace.open(lambda watch: open_source(place))
        else:
            self._open(server, source_of, workspace, parent, given)

    def remember(self, server: Server, *, for_session: bool, then: Callable[[], object] = _nothing) -> None:
        """Keep its password from now on, in the keyring unless it is `for_session`; why that failed is told."""
        self.passwords.keep(server, for_session=True)
        self._change(lambda watch: self.passwords.keep(server, for_session=for_session, watch=watch), then)

    def forget(self, server: Server, then: Callable[[], object] = _nothing) -> None:
        """Delete its password; why the keyring may still hold it is told."""
        self._change(lambda watch: self.passwords.forget(server, watch), then)

    def _change(self, work: Callable[[Watch], NoKeyring | None], then: Callable[[], object]) -> None:
        def done(trouble: NoKeyring | None) -> None:
            if trouble is not None:
                self.noticed.emit(str(trouble))
            then()

        self.tasks.run(Lane.KEYRING, work, done=done, must_finish=True)

    # -- one after the other ------------------------------------------------------------------------

    def _open(
        self,
        server: Server,
        source_of: Callable[[Server], Source],
        workspace: Workspace,
        parent: QWidget,
        given: Password | None = None,
        take: Take | None = None,
        begun: Callable[[Server], Reading | None] = lambda signed: None,
    ) -> None:
        def opened(signed: Server) -> None:
            workspace.open(lambda watch: source_of(signed), lambda error: failed(signed, error), take, begun(signed))

        def failed(signed: Server, error: CaliperError) -> None:
            def tell() -> None:
                workspace.failed.emit(error)

            if isinstance(error, AuthFailed):
                self.ask_again(signed, error, parent, opened, tell)
            else:
                tell()

        self.ask(server, parent, opened, given=given)

    def _add(self, wish: _Wish) -> None:
        if wish.server.password or not wish.server.user:
            wish.done(wish.server)
            return
        self._wishes.append(wish)
        if len(self._wishes) == 1:
            self._begin()

    def _begin(self) -> None:
        """Look for the password of the first wish."""
        wish = self._wishes[0]
        self.tasks.run(
            Lane.KEYRING, lambda watch: self._find(wish, watch), done=self._found, failed=lambda error: self._drop()
        )

    def _find(self, wish: _Wish, watch: Watch) -> Found:
        given = wish.given(*wish.key) if wish.given else None
        return Found(given, "environment") if given else self.passwords.find(wish.server, watch)

    def _found(self, found: Found) -> None:
        wish = self._wishes[0]
        is_refused = found.password == self._refused.get(wish.key)
        if not self._asks or (found.password and not is_refused):
            self._grant(found.password)
        elif isValid(wish.parent):
            refused = wish.refused or (AuthFailed(*_WRONG) if found.password else None)
            dialog = PasswordDialog(wish.server, found, refused, wish.parent)
            dialog.finished.connect(lambda _: self._answered(dialog))
            dialog.open()
        else:
            self._drop()

    def _answered(self, dialog: PasswordDialog) -> None:
        if dialog.answer is None:
            self._drop()
            return
        answer = replace(self._wishes[0].server, password=dialog.answer)
        self._refused.pop(self._wishes[0].key, None)
        self.remember(answer, for_session=not dialog.remembers)
        self._grant(answer.password)

    def _grant(self, password: str) -> None:
        wish = self._next()
        if isValid(wish.parent):
            wish.done(replace(wish.server, password=password))

    def _drop(self) -> None:
        """Nobody gives the password: not to those either who wait for the same."""
        key = self._wishes[0].key
        dropped = [wish for wish in self._wishes if wish.key == key]
        self._wishes = [wish for wish in self._wishes if wish.key != key]
        if self._wishes:
            self._begin()
        for wish in dropped:
            if isValid(wish.parent):
                wish.given_up()

    def _next(self) -> _Wish:
        """Take the first wish off, and begin with the one behind it."""
        wish = self._wishes.pop(0)
        if self._wishes:
            self._begin()
        return wish
