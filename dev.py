#!/usr/bin/env python3
"""Everything that is done with a checkout of Caliper.

    dev.py run [--screenshot FILE] [PATH]   open the viewer, on the sample study when no PATH is given
    dev.py test [PYTEST OPTIONS]            run the tests: all of them in two processes, or those chosen in one
    dev.py orthanc [PYTEST OPTIONS]         the tests with a server, against the Orthanc of Debian 13
    dev.py check                            ruff, mypy and the import contracts
    dev.py bench [NAME]                     benchmarks, one line each
    dev.py campaign [NAME [N]]              the long forms of fuzz, crash, hostile file and monkey tests
    dev.py shots                            the manual's screenshots

Each verb first sets up what it needs: system libraries by apt on Debian and Ubuntu, the locked
Python packages in .venv. The first time takes minutes, later ones a moment.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LINUX = sys.platform.startswith("linux")

# What Qt loads when a window opens, and the Debian package that brings it. Qt's own message
# names libxcb-cursor0 whichever one is missing, so each is looked for by itself.
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import contracts": ["lint-imports"],
}

NEWER_DEBIAN = "trixie"

NO_DISPLAY = """There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).
To see the viewer all the same, let it draw a picture of its window on a virtual screen:
    python3 dev.py run --screenshot window.png"""


class Stop(Exception):
    """The reason why dev.py cannot go on, in words."""


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(f"dev.py: {text}", flush=True)


def headless() -> bool:
    """No screen on this Linux machine, and nobody chose a Qt platform that needs none."""
    return LINUX and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


# The system ---------------------------------------------------------------------------------------


def loads(library: str) -> bool:
    """The dynamic linker finds `library`."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def program(name: str) -> str | None:
    """The path of a program; sbin is looked into even where an ordinary user's PATH lacks it."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def missing_packages(qt: bool, screen: bool, orthanc: bool) -> dict[str, list[str]]:
    """What this Linux lacks: {what was looked for: the Debian packages that bring it}."""
    missing: dict[str, list[str]] = {}
    if importlib.util.find_spec("ensurepip") is None:
        missing["Python's venv"] = [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"]
    if qt:
        missing.update({library: [package] for library, package in QT_LIBRARIES.items() if not loads(library)})
    if screen and not program("Xvfb"):
        missing["Xvfb"] = ["xvfb"]
    if orthanc and not program("Orthanc") and not os.environ.get("TEST_ORTHANC"):
        missing["Orthanc"] = ["orthanc", "orthanc-dicomweb"]
    return missing


def as_root() -> list[str] | None:
    """The words before a command that needs root, or None where there is no way."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.call(["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None


def prepare_system(*, qt: bool = False, screen: bool = False, orthanc: bool = False) -> None:
    """Install the missing system packages, in one go."""
    apt = shutil.which("apt-get")
    missing = missing_packages(qt, screen, orthanc and apt is not None)
    if not missing:
        return
    if apt is None:
        raise Stop(f"This system lacks {', '.join(missing)}. Please install them with its package manager.")
    packages = " ".join(package for names in missing.values() for package in names)
    update = "apt-get update --quiet"
    install = "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install --yes --no-install-recommends " + packages
    # Debian's package starts a server of its own: RUNLEVEL=1 keeps SysV init from it, systemd must be told.
    rest = "systemctl disable --now orthanc" if "Orthanc" in missing and Path("/run/systemd/system").is_dir() else ""
    root = as_root()
    if root is None:
        lines = "\n".join(f"    sudo {line}" for line in (update, install, rest) if line)
        raise Stop(f"This system lacks {', '.join(missing)}. Please run this, then try again:\n{lines}")
    say(f"installing system packages (the first time, this takes minutes): {packages}")
    subprocess.call([*root, *update.split()])  # one unreachable source must not stop the rest
    if subprocess.call([*root, *install.split()]) != 0:
        raise Stop("apt-get did not succeed; its own message is above.")
    if rest:
        subprocess.call([*root, *rest.split()])
    importlib.invalidate_caches()
    if left := missing_packages(qt, screen, orthanc):
        raise Stop(f"Still missing after the installation: {', '.join(left)}.")


# The Python packages ------------------------------------------------------------------------------


def digest(*parts: bytes) -> str:
    """One hash of several contents."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp_of_packages() -> str:
    """What the installed packages depend on: the lock, this Python and this place."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]} {sys.base_prefix} {platform.machine()} {ROOT}"
    return digest(LOCK.read_bytes(), python.encode())


def stamp_of_project() -> str:
    """What the editable installation of Caliper itself depends on."""
    return digest((ROOT / "pyproject.toml").read_bytes())


def pip(*arguments: str) -> None:
    """Run the pip of .venv."""
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *quiet, *arguments]
    if subprocess.call(command) != 0:
        raise Stop("pip did not succeed; its own message is above. The next call starts afresh.")


def make_venv() -> None:
    """A new .venv with exactly the locked packages."""
    if Path(sys.prefix).resolve() == VENV:
        raise Stop("The packages in .venv are out of date. Please start dev.py with the system's Python instead.")
    say("making .venv and installing the locked packages (about 250 MB: the first time, this takes minutes)")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise Stop(f"Python could not make {VENV}; its own message is above.")
    pip("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))


def prepare_python() -> None:
    """Make .venv agree with the lock and with pyproject.toml.

    The stamp is taken away before anything is changed and written last: a set-up that was
    interrupted has none and is begun again.
    """
    stamp = VENV / "caliper-stamp"
    packages, project = stamp_of_packages(), stamp_of_project()
    done = stamp.read_text(encoding="ascii").split() if stamp.exists() and PYTHON.exists() else ["", ""]
    if done == [packages, project]:
        return
    stamp.unlink(missing_ok=True)
    if done[:1] != [packages]:
        make_venv()
    say("installing Caliper itself into .venv")
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(f"{packages}\n{project}\n", encoding="ascii")


def prepare(*, qt: bool = False, screen: bool = False, orthanc: bool = False) -> None:
    """Set up what a verb needs: system first, then Python."""
    if LINUX:
        prepare_system(qt=qt, screen=screen, orthanc=orthanc)
    prepare_python()


# Running ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def virtual_screen(variable: str, wanted: bool) -> Iterator[dict[str, str]]:
    """The environment, in which `variable` names a new Xvfb screen when one is wanted and can be had."""
    environment = dict(os.environ)
    xvfb = program("Xvfb") if wanted else None
    if xvfb is None:
        yield environment
        return
    answer, question = os.pipe()
    command = [xvfb, "-displayfd", str(question), "-screen", "0", "1600x1000x24", "-noreset", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[question], stderr=subprocess.DEVNULL)
    os.close(question)
    try:
        with os.fdopen(answer) as lines:
            number = lines.readline().strip()
        if not number:
            raise Stop("Xvfb, the virtual screen, did not start.")
        yield {**environment, variable: f":{number}"}
    finally:
        server.terminate()
        server.wait()


def call(arguments: list[str], environment: dict[str, str], folder: Path | None = ROOT) -> int:
    """Run the Python of .venv and return its exit code."""
    return subprocess.call([str(PYTHON), *arguments], env=environment, cwd=folder)


def run(rest: list[str]) -> int:
    """Open the viewer; without a display only for a screenshot."""
    picture = any(word.split("=")[0] == "--screenshot" for word in rest)
    if headless() and not picture:
        raise Stop(NO_DISPLAY)
    prepare(qt=True, screen=headless())
    with virtual_screen("DISPLAY", headless()) as environment:
        return call(["-P", "-m", "viewer_app", *rest], environment, folder=None)


@contextlib.contextmanager
def no_window() -> Iterator[dict[str, str]]:
    """The environment without a window; a real X screen for those who ask is named by CALIPER_TEST_DISPLAY."""
    prepare(qt=True, screen=headless(), orthanc=True)
    with virtual_screen("CALIPER_TEST_DISPLAY", LINUX) as environment:
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        yield environment


def offscreen(module: str, rest: list[str]) -> int:
    """Run a module without a window."""
    with no_window() as environment:
        return call(["-X", "faulthandler", "-m", module, *rest], environment)


def test(rest: list[str]) -> int:
    """Run all tests, in two processes at once; with any choice or option of pytest's, those tests in one."""
    from tests import halves

    if not halves.TALK.issuperset(rest):
        return offscreen("pytest", rest)
    with no_window() as environment:
        return halves.run([str(PYTHON), "-X", "faulthandler", "-m", "pytest", *rest], environment, ROOT)


def orthanc(rest: list[str]) -> int:
    """Run the tests that need a server against a newer Orthanc; without it, say why and count that as no failure.

    Options of pytest's alone do not change which tests these are.
    """
    try:
        os.environ["TEST_ORTHANC"] = str(newer_orthanc())
    except Stop as stop:
        say(f"skipped: no newer Orthanc to test against. {stop}")
        return 0
    return offscreen("pytest", ["-m", "orthanc", *(rest or ["-q"])])


def newer_orthanc() -> Path:
    """The program of a newer Debian release, unpacked beside this file the first time: nothing of it is installed."""
    folder = ROOT / ".orthanc" / NEWER_DEBIAN
    found = folder / "usr" / "sbin" / "Orthanc"
    if found.exists():
        return found
    if not LINUX or platform.machine() != "x86_64":
        raise Stop("It can be unpacked on Linux for x86-64 only.")
    if not program("mmdebstrap"):
        raise Stop("Please install mmdebstrap (Debian and Ubuntu have it), then try again.")
    say(f"unpacking the Orthanc of Debian {NEWER_DEBIAN} (about 230 MB: the first time, this takes minutes)")
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".orthanc-") as space:
        unpacked = Path(space, NEWER_DEBIAN)
        command = ["mmdebstrap", "--quiet", "--variant=extract", "--include=orthanc,orthanc-dicomweb", NEWER_DEBIAN]
        if subprocess.call([*command, str(unpacked), *own_mirror()]) != 0:
            raise Stop("mmdebstrap did not succeed; its own message is above.")
        folder.parent.mkdir(exist_ok=True)
        unpacked.rename(folder)
    return found


def own_mirror() -> list[str]:
    """Where this Debian's packages come from, and so those of the next; elsewhere mmdebstrap knows where."""
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian" or not shutil.which("apt-get"):
        return []
    wanted = [f"Codename: {release.get('VERSION_CODENAME', '')}", "Component: main", "Created-By: Packages"]
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()[:1]


def shots(rest: list[str]) -> int:
    """Make the manual's screenshots."""
    prepare(qt=True, screen=headless())
    with virtual_screen("DISPLAY", headless()) as environment:
        return call(["-m", "tests.shots", *rest], environment)


def check(rest: list[str]) -> int:
    """Run every check; what a failed one has to say is printed."""
    if rest:
        raise Stop("check takes no options: it always looks at everything.")
    prepare()
    started, failed = time.monotonic(), []
    for name, (tool, *options) in CHECKS.items():
        begun = time.monotonic()
        result = subprocess.run([BIN / tool, *options], cwd=ROOT, capture_output=True, text=True, check=False)
        say(f"{name:<17}{time.monotonic() - begun:5.1f} s  {'failed' if result.returncode else 'ok'}")
        if result.returncode:
            failed.append(name)
            print(result.stdout + result.stderr, flush=True)
    say(f"check {'failed: ' + ', '.join(failed) if failed else 'passed'}, {time.monotonic() - started:.1f} s")
    return 1 if failed else 0


VERBS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "orthanc": orthanc,
    "check": check,
    "bench": functools.partial(offscreen, "tests.bench"),
    "campaign": functools.partial(offscreen, "tests.campaign"),
    "shots": shots,
}


def main(words: list[str]) -> int:
    """Do what the first word says, with the other words."""
    if sys.version_info < (3, 11):  # noqa: UP036 - people do start this file with older ones
        raise Stop(f"Caliper needs Python 3.11 or newer; this is Python {platform.python_version()}.")
    if not words or words[0] not in VERBS:
        print(__doc__)
        return 0 if words in (["-h"], ["--help"]) else 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the virtual screen is ended too
    return VERBS[words[0]](words[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        print(f"dev.py: {stop}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
