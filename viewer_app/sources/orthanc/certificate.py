"""What a server's certificate says, read from its DER bytes (RFC 5280) before anybody trusts it.

Only what a person compares is read: for whom, by whom, from when to when. Every length is doubted.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from viewer_app.sources.orthanc.errors import BadResponse

_LARGEST = 1 << 16
_SEQUENCE, _OID, _UTC_TIME, _EXTENSIONS = 0x30, 0x06, 0x17, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
# Attributes of a name that a person knows (X.520): common name, organisation, unit.
_ATTRIBUTES = {bytes.fromhex("550403"): "CN", bytes.fromhex("55040a"): "O", bytes.fromhex("55040b"): "OU"}
_ENCODINGS = {0x1E: "utf-16-be", 0x14: "latin-1"}
_LONGEST_NAME = 120
_Item = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Certificate:
    """`subject` and `issuer` are as "CN=pacs, O=Hospital"; `names` are the hosts it is for; times are UTC.

    `sha256` is the digest of the DER bytes, 64 lower-case hexadecimal digits: what `Server.pin` holds.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    starts: datetime
    ends: datetime
    sha256: str

    @property
    def is_self_signed(self) -> bool:
        """It names itself as its authority."""
        return self.subject == self.issuer

    @property
    def fingerprint(self) -> str:
        """The digest as IT departments write it: AB:CD:…"""
        return fingerprint_of(self.sha256)

    def holds_at(self, now: datetime) -> bool:
        """`now`, with its time zone, lies in its validity."""
        return self.starts <= now <= self.ends


def fingerprint_of(sha256: str) -> str:
    """A digest (64 hexadecimal digits) as AB:CD:…"""
    return ":".join(sha256[at : at + 2] for at in range(0, 64, 2)).upper()


def read_certificate(der: bytes) -> Certificate:
    """Read the DER bytes of an X.509 certificate.

    Raises:
        BadResponse: they are none.
    """
    try:
        return _read(der)
    except (ValueError, IndexError, OverflowError) as error:
        raise BadResponse("The server's certificate cannot be read.", "Ask IT to make a new one.") from error


def _read(der: bytes) -> Certificate:
    if len(der) > _LARGEST:
        raise ValueError("too long")
    fields = [item for item in _items(_items_of(_only(der))[0][1]) if item[0] != 0xA0]  # the version is optional
    _, _, issuer, validity, subject, _, *rest = fields
    starts, ends = map(_time, _items_of(validity))
    names = tuple(name for tag, value in rest if tag == _EXTENSIONS for name in _names(value))
    digest = hashlib.sha256(der).hexdigest()
    return Certificate(_person(subject), _person(issuer), names, starts, ends, digest)


def _items(data: bytes) -> Iterator[_Item]:
    """Tag and value of what follows one another in `data`."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length >= 0x80:
            count = length - 0x80
            if not 1 <= count <= 3:
                raise ValueError("a length of that kind is not used here")
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("cut short")
        yield tag, data[at : at + length]
        at += length


def _only(data: bytes) -> _Item:
    (item,) = _items(data)
    return item


def _items_of(item: _Item) -> list[_Item]:
    if item[0] != _SEQUENCE:
        raise ValueError("no sequence")
    return list(_items(item[1]))


def _time(item: _Item) -> datetime:
    """UTCTime has two digits of a year, 50 and above meaning 19xx (RFC 5280, 4.1.2.5.1)."""
    text = item[1].decode("ascii")
    if item[0] == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _person(name: _Item) -> str:
    found = []
    for _, members in _items_of(name):
        for pair in _items(members):
            (_, attribute), (tag, value) = _items_of(pair)
            if attribute in _ATTRIBUTES:
                found.append(f"{_ATTRIBUTES[attribute]}={_plain(value, _ENCODINGS.get(tag, 'utf-8'))}")
    return ", ".join(found)[:_LONGEST_NAME]


def _names(extensions: bytes) -> Iterator[str]:
    """Names and addresses of the extension SubjectAltName."""
    for extension in _items_of(_only(extensions)):
        parts = _items_of(extension)
        if parts[0] == (_OID, _ALTERNATIVE_NAMES):
            for tag, value in _items_of(_only(parts[-1][1])):
                if tag == _DNS_NAME:
                    yield _plain(value, "ascii")
                elif tag == _IP_ADDRESS:
                    yield str(ipaddress.ip_address(value))


def _plain(value: bytes, encoding: str) -> str:
    """Text of a stranger: nothing in it may move a cursor or turn a line around."""
    text = value.decode(encoding, "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:_LONGEST_NAME]
