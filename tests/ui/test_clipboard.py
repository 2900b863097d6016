"""What is copied as a table, and that the program can end with it on the clipboard."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QApplication

from viewer_app.ui.clipboard import copy_table

_COPY_AND_END = """
from PySide6.QtWidgets import QApplication
from viewer_app.ui.clipboard import copy_table
application = QApplication([])
for time in range(3):
    copy_table(f"time {time}", f"<b>{time}</b>")
print(application.clipboard().text())
"""


def test_a_table_is_text_and_html_and_nothing_else(qapp: QApplication) -> None:
    copy_table("a\tb", "<table></table>")
    data = qapp.clipboard().mimeData()
    assert sorted(data.formats()) == ["text/html", "text/plain"]
    assert (data.text(), data.html()) == ("a\tb", "<table></table>")


@pytest.mark.parametrize("platform", ["offscreen", "minimal"])
def test_the_program_ends_in_peace_with_a_table_on_a_clipboard_of_its_own(platform: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _COPY_AND_END],
        env=os.environ | {"QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "time 2\n", "")
