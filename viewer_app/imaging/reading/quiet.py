"""pydicom warns of what a file gets wrong; what matters of it is told by doubts and problems instead."""

from __future__ import annotations

import threading
import warnings


class _Quiet:
    """No warnings of pydicom while anybody reads a file.

    The warnings filter belongs to the whole process, so the first reader sets it
    and the last one puts it back; nobody waits for another's file.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._before = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._readers += 1
            if self._readers == 1:
                self._before = warnings.catch_warnings()
                self._before.__enter__()
                warnings.simplefilter("ignore")

    def __exit__(self, *failure: object) -> None:
        with self._lock:
            self._readers -= 1
            if self._readers == 0:
                self._before.__exit__(None, None, None)


quiet_pydicom = _Quiet()
