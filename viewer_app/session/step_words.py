"""What a step of the history is called where a person reads it: with the kind of the one mark it changed."""

from __future__ import annotations

from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Record
from viewer_app.measure.present import within
from viewer_app.session.history import Step

_OF_ONE_MARK = {
    "Move": "Move {}",
    "Nudge": "Nudge {}",
    "Delete": "Delete {}",
    "Rename": "Rename {}",
    "Restyle": "Restyle {}",
    "Set length": "Set length of {}",
    "Move label": "Move label of {}",
    "Move label back": "Move label of {} back",
}


def step_words(step: Step) -> str:
    """ "Move distance" for "Move", "Delete circle" for "Delete"; a title that says enough as it is."""
    marks = [change.before or change.after for change in step.changes]
    kinds = {mark.measurement.kind for mark in marks if isinstance(mark, Record)}
    kind = KINDS.get(kinds.pop()) if len(kinds) == 1 and len(marks) == 1 else None
    words = _OF_ONE_MARK.get(step.title)
    return step.title if kind is None or words is None else words.format(within(kind.title))


def words_for(name: str, step: Step | None) -> str:
    """What an action of that name does to the step: "Undo move distance"; without one, its name alone."""
    return f"{name.capitalize()} {within(step_words(step))}" if step is not None else name.capitalize()
