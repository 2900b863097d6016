"""The command line: the window, `info`, `report`, `--version`."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import warnings
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from viewer_app import __version__
from viewer_app.errors import CaliperError

PASSWORD_VARIABLE = "CALIPER_PASSWORD"
_INTERRUPTED = 130

_NO_DISPLAY = CaliperError(
    "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).",
    "To see the viewer all the same, let it draw a picture of its window on a virtual screen,"
    " from a checkout: python3 dev.py run --screenshot window.png",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 done, 1 an error told in words, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name must not end the program where it cannot be printed
            stream.reconfigure(errors="backslashreplace")
    if not sys.warnoptions:  # what a library thinks of a file is not what a person is told
        warnings.simplefilter("ignore")
    command = {"info": _info, "report": _report}.get(given[0] if given else "")
    try:
        return command(given[1:]) if command else _window(given)
    except CaliperError as error:
        print(f"viewer-app: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED


def _window(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="viewer-app",
        description="Open the viewer on a folder, a DICOM file, a zip archive or a study on an Orthanc server.",
        epilog="Further commands: viewer-app info PATH [--json]; viewer-app report STUDY_UID --to FILE.",
    )
    parser.add_argument("place", nargs="?", default="", metavar="PATH or URL", help="the sample study if left out")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep measurements there")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture of the window and end")
    parser.add_argument("--version", action="version", version=f"Caliper {__version__}")
    chosen = parser.parse_args(given)
    if _is_headless():
        raise _NO_DISPLAY
    from viewer_app.app import Launch, run

    # The window has a question of its own; a picture is taken where nobody may see it.
    password = _password if chosen.screenshot else _given_password
    return run(Launch(chosen.place, chosen.store, password, chosen.screenshot))


def _is_headless() -> bool:
    """On Linux, Qt ends the process itself where it finds no display."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return sys.platform.startswith("linux") and not named


def _info(given: Sequence[str]) -> int:
    told = "What a place holds, and what of it could not be shown."
    parser = argparse.ArgumentParser(prog="viewer-app info", description=told)
    parser.add_argument("place", metavar="PATH or URL")
    parser.add_argument("--json", action="store_true", help="as JSON, for scripts")
    parser.add_argument("--headers-only", action="store_true", help="do not decode the images to check them")
    chosen = parser.parse_args(given)
    from viewer_app.terminal.info import as_text, gather

    found = gather(chosen.place, _password, check_pixels=not chosen.headers_only)
    print(json.dumps(found, indent=2) if chosen.json else as_text(found))
    return 0


def _report(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="viewer-app report", description="Write the report of a measured study.")
    parser.add_argument("study_uid", metavar="STUDY_UID")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.{xlsx,csv,json}")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="where the measurements are kept")
    chosen = parser.parse_args(given)
    from viewer_app.folders import data_folder, user_name
    from viewer_app.terminal.stored_report import write_stored_report

    count, left_out = write_stored_report(chosen.store or data_folder(), chosen.study_uid, chosen.to, user_name())
    print(f"{count} {'measurement' if count == 1 else 'measurements'} written to {chosen.to}")
    if left_out:
        print(f"{left_out} left out: damaged, or changed outside Caliper", file=sys.stderr)
    return 0


def _given_password(server: str, user: str) -> str | None:
    """From the environment."""
    return os.environ.get(PASSWORD_VARIABLE)


def _password(server: str, user: str) -> str | None:
    """From the environment or the keyring, else asked for; never from the command line, where others can read it."""
    from viewer_app.sources.orthanc.passwords import kept_password

    given = os.environ.get(PASSWORD_VARIABLE)
    if given is None:
        given = kept_password(server, user)
    if given is not None or not sys.stdin or not sys.stdin.isatty():
        return given
    return getpass(f"Password of {user} at {server}: ")
