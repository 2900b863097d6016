"""Addresses of servers and studies as one line of text."""

from __future__ import annotations

import pytest

from viewer_app.errors import SourceError
from viewer_app.sources import open_source
from viewer_app.sources.orthanc import Server, parse_address
from viewer_app.sources.orthanc.address import parse_pin

ID = "a78d41ff-69f8b3aa-a3452abc-bf6ad7da-b7d12c20"


@pytest.mark.parametrize(
    ("text", "url", "user", "study"),
    [
        ("http://host:8042/#study=1.2.3", "http://host:8042", "", "1.2.3"),
        ("https://ann@pacs.example/orthanc/#study=1.2.3", "https://pacs.example/orthanc", "ann", "1.2.3"),
        (f"orthanc://ann@host:8042/a/b?study={ID}", "http://host:8042/a/b", "ann", ID),
        ("orthancs://host?study=1.2", "https://host", "", "1.2"),
        (f"http://host:8042/app/explorer.html#study?uuid={ID}", "http://host:8042", "", ID),
        ("http://h/orthanc/ui/app/#/filtered-studies?StudyInstanceUID=1.2.3", "http://h/orthanc", "", "1.2.3"),
        ("http://dr%40x@[::1]:8042/", "http://[::1]:8042", "dr@x", ""),
    ],
)
def test_forms(text: str, url: str, user: str, study: str) -> None:
    address = parse_address(text)
    assert (address.server.url, address.server.user, address.study) == (url, user, study)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "ftp://host/",
        "http://host:99999/",
        "http://host/../x#study=1.2",
        "http://host/#study=../../system",
        "http://host/#study=1.2%0d%0aX:1",
        f"http://host/#study={'1' * 65}",
        "http://host/\r\nHost: evil",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SourceError):
        parse_address(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SourceError, match="password") as caught:
        open_source("http://ann:hush@host:8042/#study=1.2.3")
    assert "hush" not in str(caught.value)


def test_a_server_keeps_its_password_to_itself() -> None:
    assert "hush" not in repr(Server("http://host", "ann", "hush"))


def test_a_server_without_a_study() -> None:
    with pytest.raises(SourceError, match="no study"):
        open_source("http://ann@host:8042/")


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("http://h/a/app/explorer.html", "http://h/a"),
        ("http://h/ui/app/", "http://h"),
        ("http://h:1/ohif/viewer?StudyInstanceUIDs=1.2", "http://h:1"),
        ("http://h/stone-webviewer/index.html?study=1.2.3", "http://h"),
        ("http://h/dicom-web/", "http://h"),
        ("http://h/app", "http://h/app"),  # a prefix may be named so
        ("http://h/ui", "http://h/ui"),
    ],
)
def test_what_precedes_a_page_is_the_server(page: str, url: str) -> None:
    assert parse_address(page).server.url == url


@pytest.mark.parametrize(
    ("url", "user", "warned"),
    [
        ("http://pacs.example", "ann", True),
        ("http://10.1.2.3:8042", "ann", True),
        ("http://localhost.example", "ann", True),
        ("http://pacs.example", "", False),
        ("https://pacs.example", "ann", False),
        ("http://localhost:8042", "ann", False),
        ("http://127.1.2.3", "ann", False),
        ("http://[::1]:8042", "ann", False),
    ],
)
def test_passwords_over_http_are_warned_of(url: str, user: str, warned: bool) -> None:
    assert bool(Server(url, user).warning) == warned


def test_fingerprints() -> None:
    assert parse_pin(" AB:" + "0c" * 31 + "\n") == "ab" + "0c" * 31
    assert parse_pin("") == ""
    for text in ("ab", "g" * 64, "0" * 65, "é" * 64):
        with pytest.raises(SourceError):
            parse_pin(text)
