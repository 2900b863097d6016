"""Every test of the sampler is done twice: compiled, and in plain numpy."""

from __future__ import annotations

from types import ModuleType

import pytest

from viewer_app.imaging.sampler import engine, warm_up


@pytest.fixture(autouse=True, params=["numba", "numpy"])
def sampler(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType | None:
    """The compiled kernels, or None for numpy."""
    if request.param == "numpy":
        monkeypatch.setattr(engine, "_ready", {})
        return None
    pytest.importorskip("numba")
    warm_up().join()
    assert set(engine._ready) == set(engine._KINDS)
    return engine._ready["int16"]
