"""The command line: the window, `info`, `report`, `--version`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from viewer_app import __version__
from viewer_app.errors import CaliperError

PASSWORD_VARIABLE = "CALIPER_PASSWORD"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 done, 1 an error told in words, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = {"info": _info, "report": _report}.get(given[0] if given else "")
    try:
        return command(given[1:]) if command else _window(given)
    except CaliperError as error:
        print(f"viewer-app: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0


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
    from viewer_app.app import Launch, run

    return run(Launch(chosen.place, chosen.store, _password, chosen.screenshot))


def _info(given: Sequence[str]) -> int:
    told = "What a place holds, and what of it could not be shown."
    parser = argparse.ArgumentParser(prog="viewer-app info", description=told)
    parser.add_argument("place", metavar="PATH or URL")
    parser.add_argument("--json", action="store_true", help="as JSON, for scripts")
    parser.add_argument("--headers-only", action="store_true", help="do not decode the images to check them")
    chosen = parser.parse_args(given)
    from viewer_app.terminal.info import as_text, gather

    found = gather(chosen.place, _password, check_pixels=not chosen.headers_only)
    print(json.dumps(found, indent=2, ensure_ascii=False) if chosen.json else as_text(found))
    return 0


def _report(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="viewer-app report", description="Write the report of a measured study.")
    parser.add_argument("study_uid", metavar="STUDY_UID")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.{xlsx,csv,json}")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="where the measurements are kept")
    chosen = parser.parse_args(given)
    from viewer_app.folders import data_folder, user_name
    from viewer_app.terminal.stored_report import write_stored_report

    count = write_stored_report(chosen.store or data_folder(), chosen.study_uid, chosen.to, user_name())
    print(f"{count} {'measurement' if count == 1 else 'measurements'} written to {chosen.to}")
    return 0


def _password(server: str, user: str) -> str | None:
    """From the environment, else asked for; never from the command line, where others can read it."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None or not sys.stdin or not sys.stdin.isatty():
        return given
    return getpass(f"Password of {user} at {server}: ")
