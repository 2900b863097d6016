"""Orthanc over its REST interface: client, source, addresses and errors."""

from viewer_app.sources.orthanc.address import Server, StudyAddress, parse_address
from viewer_app.sources.orthanc.client import OrthancClient
from viewer_app.sources.orthanc.source import OrthancSource

__all__ = ["OrthancClient", "OrthancSource", "Server", "StudyAddress", "parse_address"]
