"""The table of window presets in the hands of a person: nothing typed is lost, what is saved is in force at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from viewer_app.session.presets import Preset, WindowPresets, shipped
from viewer_app.ui.panels.preset_dialog import PresetDialog

NAME, CENTER, WIDTH = 2, 3, 4


@pytest.fixture
def presets(tmp_path: Path) -> WindowPresets:
    return WindowPresets(tmp_path)


@pytest.fixture
def dialog(qtbot: QtBot, presets: WindowPresets) -> PresetDialog:
    made = PresetDialog(presets)
    qtbot.addWidget(made)
    made.show()
    return made


def write(dialog: PresetDialog, row: int, column: int, text: str) -> None:
    item = dialog.table.item(row, column)
    assert item is not None
    item.setText(text)


def shown(dialog: PresetDialog, row: int, column: int) -> str:
    item = dialog.table.item(row, column)
    assert item is not None
    return item.text()


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]  # its stub lacks QWidget


def test_it_shows_what_is_in_force(dialog: PresetDialog) -> None:
    assert dialog.rows == shipped()
    assert shown(dialog, 5, CENTER) == "−600"
    assert not dialog.told.isVisible()


def test_a_change_is_in_force_once_it_is_saved(dialog: PresetDialog, presets: WindowPresets) -> None:
    write(dialog, 0, WIDTH, "100")
    assert presets.rows == shipped()
    click(dialog.save)
    assert not dialog.isVisible()
    assert presets.of("CT", "HU")[0] == Preset("CT", "2", "Brain", 40.0, 100.0)


def test_cancel_changes_nothing(dialog: PresetDialog, presets: WindowPresets) -> None:
    write(dialog, 0, NAME, "Head")
    click(dialog.cancel)
    assert not dialog.isVisible() and presets.rows == shipped()


@pytest.mark.parametrize(
    ("text", "column"), [("wide", WIDTH), ("", CENTER), ("1,500", WIDTH), ("0", WIDTH), ("", NAME)]
)
def test_what_cannot_be_used_is_told_and_stays_as_typed(
    dialog: PresetDialog, presets: WindowPresets, text: str, column: int
) -> None:
    write(dialog, 3, column, text)
    write(dialog, 4, NAME, "Chest")
    assert dialog.told.isVisible() and dialog.told.text()
    click(dialog.save)
    assert dialog.isVisible() and presets.rows == shipped()
    assert (shown(dialog, 3, column), shown(dialog, 4, NAME)) == (text, "Chest")
    assert dialog.table.currentRow() == 3
    write(dialog, 3, column, "Organ" if column == NAME else "77.5")
    assert not dialog.told.isVisible()
    click(dialog.save)
    assert not dialog.isVisible() and presets.rows[4].name == "Chest"


def test_a_preset_is_added_by_typing(qtbot: QtBot, dialog: PresetDialog, presets: WindowPresets) -> None:
    dialog.table.selectRow(dialog.table.rowCount() - 1)
    click(dialog.add)
    row = dialog.table.rowCount() - 1
    assert [shown(dialog, row, column) for column in (0, 1)] == ["SUVbw", "7"]
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "Prostate")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(dialog, row, NAME) == "Prostate")
    assert dialog.isVisible()
    write(dialog, row, CENTER, "7.5")
    write(dialog, row, WIDTH, "15")
    click(dialog.save)
    assert presets.of("PT", "SUVbw")[-1] == Preset("SUVbw", "7", "Prostate", 7.5, 15.0)


def test_what_is_still_being_typed_is_saved(dialog: PresetDialog, presets: WindowPresets) -> None:
    dialog.table.setCurrentCell(0, NAME)
    dialog.table.edit(dialog.table.model().index(0, NAME))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Head")
    dialog.save.click()
    assert presets.rows[0].name == "Head"


def test_removed_and_restored(dialog: PresetDialog, presets: WindowPresets) -> None:
    assert not dialog.remove.isEnabled()
    dialog.table.selectRow(0)
    click(dialog.remove)
    assert dialog.rows == shipped()[1:]
    click(dialog.restore)
    assert dialog.rows == shipped()
    dialog.table.selectAll()
    click(dialog.remove)
    click(dialog.add)
    assert [shown(dialog, 0, column) for column in (0, 1)] == ["CT", "2"]


def test_a_modality_may_be_typed_in_small_letters(dialog: PresetDialog) -> None:
    write(dialog, 0, 0, "mr")
    write(dialog, 1, 0, " suvBW ")
    assert [row.modality for row in dialog.rows[:2]] == ["MR", "SUVbw"]


def test_a_failing_disk_is_told_and_the_presets_hold(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    presets = WindowPresets(tmp_path / "config")
    dialog = PresetDialog(presets)
    qtbot.addWidget(dialog)
    dialog.show()
    write(dialog, 0, NAME, "Head")
    click(dialog.save)
    assert dialog.isVisible() and "until Caliper is closed" in dialog.told.text()
    assert presets.rows[0].name == "Head"
