"""Files of instances from the server, several at a time, each proven to be the one that was listed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import BinaryIO

from viewer_app.errors import ImageError, SourceError
from viewer_app.imaging.headers import HeaderMark, Instance
from viewer_app.imaging.reading.again import Parsed
from viewer_app.progress import Watch
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.errors import Integrity
from viewer_app.sources.orthanc.integrity import check_length, checked_mark, checked_sums
from viewer_app.sources.orthanc.reach import Reach
from viewer_app.sources.orthanc.slots import Slots
from viewer_app.sources.orthanc.transport import Answer

# Four connections fill every link; more only hurt (measured at 1 to 60 ms).
_DOWNLOADS = 4


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is proven to be the listed one, its MD5 and the mark of its header."""

    body: BinaryIO
    md5: str
    mark: HeaderMark | None


Outcome = Fetched | ImageError | SourceError


class Fetching:
    """Downloads of one source, from any thread; `slots` are for all its requests for files."""

    def __init__(self, client: OrthancClient, reach: Reach) -> None:
        self._client = client
        self._reach = reach
        self.slots = Slots(_DOWNLOADS)

    def fetch(
        self, instances: Sequence[Instance], parsed: Sequence[Parsed | None], until: float, watch: Watch
    ) -> list[Outcome | None]:
        """The file of each, or why there is none; MD5s are computed side by side, which is much quicker.

        After `until`, on the monotonic clock, only the first one is asked for; None for the others.

        One whose MD5 is not the server's is asked for once more. `parsed` is what each instance was parsed from.
        """
        found: dict[int, Outcome | None] = {}
        waiting = list(range(len(instances)))
        with ExitStack() as unwanted:  # where an error ends all
            for retries_left in reversed(range(1 + Integrity.retries)):
                came = self._received(instances, waiting, found, unwanted, until, watch)
                sums = zip(came.items(), checked_sums(list(came.values())), strict=True)
                waiting = []
                for (at, answer), md5 in sums:
                    if isinstance(md5, str):
                        found[at] = _proven(answer.body, md5, instances[at], parsed[at], watch)
                        continue
                    answer.body.close()
                    found[at] = md5
                    waiting.append(at)
                if not (waiting and retries_left):
                    break
            unwanted.pop_all()
        return [found[at] for at in range(len(instances))]

    def _received(
        self,
        instances: Sequence[Instance],
        which: Sequence[int],
        failed: dict[int, Outcome | None],
        unwanted: ExitStack,
        until: float,
        watch: Watch,
    ) -> dict[int, Answer]:
        """What comes; where nothing else will come from the server either, it is not asked for the rest."""
        came: dict[int, Answer] = {}
        for number, at in enumerate(which):
            if number and time.monotonic() > until:
                failed.update(dict.fromkeys(which[number:]))
                break
            try:
                came[at] = self._answer(instances[at], watch)
                unwanted.enter_context(closing(came[at].body))
            except (ImageError, SourceError) as error:
                failed[at] = error
                if isinstance(error, SourceError) and error.ends_source:
                    failed.update(dict.fromkeys(which[number:], error))
                    break
        return came

    def _answer(self, instance: Instance, watch: Watch) -> Answer:
        answers: list[Answer] = []

        def check(answer: Answer) -> None:
            check_length(answer, instance.size_bytes)
            answers.append(answer)

        with self.slots.taken(watch), self._reach.asking() as is_doubted:
            if is_doubted:
                self._client.check_answers(watch=watch)
            self._client.get_file(instance.locator, check=check, size_bytes=instance.size_bytes, watch=watch)
        return answers[-1]


def _proven(body: BinaryIO, md5: str, instance: Instance, parsed: Parsed | None, watch: Watch) -> Outcome:
    try:
        return Fetched(body, md5, checked_mark(body, instance, watch, parsed))
    except ImageError as error:
        body.close()
        refused = Integrity(error.what, error.advice)
        refused.__cause__ = error
        return refused
