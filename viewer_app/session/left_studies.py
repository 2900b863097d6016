"""What is known of studies that were left, for as long as the window is open."""

from __future__ import annotations

from dataclasses import dataclass

from viewer_app.imaging.study import Study
from viewer_app.session.history import Steps
from viewer_app.session.remembering import same_study
from viewer_app.session.restoring import saved_view
from viewer_app.session.study import OpenStudy
from viewer_app.store import SavedView


@dataclass(frozen=True, slots=True)
class LeftStudy:
    """What was done to a study, and how it was looked at; None where it never came to be shown."""

    steps: Steps = ((), ())
    view: SavedView | None = None


class LeftStudies:
    """The studies left in this window. A study that is read again, perhaps from elsewhere, is still the same."""

    def __init__(self) -> None:
        self._left: list[tuple[Study, LeftStudy]] = []

    def leave(self, opened: OpenStudy) -> None:
        """Keep what comes back with the study. One that was left before it was shown keeps its former view."""
        opened.measuring.awaited.settle()
        view = saved_view(opened) if opened.stack is not None else self.of(opened.study).view
        left = LeftStudy(opened.history.steps, view)
        others = [item for item in self._left if not same_study(item[0], opened.study)]
        self._left = [*others, (opened.study, left)]

    def of(self, study: Study) -> LeftStudy:
        """How the study was left; nothing for one that was not."""
        return next((left for known, left in self._left if same_study(known, study)), LeftStudy())
