"""Shipped presets and the user's own: merged by modality, kept on the disk, and never lost by a bad file or row."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from viewer_app.errors import CaliperError
from viewer_app.imaging.headers import Window
from viewer_app.session.presets import Preset, WindowPresets, faults_of, shipped

FILE = "window_presets.json"
KNEE = Preset("MR", "2", "Knee", 300.0, 700.0)
SUV = Preset("SUVbw", "", "SUV 0 to 1.5", 0.75, 1.5)


def test_the_shipped_ones_are_sound_and_in_force_without_a_file(tmp_path: Path) -> None:
    presets = WindowPresets(tmp_path)
    assert presets.rows == shipped() and len(shipped()) >= 13
    assert faults_of(shipped()) == {} and presets.problem is None
    assert not list(tmp_path.iterdir())


def test_what_is_saved_is_in_force_at_once_and_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    presets = WindowPresets(tmp_path / "new folder")
    rows = (*shipped(), KNEE, SUV)
    with qtbot.waitSignal(presets.changed):
        presets.replace(rows)
    assert presets.of("MR", "") == (KNEE,)
    again = WindowPresets(tmp_path / "new folder")
    assert again.problem is None
    assert sorted(map(repr, again.rows)) == sorted(map(repr, rows))
    assert again.of("PT", "SUVbw")[-1] == SUV


def test_only_what_differs_is_written_so_that_new_shipped_ones_arrive(tmp_path: Path) -> None:
    WindowPresets(tmp_path).replace((*shipped(), KNEE))
    assert list(json.loads((tmp_path / FILE).read_text())) == ["MR"]
    WindowPresets(tmp_path).replace(shipped())
    assert json.loads((tmp_path / FILE).read_text()) == {}


def test_shipped_ones_may_be_changed_and_removed_for_good(tmp_path: Path) -> None:
    suv = [row for row in shipped() if row.modality != "CT"]
    WindowPresets(tmp_path).replace(suv)
    assert WindowPresets(tmp_path).of("CT", "HU") == ()
    lung = Preset("CT", "7", "Lung", -500.0, 1400.0)
    WindowPresets(tmp_path).replace([lung, *suv])
    assert WindowPresets(tmp_path).of("CT", "HU") == (lung,)


def test_presets_for_other_values_of_pet_never_serve_suv(tmp_path: Path) -> None:
    presets = WindowPresets(tmp_path)
    activity = Preset("PT", "2", "Activity", 5000.0, 10_000.0)
    presets.replace([activity])
    assert presets.of("PT", "Bq/ml") == (activity,)
    assert presets.of("PT", "SUVbw") == ()


def test_hu_are_whole_numbers_and_others_are_not() -> None:
    assert shipped()[0].window == Window(40.0, 80.0, "Brain", "LINEAR")
    assert SUV.window == Window(0.75, 1.5, "SUV 0 to 1.5", "LINEAR_EXACT")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(KNEE, modality=""), "no modality"),
        (replace(KNEE, modality="M R!"), "no modality"),
        (replace(KNEE, key="12"), "“12” cannot be the key"),
        (replace(KNEE, name=""), "no name"),
        (replace(KNEE, center=float("nan")), "centre of “Knee”"),
        (replace(KNEE, width=0.0), "width of “Knee”"),
        (replace(KNEE, width=-5.0), "width of “Knee”"),
        (replace(KNEE, width=float("inf")), "width of “Knee”"),
        (replace(KNEE, modality="CT", key="", width=0.5), "width of “Knee”"),
        (replace(KNEE, modality="CT"), "Key 2 is used twice for CT"),
        (Preset("CT", "", "brain", 40.0, 80.0), "named “Brain”"),
    ],
)
def test_an_unusable_row_is_told_and_changes_nothing(tmp_path: Path, wrong: Preset, told: str) -> None:
    presets = WindowPresets(tmp_path)
    with pytest.raises(CaliperError) as caught:
        presets.replace((*shipped(), wrong))
    assert told in caught.value.what
    assert caught.value.advice
    assert presets.rows == shipped() and not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b'{"CT": 5}',
        b'{"CT": [{"key": "2"}]}',
        b'{"CT": ["lung"]}',
        b'{"CT": [{"key": "2", "name": "A", "center": "x", "width": 5}]}',
        b'{"CT": [{"key": "2", "name": "A", "center": NaN, "width": 5}]}',
        b'{"CT": [{"key": "2", "name": "A", "center": 1, "width": -5}]}',
        b"[" * 100_000,
    ],
    ids=range(12),
)
def test_a_damaged_file_is_told_and_kept_aside(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "window_presets.damaged-1.json").write_bytes(b"an older one")
    (tmp_path / FILE).write_bytes(damaged)
    presets = WindowPresets(tmp_path)
    assert presets.rows == shipped()
    assert presets.problem is not None and "window_presets.damaged-2.json" in presets.problem.advice
    assert (tmp_path / "window_presets.damaged-2.json").read_bytes() == damaged
    assert (tmp_path / "window_presets.damaged-1.json").read_bytes() == b"an older one"
    presets.replace((*shipped(), KNEE))
    assert WindowPresets(tmp_path).of("MR", "") == (KNEE,)


def test_a_place_that_cannot_be_read_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    presets = WindowPresets(tmp_path)
    assert presets.rows == shipped()
    assert presets.problem is not None and str(tmp_path / FILE) in presets.problem.advice
    assert list(tmp_path.iterdir()) == [tmp_path / FILE]


def test_presets_that_cannot_be_written_hold_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    presets = WindowPresets(tmp_path / "config")
    with pytest.raises(CaliperError) as caught:
        presets.replace((*shipped(), KNEE))
    assert "until Caliper is closed" in caught.value.advice
    assert presets.of("MR", "") == (KNEE,)
