"""A fault in painting is told, and the program goes on."""

from __future__ import annotations

import sys

import pytest

from viewer_app.ui.views.surviving import surviving


class _Item:
    @surviving
    def paint(self, width: int) -> None:
        """Fails where there is no room."""
        if width < 1:
            raise ValueError("no room")


def test_a_fault_in_painting_is_told_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: told.append(error))
    _Item().paint(1)
    assert not told
    _Item().paint(0)
    assert [str(error) for error in told] == ["no room"]
