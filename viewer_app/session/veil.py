"""What is left out of free text and of sentences while patients are hidden."""

from __future__ import annotations

from viewer_app.imaging.identity import Telltales, telltales_of
from viewer_app.session import whence
from viewer_app.session.workspace import Workspace


class Veil:
    """Each place that says something has one, and sets `hidden`; with False everything is said as it is."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.hidden = False

    def free(self, words: str) -> str:
        """What people wrote, such as a description or a label; "" where it tells who the patient on show is."""
        return "" if self.hidden and self._on_show().tell_in(words) else words

    def tells(self, words: str) -> bool:
        """Whether the words are not to be said."""
        return self.free(words) != words

    def sentence(self, words: str) -> str:
        """What Caliper says, with an ellipsis for what it cites of any patient, or of the place they come from."""
        if not self.hidden:
            return words
        contents = self._workspace.contents
        return (
            telltales_of(contents.studies)
            .with_words(contents.title)
            .with_words(whence.title(self._workspace))
            .masked(words)
        )

    def _on_show(self) -> Telltales:
        opened = self._workspace.study
        return telltales_of(() if opened is None else (opened.study, *self._workspace.priors()))
