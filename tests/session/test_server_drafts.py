"""Servers while they are typed: what is saved when, and what is told at which field."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from viewer_app.session.server_drafts import Draft, Drafts, draft_of, faults_in, tidied
from viewer_app.session.servers import Servers
from viewer_app.sources.orthanc import Server

ARCHIVE = Server("https://pacs.example/orthanc", "ann", name="Archive")
WARD = Server("http://10.1.2.3:8042", name="Ward 3")


@pytest.fixture
def servers(tmp_path: Path) -> Servers:
    """Two servers."""
    made = Servers(tmp_path)
    made.replace((ARCHIVE, WARD))
    return made


@pytest.mark.parametrize(
    ("typed", "url", "user", "name"),
    [
        ("http://ann@pacs:8042/app/explorer.html#study?uuid=1.2", "http://pacs:8042", "ann", "pacs:8042"),
        (" https://pacs/orthanc/ui/app/ ", "https://pacs/orthanc", "", "pacs/orthanc"),
        ("orthancs://pacs", "https://pacs", "", "pacs"),
    ],
)
def test_a_pasted_address_is_understood(typed: str, url: str, user: str, name: str) -> None:
    draft = tidied(Draft(address=typed))
    assert (draft.address, draft.user, draft.name) == (url, user, name)
    assert faults_in(draft) == {}
    assert tidied(draft) == draft


def test_a_name_is_found_beside_those_that_are_taken() -> None:
    others = (Draft(name="PACS:8042"), replace(draft_of(ARCHIVE), name="x", saved=replace(ARCHIVE, name="pacs:8042 2")))
    assert tidied(Draft(address="http://pacs:8042"), others).name == "pacs:8042 3"


@pytest.mark.parametrize(
    ("draft", "field", "what"),
    [
        (Draft(name="A"), "address", "There is no address"),
        (Draft(name="A", address="pacs:8042"), "address", "neither with http:// nor"),
        (Draft(name="A", address="http://a:b@pacs"), "address", "holds a password"),
        (Draft(name="archive", address="http://a"), "name", "Another server"),
        (Draft(name="x" * 61, address="http://a"), "name", "very long"),
        (Draft(name="A", address="https://a", ca_file="/no/such.pem"), "ca_file", "no such file"),
        (Draft(name="A", address="http://a", ca_file=__file__), "ca_file", "says http"),
        (Draft(name="A", address="http://a", pin="ab" * 32), "pin", "says http"),
        (Draft(name="A", address="https://a", ca_file=__file__, pin="ab" * 32), "pin", "CA file as well"),
        (Draft(name="A", address="http://" + "a" * 2100), "address", "too long"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(draft: Draft, field: str, what: str) -> None:
    faults = faults_in(draft, (draft_of(ARCHIVE),))
    assert list(faults) == [field]
    (fault,) = faults.values()
    assert what in fault.what
    assert fault.advice


def test_what_is_usable_is_saved_at_once_and_the_rest_stays_as_it_was(servers: Servers, tmp_path: Path) -> None:
    servers.use(ARCHIVE)
    drafts = Drafts(servers)
    assert drafts.edit(0, replace(drafts.rows[0], name="Main archive")) == {}
    assert [row.name for row in servers.rows] == ["Main archive", "Ward 3"]
    assert servers.last is servers.rows[0]
    assert list(drafts.edit(0, replace(drafts.rows[0], address="nonsense"))) == ["address"]
    assert servers.rows[0] == replace(ARCHIVE, name="Main archive")
    assert drafts.rows[0].address == "nonsense"
    assert [row["url"] for row in json.loads((tmp_path / "servers.json").read_text())["servers"]] == [
        ARCHIVE.url,
        WARD.url,
    ]


def test_a_new_one_is_saved_once_it_has_an_address(servers: Servers) -> None:
    drafts = Drafts(servers)
    at = drafts.add()
    assert list(drafts.edit(at, Draft(user="bob"))) == ["address", "name"]
    assert servers.rows == (ARCHIVE, WARD)
    assert drafts.edit(at, replace(drafts.rows[at], address="http://lab")) == {}
    assert list(servers.rows) == [ARCHIVE, WARD, Server("http://lab", "bob", name="lab")]


def test_removing_is_undone(servers: Servers) -> None:
    drafts = Drafts(servers)
    drafts.remove(0)
    assert (servers.rows, drafts.removed) == ((WARD,), draft_of(ARCHIVE))
    assert drafts.undo() == 0
    assert (servers.rows, drafts.removed) == ((ARCHIVE, WARD), None)


def test_a_draft_that_was_removed_comes_back_as_a_draft(servers: Servers) -> None:
    drafts = Drafts(servers)
    at = drafts.add()
    drafts.edit(at, Draft(name="Lab"))
    drafts.remove(at)
    drafts.undo()
    assert (drafts.rows[at].name, drafts.rows[at].saved) == ("Lab", None)
    assert servers.rows == (ARCHIVE, WARD)


def test_moving(servers: Servers) -> None:
    Drafts(servers).move(1, 0)
    assert servers.rows == (WARD, ARCHIVE)
