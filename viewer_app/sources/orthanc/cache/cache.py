"""The cache as a whole: its limit, who may read it, and what it does when there is no room."""

from __future__ import annotations

import errno
import hashlib
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import WeakValueDictionary

from viewer_app.folders import cache_folder
from viewer_app.progress import Watch
from viewer_app.sources.orthanc import shape
from viewer_app.sources.orthanc.address import ORTHANC_ID, Server
from viewer_app.sources.orthanc.cache import disk
from viewer_app.sources.orthanc.cache.behind import BEHIND
from viewer_app.sources.orthanc.cache.shelf import LISTING, Shelf
from viewer_app.sources.orthanc.cache.studies import KeptStudy, kept_studies, last_used

_MOST_BYTES = 20_000_000_000
_SHARE_OF_FREE = 0.1
_UNKNOWN = 10**15
_REFUSED = "refused"
# Counting all that is kept takes a moment: not for each image that finds no room.
_LOOK_AGAIN_S = 30.0
# Another Caliper may have a study open that was used this long ago.
_IN_USE_FOR_S = 600.0
_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}


def _untold(text: str) -> None:
    """Nobody reads it."""


def user_cache(tell: Callable[[str], None] = _untold) -> Cache:
    """The cache in the user's cache folder, one for the whole program; `tell` is the latest one's."""
    with _MAKING:
        found = _CACHES.setdefault(cache_folder() / "orthanc", Cache(cache_folder() / "orthanc"))
    if tell is not _untold:
        found.tell = tell
    return found


class Cache:
    """Verified files of studies on servers, for several threads and programs.

    Beyond `limit_bytes` (20 GB, or a tenth of what the disk has free) the studies used longest ago go first, never
    one that is open. Where nothing can be written, everything works without it, and `tell` gets one sentence.
    """

    def __init__(self, folder: Path, limit_bytes: int | None = None, tell: Callable[[str], None] = _untold) -> None:
        self.folder = folder
        self.tell = tell
        self._limit = limit_bytes
        self._lock = threading.RLock()
        self._size: int | None = None
        self._stopped = False
        self._full_until = 0.0
        self._open: Counter[Path] = Counter()
        self._shelves: WeakValueDictionary[Path, Shelf] = WeakValueDictionary()
        self._fetched: set[tuple[Path, str]] = set()
        self._changed = threading.Condition()

    @property
    def limit_bytes(self) -> int:
        """How much may be kept."""
        if self._limit is None:
            self._limit = min(_MOST_BYTES, int(self.free_bytes * _SHARE_OF_FREE))
        return self._limit

    @limit_bytes.setter
    def limit_bytes(self, limit: int) -> None:
        with self._lock:
            self._limit, self._stopped, self._full_until = limit, False, 0.0
            self._trim(0)

    @property
    def size_bytes(self) -> int:
        """How much is kept, counted anew."""
        self.settle()
        with self._lock:
            self._size = disk.size_of(self.folder)
            return self._size

    @property
    def free_bytes(self) -> int:
        """What the disk has left; a large number where that cannot be known."""
        existing = next((place for place in (self.folder, *self.folder.parents) if place.exists()), None)
        try:
            return shutil.disk_usage(existing).free if existing is not None else _UNKNOWN
        except OSError:
            return _UNKNOWN

    def clear(self) -> None:
        """Remove everything; what is open is fetched again where it is needed."""
        with BEHIND.forgotten(self.folder), self._lock:
            for study in self._studies():
                self._remove(study)
            shutil.rmtree(self.folder, ignore_errors=True)
            self._size, self._stopped, self._full_until = None, False, 0.0

    def settle(self) -> None:
        """Write what has come and waits to be written."""
        BEHIND.settle(self.folder)

    def shelf(self, server: Server, study_id: str) -> Shelf:
        """The place of a study; the same object for all who ask."""
        folder = self._of(server) / shape.checked_id(study_id)
        with self._lock:
            return self._shelves.setdefault(folder, Shelf(folder, self._save))

    def kept(self, server: Server, study: str) -> tuple[Shelf, ...]:
        """The shelves with a listing of a study, by Orthanc ID or Study Instance UID.

        None after the server has refused this user, until it has let the user in again.
        """
        BEHIND.settle(self._of(server), LISTING)
        if (self._of(server) / _REFUSED).exists():
            return ()
        ids = [study] if ORTHANC_ID.fullmatch(study) else self._ids(server)
        found = (self.shelf(server, one) for one in ids if (self._of(server) / one / LISTING).exists())
        return tuple(one for one in found if ORTHANC_ID.fullmatch(study) or one.is_of(study))

    def studies(self, server: Server) -> tuple[KeptStudy, ...]:
        """All studies kept of a server, the one opened last first; none for whom the server has refused."""
        BEHIND.settle(self._of(server), LISTING)
        if (self._of(server) / _REFUSED).exists():
            return ()
        return kept_studies(self.shelf(server, one) for one in self._ids(server))

    def refuse(self, server: Server) -> None:
        """The server does not know the user or the password: nothing kept is shown either."""
        BEHIND.settle(self._of(server), LISTING)
        with suppress(OSError):
            if self._of(server).is_dir():
                (self._of(server) / _REFUSED).touch(0o600)

    def accept(self, server: Server) -> None:
        """The server has let the user in."""
        with suppress(OSError):
            (self._of(server) / _REFUSED).unlink(missing_ok=True)

    def hold(self, shelf: Shelf) -> None:
        """The study is open: it is not let go before `release`."""
        with self._lock:
            self._open[shelf.folder] += 1
        with suppress(OSError):  # told when something is to be written
            disk.make_private(self.folder)
        disk.remove_left_parts(shelf.folder)

    def release(self, shelf: Shelf) -> None:
        """The study is not open any more for one of those who held it."""
        with self._lock:
            self._open[shelf.folder] -= 1

    @contextmanager
    def alone(self, shelf: Shelf, instance_ids: Iterable[str], watch: Watch) -> Iterator[None]:
        """Nobody else in this program fetches any of the instances meanwhile (H77)."""
        keys = {(shelf.folder, instance_id) for instance_id in instance_ids}
        with self._changed:
            while not keys.isdisjoint(self._fetched):
                self._changed.wait(0.1)
                watch.check()
            self._fetched |= keys
        try:
            yield
        finally:
            with self._changed:
                self._fetched -= keys
                self._changed.notify_all()

    def _save(self, size: int, write: Callable[[], None]) -> None:
        """Run one piece of writing if there is room for it; what goes wrong is told once, and ends the keeping."""
        if self._stopped or not self._has_room(size):
            return
        try:
            write()
        except OSError as error:
            self._stop(error)
            return
        with self._lock:
            self._size = (self._size or 0) + size

    def _stop(self, error: OSError) -> None:
        with self._lock:
            is_first, self._stopped = not self._stopped, True
        if is_first:
            why = "the disk is full" if error.errno in _NO_ROOM else f"{error.strerror or 'writing failed'}"
            self.tell(f"Images from servers are not kept on this computer any more: {why}. Everything else works.")

    def _has_room(self, size: int) -> bool:
        with self._lock:
            if self._size is None:
                self._size = disk.size_of(self.folder)
            if self._size + size > self.limit_bytes and time.monotonic() > self._full_until:
                self._trim(size)
                self._full_until = time.monotonic() + _LOOK_AGAIN_S
            return self._size + size <= self.limit_bytes

    def _trim(self, size: int) -> None:
        """Let studies go, the one used longest ago first, until `size` more bytes have room."""
        self._size = disk.size_of(self.folder)  # other programs write here too
        for used, study in sorted((last_used(study), study) for study in self._studies()):
            if self._size + size <= self.limit_bytes:
                return
            if self._open[study] <= 0 and time.time() - used > _IN_USE_FOR_S:
                self._size -= disk.size_of(study)
                self._remove(study)

    def _remove(self, study: Path) -> None:
        # The listing first: what is half removed must not open without the server.
        with suppress(OSError):
            (study / LISTING).unlink()
        shutil.rmtree(study, ignore_errors=True)
        if (shelf := self._shelves.get(study)) is not None:
            shelf.forget_files()

    def _studies(self) -> list[Path]:
        return [study for server in disk.folders_in(self.folder) for study in disk.folders_in(server)]

    def _of(self, server: Server) -> Path:
        """The folder of a server and user: nobody is shown what another user of the server was sent."""
        return self.folder / hashlib.sha256(f"{server.url}\n{server.user}".encode()).hexdigest()[:32]

    def _ids(self, server: Server) -> list[str]:
        names = [folder.name for folder in disk.folders_in(self._of(server))]
        return [name for name in names if ORTHANC_ID.fullmatch(name)]


_MAKING = threading.Lock()
_CACHES: dict[Path, Cache] = {}
