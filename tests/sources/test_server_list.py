"""Scripts and the command line open a study by the name of a listed server, trusted as the list says."""

from __future__ import annotations

import hashlib
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.orthanc_server import RunningOrthanc
from tests.sources.certificates import certificate, serves
from tests.sources.series import STUDY_UID
from tests.sources.tls_relay import relaying
from viewer_app import cli
from viewer_app.errors import NotFound
from viewer_app.scripting import open_study
from viewer_app.session.servers import Servers
from viewer_app.sources.orthanc import Server
from viewer_app.sources.orthanc.server_list import address_by_name, rows_in


@pytest.mark.orthanc
@pytest.mark.usefixtures("study_id")
def test_by_name_with_its_pin_and_its_password(
    orthanc: RunningOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("viewer_app.scripting.opened.config_folder", lambda: tmp_path)
    strange = certificate(tmp_path, "DNS:other.example")
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(strange.read_text().partition("-----BEGIN PRIVATE")[0])).hexdigest()
    with relaying(urlsplit(orthanc.url).port or 0, serves(strange)) as relay:
        Servers(tmp_path).add(Server(relay.url, orthanc.user, pin=pin, name="Ward 7"))
        monkeypatch.setenv("CALIPER_SERVER", relay.url)
        monkeypatch.setenv("CALIPER_PASSWORD", orthanc.password)
        with open_study(f"ward 7#study={STUDY_UID}") as study:
            assert study.info.study_uid == STUDY_UID
        assert cli.main(["info", f"Ward 7#study={STUDY_UID}", "--json", "--headers-only"]) == 0
    (patient,) = json.loads(capsys.readouterr().out)["patients"]
    assert patient["studies"][0]["study_uid"] == STUDY_UID
    with pytest.raises(NotFound):
        open_study(f"Ward 8#study={STUDY_UID}")


def test_what_is_no_name_stays_as_it_is(tmp_path: Path) -> None:
    rows = (Server("https://pacs.example/orthanc", "dr@x", name="Archive"),)
    assert address_by_name("archive#study=1.2", rows) == "https://dr%40x@pacs.example/orthanc/#study=1.2"
    for text in ("Archive", "folder/Archive#study=1.2", "http://a:1/#study=1.2", "#study=1.2"):
        assert address_by_name(text, rows) == text
    assert rows_in(tmp_path) == ()
    (tmp_path / "servers.json").write_text("{")
    assert rows_in(tmp_path) == ()
