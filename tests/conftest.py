"""What every test gets: no window, no folder of the user, and guards against what a test leaves behind."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

USER_FOLDERS = (
    *("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"),  # Linux, and platformdirs on macOS
    *("WIN_PD_OVERRIDE_LOCAL_APPDATA", "WIN_PD_OVERRIDE_APPDATA"),  # platformdirs on Windows
)

# Ubuntu and many desktops colour the edges of letters; tests that look for a colour need grey ones.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <match target="pattern"><edit name="rgba" mode="assign"><const>none</const></edit></match>
</fontconfig>
"""


def leave_the_user_alone() -> None:
    """Send everything a program keeps for its user into one folder of this run. HOME stays."""
    folder = Path(tempfile.mkdtemp(prefix="caliper-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in USER_FOLDERS:
        os.environ[name] = str(folder / name.lower())
        (folder / name.lower()).mkdir()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    # Compiled once for all runs; numba itself sees when a source has changed.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "numba"))
    fonts = folder / "xdg_config_home" / "fontconfig" / "fonts.conf"
    fonts.parent.mkdir()
    fonts.write_text(FONTS, encoding="utf-8")


# Before anything imports Qt or asks platformdirs.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
leave_the_user_alone()

pytest_plugins = ["tests.guards", "tests.orthanc_server", "pytester"]
