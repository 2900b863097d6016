"""What is known of the open study at the place it comes from, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viewer_app.sources.base import Glance

LOAD_NEW, LOAD_AGAIN, TRY_NOW = "Load new images", "Load again", "Try now"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How the study there differs from the one that is open: how many images it has, and which are otherwise.

    `offline` is the sentence for a server that did not answer at all, `since` when what is shown was kept.
    """

    total: int = 0
    is_arriving: bool = False
    new: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    is_removed: bool = False
    offline: str = ""
    since: str = ""

    def seen(self, glance: Glance) -> Arrival:
        """After a look. What had changed stays changed: the open study has not been listed anew."""
        return Arrival(
            glance.total, glance.is_arriving, glance.new, glance.gone, (self.changed | glance.changed) - glance.gone
        )

    def removed(self) -> Arrival:
        """The study is not there any more."""
        return replace(self, is_removed=True, is_arriving=False, offline="", since="")

    @property
    def moves(self) -> bool:
        """It is worth asking again soon."""
        return self.is_arriving or bool(self.offline)

    @property
    def is_grave(self) -> bool:
        """What is shown is not what is there."""
        return bool(self.gone or self.changed or self.is_removed or self.offline)

    @property
    def phase(self) -> tuple[bool, ...]:
        """What kinds of things are told; while it is the same, nobody wants to hear it twice."""
        kinds = (self.is_arriving, self.new, self.gone, self.changed, self.is_removed, self.offline)
        return tuple(map(bool, kinds))

    @property
    def button(self) -> str:
        """What can be done about it; "" for nothing."""
        if self.offline:
            return TRY_NOW
        if self.is_removed:
            return ""
        if self.gone or self.changed:
            return LOAD_AGAIN
        return LOAD_NEW if self.new else ""

    @property
    def brief(self) -> str:
        """The gist of it in a few words, for a place where it stands all the time; "" for nothing."""
        kinds = (
            (self.is_removed, "removed on the server"),
            (self.offline, f"offline, kept from {self.since}"),
            (self.is_arriving, "still arriving"),
            (self.new, "more on the server"),
            (self.gone or self.changed, "changed on the server"),
        )
        return ", ".join(words for holds, words in kinds if holds)

    @property
    def text(self) -> str:
        """All of it for a person; "" where there is nothing to tell."""
        if self.is_removed:
            return "The study was removed on the server. What has arrived stays while it is open."
        return " ".join(filter(None, (self.offline, self._more(), self._gone(), self._changed())))

    def _more(self) -> str:
        new = len(self.new)
        if self.is_arriving:
            more = f", {new} of them not loaded yet" if new else ""
            return f"Still arriving: {_images(self.total)} so far{more}."
        return f"{_images(new)} more on the server." if new else ""

    def _gone(self) -> str:
        count = len(self.gone)
        if not count:
            return ""
        return f"{_images(count)} {_were(count)} removed on the server, but may still be shown here."

    def _changed(self) -> str:
        count = len(self.changed)
        return (
            f"{_images(count)} {_were(count)} exchanged on the server; here is what was there before." if count else ""
        )


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
