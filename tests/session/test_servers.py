"""The list of servers: kept, in order, without passwords."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from viewer_app.errors import CaliperError
from viewer_app.session.servers import Servers
from viewer_app.sources.orthanc import Server

PIN = "ab" * 32
WARD = Server("http://localhost:8042", "ann", name="Ward")
ARCHIVE = Server("https://pacs.example/orthanc", "dr@x", pin=PIN, use_proxy=True, name="Archive")
LAB = Server("https://lab.example", ca_file=Path("ca.pem"), name="Lab")


@pytest.fixture
def servers(tmp_path: Path) -> Servers:
    servers = Servers(tmp_path)
    for server in (WARD, ARCHIVE, LAB):
        servers.add(server)
    return servers


def names(servers: Servers) -> str:
    return " ".join(row.name for row in servers.rows)


def test_an_empty_list(tmp_path: Path) -> None:
    servers = Servers(tmp_path)
    assert (servers.rows, servers.last, servers.problem) == ((), None, None)
    assert list(tmp_path.iterdir()) == []


def test_the_list_outlives_the_program(servers: Servers, tmp_path: Path) -> None:
    servers.use(ARCHIVE)
    again = Servers(tmp_path)
    assert again.rows == (WARD, ARCHIVE, LAB)
    assert again.last == ARCHIVE


def test_passwords_are_never_in_it(tmp_path: Path) -> None:
    servers = Servers(tmp_path)
    servers.add(replace(WARD, password="hush-hush"))
    assert servers.rows == (WARD,)
    assert "hush" not in (tmp_path / "servers.json").read_text()
    assert set(json.loads((tmp_path / "servers.json").read_text())["servers"][0]) == {
        "name", "url", "user", "ca_file", "pin", "use_proxy",
    }  # fmt: skip


def test_edit_move_remove(servers: Servers, qtbot: QtBot) -> None:
    servers.use(WARD)
    with qtbot.waitSignal(servers.changed):
        servers.edit(WARD, replace(WARD, name="Ward 3", url="http://localhost:8043"))
    assert servers.last is not None
    assert (servers.last.name, servers.last.url) == ("Ward 3", "http://localhost:8043")
    servers.move(LAB, 0)
    assert names(servers) == "Lab Ward 3 Archive"
    servers.remove(servers.last)
    assert names(servers) == "Lab Archive"
    assert servers.last == LAB  # the first, since the last one used is gone


def test_what_is_known_of_an_address(servers: Servers) -> None:
    asked = Server(ARCHIVE.url, ARCHIVE.user, "hush")
    assert servers.known(asked) == replace(ARCHIVE, password="hush")
    stranger = Server(ARCHIVE.url, "bob")
    assert servers.known(stranger) == stranger


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "no name"),
        ({"name": "ARCHIVE"}, "Two servers are named"),
        ({"url": "ftp://host"}, "not the address"),
        ({"url": "http://host/ui/app/"}, "of a server alone"),
        ({"url": "http://ann:hush@host"}, "holds a password"),
        ({"pin": PIN}, "for https"),
        ({"url": "https://host", "pin": "zz"}, "fingerprint"),
        ({"url": "https://host", "pin": PIN.upper()}, "plain form"),
        ({"url": "https://host", "pin": PIN, "ca_file": Path("ca.pem")}, "Keep one"),
    ],
)
def test_unusable_servers_change_nothing(servers: Servers, change: dict[str, str], words: str) -> None:
    unusable = Server(**({"url": "http://host", "name": "New"} | change))  # type: ignore[arg-type]  # a Path among them
    with pytest.raises(CaliperError, match=words) as caught:
        servers.add(unusable)
    assert "hush" not in str(caught.value)
    assert servers.rows == (WARD, ARCHIVE, LAB)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"last": "", "servers": [{"name": 1}]}', '{"last": 3, "servers": []}', "[" * 100_000]
)
def test_a_damaged_file_is_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "servers.json").write_text(text)
    servers = Servers(tmp_path)
    assert servers.rows == ()
    assert servers.problem is not None
    assert "servers cannot be read; the list is empty" in servers.problem.what
    assert (tmp_path / "servers.damaged-1.json").read_text() == text


def test_the_server_of_older_settings_is_taken_over_once(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "old.ini"), QSettings.Format.IniFormat)
    settings.setValue("server/address", "http://localhost:8042/app/explorer.html")
    settings.setValue("server/user", "ann")
    servers = Servers(tmp_path, settings)
    taken = Server("http://localhost:8042", "ann", name="localhost:8042")
    assert (servers.rows, servers.last) == ((taken,), taken)
    servers.remove(taken)
    assert Servers(tmp_path, settings).rows == ()


@pytest.mark.parametrize("address", ["", "nonsense", "http://ann:hush@host"])
def test_older_settings_without_a_usable_server(tmp_path: Path, address: str) -> None:
    settings = QSettings(str(tmp_path / "old.ini"), QSettings.Format.IniFormat)
    settings.setValue("server/address", address)
    assert Servers(tmp_path, settings).rows == ()
