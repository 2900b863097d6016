"""Bringing into an opened study what the store knows of it, and what could not be stored when it was left."""

from __future__ import annotations

from viewer_app.session.kept_steps import go_on
from viewer_app.session.remembering import Remembered
from viewer_app.session.saving import Saver, Wishes
from viewer_app.session.study import OpenStudy


def take_up(opened: OpenStudy, saver: Saver, remembered: Remembered, wishes: Wishes) -> str:
    """Marks, calibrations and steps, which `saver` keeps from now on; returns what is damaged, in words, or "".

    What was drawn before the store answered stays.
    """
    damaged = opened.calibrations.load(remembered.calibrations, wishes.calibrations)
    here = {item.measurement.uid: item for item in (*remembered.records, *opened.measurements.records)}
    now = {uid: item for uid, item in (here | wishes.records).items() if item is not None}
    opened.measurements.load(now.values(), remembered.doubtful)
    things = (*now.values(), *opened.calibrations.all)
    saver.adopt(wishes, outdated=go_on(opened.history, remembered.steps, things))
    saver.begin(remembered.study_id, remembered.session_id, remembered.uids)
    opened.measuring.check_stored_numbers()
    return damaged
