"""H54 and H58: media directories that lead elsewhere, and archives that are no honest ones."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.case import Case, Seen, either, nothing, shown
from tests.hostile.look import put_neighbour
from tests.hostile.parts import NAME, PREAMBLE, TRUTH, Element, content, dataset, joined, puts

_DIRECTORY = b"1.2.840.10008.1.3.10\0\0"[:20]


def cases(thorough: bool) -> Iterator[Case]:
    """Every case of these numbers."""
    yield from _directories(thorough)
    yield from _archives(thorough)


def _dicomdir(*names: str, offset: int = 0) -> bytes:
    """A DICOMDIR with one record for each file name; every record's next is at `offset`."""
    records = []
    for name in names:
        inside = b"".join(
            part.encoded()
            for part in (
                Element(0x00041400, "UL", struct.pack("<L", offset)),
                Element(0x00041410, "US", b"\xff\xff"),
                Element(0x00041420, "UL", struct.pack("<L", offset)),
                Element(0x00041430, "CS", b"IMAGE "),
                Element(0x00041500, "CS", _even(name.encode())),
            )
        )
        records.append(struct.pack("<HHL", 0xFFFE, 0xE000, len(inside)) + inside)
    meta = (
        Element(0x00020002, "UI", _DIRECTORY),
        Element(0x00020003, "UI", b"1.2.3\0"),
        Element(0x00020010, "UI", b"1.2.840.10008.1.2.1\0"),
    )
    size = sum(len(part.encoded()) for part in meta)
    return joined(
        (
            Element(0x00020000, "UL", struct.pack("<L", size)),
            *meta,
            Element(0x00041200, "UL", struct.pack("<L", offset)),
            Element(0x00041220, "SQ", b"".join(records)),
        )
    )


def _even(value: bytes) -> bytes:
    return value + b" " * (len(value) % 2)


_PATHS = {
    "up": "..\\outside\\secret.dcm",
    "up-slashes": "../outside/secret.dcm",
    "absolute": "/etc/passwd",
    "drive": "C:\\WINDOWS\\win.ini",
    "unc": "\\\\server\\share\\secret.dcm",
    "missing": "DICOM\\NOTHERE",
    "itself": "DICOMDIR",
    "folder": "DICOM",
}


def _directories(thorough: bool) -> Iterator[Case]:
    for name, path in _PATHS.items():
        yield Case(f"H54-{name}", _media(_dicomdir(path)), shown(), (TRUTH,))
        yield Case(f"H54-{name}-opened-itself", _media(_dicomdir(path)), shown(), (TRUTH,), place="DICOMDIR")
    yield Case("H54-cycle", _media(_dicomdir(*["DICOM\\IM1"] * 3, offset=300)), shown(), (TRUTH,))
    many = 100_000 if thorough else 20_000
    yield Case(f"H54-{many}-records", _media(_dicomdir(*["DICOM\\IM1"] * many)), shown(), (TRUTH,))
    yield Case("H54-cut", _media(_dicomdir("DICOM\\IM1")[:-9]), shown(), (TRUTH,))

    def linked(folder: Path) -> None:
        _media(_dicomdir("DICOM\\LINK"))(folder)
        (folder / "DICOM" / "LINK").symlink_to(_secret(folder))
        (folder / "DICOM" / "OUT").symlink_to(folder.parent / "outside", target_is_directory=True)

    yield Case("H54-link-out-of-the-folder", linked, shown(), (TRUTH,))


def _secret(folder: Path) -> Path:
    """Another patient's file beside the medium; whoever opens it is caught."""
    path = folder.parent / "outside" / "secret.dcm"
    path.write_bytes(content(dataset(TRUTH[::-1], PatientID="SECRET", StudyInstanceUID="2.25.7")))
    return path


def _media(directory: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        _secret(folder)
        (folder / "DICOM").mkdir()
        (folder / "DICOM" / "IM1").write_bytes(content(dataset()))
        (folder / "DICOMDIR").write_bytes(directory)

    return make


Fill = Callable[[zipfile.ZipFile], None]


def _zipped(
    fill: Fill, *, packed: bool = False, spoil: Callable[[bytearray], None] | None = None
) -> Callable[[Path], None]:
    """An archive with the healthy neighbour and what `fill` adds."""

    def make(folder: Path) -> None:
        good = folder / "good"
        good.mkdir()
        put_neighbour(good)
        method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with zipfile.ZipFile(folder / "study.zip", "w", method) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zipfile warns of names that come twice
            archive.write(good / "neighbour.dcm", "neighbour.dcm")
            fill(archive)
        if spoil is not None:
            data = bytearray((folder / "study.zip").read_bytes())
            spoil(data)
            (folder / "study.zip").write_bytes(data)

    return make


def _archives(thorough: bool) -> Iterator[Case]:
    image = content(dataset())
    for name, member in {
        "climbs": "../outside/climb.dcm", "absolute": "/tmp/absolute.dcm", "drive": "C:\\drive.dcm",
        "bidi": "ok/\u202emcd.exe", "long": "n" * 60_000, "empty": "", "null": "a\0b.dcm", "device": "NUL",
    }.items():  # fmt: skip
        fill: Fill = lambda archive, member=member: archive.writestr(_info(member), image)  # type: ignore[misc]  # noqa: E731 - bound here
        yield _archive(f"H58-name-{name}", _zipped(fill), shown())
    yield _archive("H58-name-twice", _zipped(_twice(image)), shown("repeat"))
    yield _archive("H58-symlink", _zipped(_symlink), nothing)
    yield _archive(
        "H58-nested", _zipped(lambda archive: archive.writestr("inner.zip", _deep(42))), _words("Archives inside")
    )
    bomb = _zipped(lambda archive: archive.writestr("bomb.dcm", bytes(50 << 20)), packed=True)
    yield _archive("H58-ratio", bomb, _words("thousand times"))
    many = 65_536 if thorough else 4_000
    words, budget = _words(f"{many} files are not DICOM"), 10.0 + many * 1e-3
    yield Case(f"H58-{many}-entries", _zipped(lambda a: _many(a, many)), words, place="study.zip", longest_s=budget)
    for name, change in {"smaller": -100, "larger": 1 << 20, "huge": 0x7FFFFFFF}.items():
        spoil = _wrong_size(change)
        made = _zipped(lambda archive: archive.writestr(NAME, image), spoil=spoil)
        yield _archive(f"H58-declared-size-{name}", made, either())
    yield _archive(
        "H58-wrong-checksum", _zipped(lambda archive: archive.writestr(NAME, image), spoil=_wrong_sum), either()
    )
    half = puts(PREAMBLE, "study.zip")
    yield Case("H58-no-archive", half, nothing, lonely=True)


def _archive(name: str, make: Callable[[Path], None], expect: Callable[[Seen], None]) -> Case:
    return Case(name, make, expect, (TRUTH,), place="study.zip")


def _words(words: str) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert not seen.shown
        assert words in seen.said, seen.said

    return check


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


def _twice(image: bytes) -> Fill:
    def fill(archive: zipfile.ZipFile) -> None:
        for _ in range(2):
            archive.writestr("same", image)

    return fill


def _symlink(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("link.dcm")
    link.external_attr = 0o120777 << 16
    archive.writestr(link, "../outside/secret.dcm")


def _deep(depth: int) -> bytes:
    import io

    inner = b"the end"
    for _ in range(depth):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", inner)
        inner = file.getvalue()
    return inner


def _many(archive: zipfile.ZipFile, count: int) -> None:
    for number in range(count):
        archive.writestr(zipfile.ZipInfo(f"{number}"), b"")


def _wrong_size(change: int) -> Callable[[bytearray], None]:
    """The last member's unpacked size in the central directory is another one."""

    def spoil(data: bytearray) -> None:
        at = data.rindex(b"PK\1\2") + 24
        (size,) = struct.unpack_from("<L", data, at)
        struct.pack_into("<L", data, at, (size + change) & 0xFFFFFFFF)

    return spoil


def _wrong_sum(data: bytearray) -> None:
    at = data.rindex(b"PK\1\2") + 16
    data[at] ^= 0xFF
