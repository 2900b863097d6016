"""Ready labels: shipped and the user's own, set by set, never lost by a bad file or set."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from viewer_app.errors import CaliperError
from viewer_app.session.label_sets import LabelSet, LabelSets, fault_of, shipped

FILE = "label_sets.json"
KNEE = LabelSet("knee", "Knee", ("Patella", "Anterior cruciate ligament", "猫"))


def test_the_shipped_ones_are_sound_and_in_force_without_a_file(tmp_path: Path) -> None:
    sets = LabelSets(tmp_path)
    assert sets.sets == shipped()
    assert [each.key for each in shipped()] == ["recist", "organs"]
    assert fault_of(shipped()) is None and sets.problem is None
    assert {"Target 1", "Non-target 1"} <= set(shipped()[0].labels)
    assert not list(tmp_path.iterdir())


def test_what_is_saved_is_in_force_at_once_and_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    recist, organs = shipped()
    changed = replace(organs, labels=(*organs.labels, "Tonsil"))
    sets = LabelSets(tmp_path / "new folder")
    with qtbot.waitSignal(sets.changed):
        sets.replace((recist, changed, KNEE))
    again = LabelSets(tmp_path / "new folder")
    assert (again.sets, again.problem) == ((recist, changed, KNEE), None)


def test_only_what_differs_is_written_so_that_new_shipped_ones_arrive(tmp_path: Path) -> None:
    recist, _ = shipped()
    LabelSets(tmp_path).replace((recist, KNEE))
    assert set(json.loads((tmp_path / FILE).read_text())) == {"organs", "knee"}
    assert LabelSets(tmp_path).sets == (recist, KNEE)
    LabelSets(tmp_path).replace(shipped())
    assert json.loads((tmp_path / FILE).read_text()) == {}


def test_labels_are_found_by_the_beginning_of_a_word(tmp_path: Path) -> None:
    sets = LabelSets(tmp_path)
    sets.replace((*shipped(), KNEE))
    assert sets.beginning("lymph") == ("Target lymph node 1", "Target lymph node 2", "Lymph node")
    assert sets.beginning("Target") == sets.beginning(" tar")
    assert sets.beginning("iver") == ()
    assert len(sets.beginning("")) == sum(len(each.labels) for each in sets.sets)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(KNEE, title=""), "no title"),
        (replace(KNEE, title="x" * 65), "no title"),
        (replace(KNEE, title="organs"), "named “Organs”"),
        (replace(KNEE, key="organs"), "named “Organs”"),
        (replace(KNEE, labels=()), "no labels"),
        (replace(KNEE, labels=("a", "")), "empty label"),
        (replace(KNEE, labels=("a", " b")), "empty label"),
        (replace(KNEE, labels=("a\nb",)), "empty label"),
        (replace(KNEE, labels=("Patella", "patella")), "“Patella” twice"),
    ],
)
def test_an_unusable_set_is_told_and_changes_nothing(tmp_path: Path, wrong: LabelSet, told: str) -> None:
    sets = LabelSets(tmp_path)
    with pytest.raises(CaliperError) as caught:
        sets.replace((*shipped(), wrong))
    assert told in caught.value.what
    assert caught.value.advice
    assert sets.sets == shipped() and not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"a": 5}',
        b'{"a": {"title": "A"}}',
        b'{"a": {"title": "A", "labels": "xyz"}}',
        b'{"a": {"title": "A", "labels": [1]}}',
        b'{"a": {"title": "A", "labels": []}}',
        b"[" * 100_000,
    ],
    ids=range(10),
)
def test_a_damaged_file_is_told_and_kept_aside(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / FILE).write_bytes(damaged)
    sets = LabelSets(tmp_path)
    assert sets.sets == shipped()
    assert sets.problem is not None and "label sets" in sets.problem.what
    assert (tmp_path / "label_sets.damaged-1.json").read_bytes() == damaged


def test_sets_that_cannot_be_written_hold_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    sets = LabelSets(tmp_path / "config")
    with pytest.raises(CaliperError, match="hold until Caliper is closed"):
        sets.replace((*shipped(), KNEE))
    assert KNEE in sets.sets
