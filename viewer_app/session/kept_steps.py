"""The history as it lies in the store, and how much of it still fits what is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from viewer_app.errors import StoreError
from viewer_app.measure.calibration_serial import calibration_from_json, calibration_to_json
from viewer_app.measure.measurement import Record
from viewer_app.measure.serial import record_from_json, record_to_json
from viewer_app.measure.user_calibration import UserCalibration
from viewer_app.session.history import Change, History, Step, Steps
from viewer_app.store import StoredStep

_Key = tuple[type, str]


@dataclass(frozen=True, slots=True)
class Form:
    """How one type of thing in the history is told apart and written. `name` is stored and never changes."""

    name: str
    sort: type
    uid: Callable[[Any], str]
    to_json: Callable[[Any], Mapping[str, Any]]
    from_json: Callable[[Mapping[str, Any]], Any]


FORMS = (
    Form("record", Record, lambda record: record.measurement.uid, record_to_json, record_from_json),
    Form("calibration", UserCalibration, lambda made: made.uid, calibration_to_json, calibration_from_json),
)
_WRITER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"))
_BY_SORT = {form.sort: form for form in FORMS}
_BY_NAME = {form.name: form for form in FORMS}


def stored_step(step: Step) -> StoredStep:
    """A step as the store keeps it. StoreError for numbers that are not finite."""
    try:
        # One by one, so that a step of thousands never keeps the window from its turn.
        text = ",".join(_WRITER.encode(_change_to_json(change)) for change in step.changes)
    except ValueError as error:
        raise StoreError("A step without finite numbers cannot be kept.", "Draw it again.") from error
    return StoredStep(step.uid, step.title, step.time, step.done, f"[{text}]")


def steps_of(stored: Iterable[StoredStep]) -> Steps:
    """The steps the store told, oldest first: from the newest back to the first that cannot be read."""
    done: list[Step] = []
    undone: list[Step] = []
    for each in reversed(tuple(stored)):
        try:
            changes = tuple(map(_change_from_json, json.loads(each.changes)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            break
        (done if each.done else undone).append(Step(each.uid, each.title, each.time, changes, each.done))
    return tuple(reversed(done)), tuple(undone)


def go_on(history: History, earlier: Steps, things: Iterable[object]) -> tuple[str, ...]:
    """Let the history go on after what the store knew, as far as it fits; the UIDs of the steps that do not."""
    steps = joined(earlier, history.steps)
    history.resume(fitting(steps, things))
    kept = {step.uid for step in history.listed}
    return tuple(step.uid for step in (*steps[0], *steps[1]) if step.uid not in kept)


def joined(earlier: Steps, ours: Steps) -> Steps:
    """What was done in this window after what the store knew; once something was done, nothing is done again."""
    known = {step.uid for step in (*ours[0], *ours[1])}
    before = tuple(step for step in earlier[0] if step.uid not in known)
    return (*before, *ours[0]), ours[1] if known else earlier[1]


def fitting(steps: Steps, things: Iterable[object]) -> Steps:
    """The steps that can be taken back and done again from `things`, those that are there now.

    A step whose thing was changed or deleted elsewhere is left out, with all
    that were made before it, or after it where it was taken back.
    """
    now = {_key(thing): thing for thing in things}
    done = _fitting(reversed(steps[0]), dict(now))[::-1]
    return done, _fitting(reversed(steps[1]), dict(now))[::-1]


def _fitting(steps: Iterable[Step], state: dict[_Key, object]) -> tuple[Step, ...]:
    """Those steps of the walk, nearest first, that find what they would change as they left it."""
    found: list[Step] = []
    for step in steps:
        for change in step.turned.to_carry_out:
            thing = change.before if change.before is not None else change.after
            if thing is None or state.get(_key(thing)) != change.before:
                return tuple(found)
            state[_key(thing)] = change.after
        found.append(step)
    return tuple(found)


def _key(thing: object) -> _Key:
    return type(thing), _BY_SORT[type(thing)].uid(thing)


def _change_to_json(change: Change[Any]) -> dict[str, Any]:
    form = _BY_SORT[change.sort]
    ends = (None if thing is None else form.to_json(thing) for thing in (change.before, change.after))
    return dict(zip(("of", "before", "after"), (form.name, *ends), strict=True))


def _change_from_json(data: Mapping[str, Any]) -> Change[Any]:
    form = _BY_NAME[data["of"]]
    before, after = (None if data[end] is None else form.from_json(data[end]) for end in ("before", "after"))
    return Change(before, after)
