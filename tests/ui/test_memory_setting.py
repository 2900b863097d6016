"""The memory the user sets aside for images: kept, and never nonsense from a hand-edited file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from viewer_app.session.volumes import default_budget_bytes
from viewer_app.ui.memory_setting import ask_image_budget, image_budget_bytes


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize("kept", ["", "much", "-5", "0", "99999999999999"])
def test_half_of_the_memory_where_nothing_usable_is_kept(settings: QSettings, kept: str) -> None:
    settings.setValue("memory/images_mb", kept)
    assert image_budget_bytes(settings) == default_budget_bytes()


@pytest.mark.parametrize(("accepted", "expected"), [(True, 700_000_000), (False, None)])
def test_the_answer_is_kept(qtbot: QtBot, settings: QSettings, accepted: bool, expected: int | None) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setIntValue(700)
        dialog.done(int(accepted))

    QTimer.singleShot(100, answer)
    assert ask_image_budget(settings, window) == expected
    assert image_budget_bytes(settings) == (expected or default_budget_bytes())
