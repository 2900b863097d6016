"""Many small studies, on a server within a second."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from tests.made import image
from tests.orthanc_server import RunningOrthanc

# A year of one study a day; later than any clock, so that none of them is "today".
FIRST_DAY = date(2019, 1, 1)


def study(number: int, **values: Any) -> tuple[bytes, ...]:
    """The files of a study of one image, told apart by `number`; further `values` by DICOM keyword."""
    told: dict[str, Any] = {
        "PatientName": f"Person{number:03}^Test",
        "PatientID": f"P{number:03}",
        "StudyInstanceUID": f"2.25.7.{number}",
        "SeriesInstanceUID": f"2.25.7.{number}.1",
        "SOPInstanceUID": f"2.25.7.{number}.1.1",
        "StudyDate": (FIRST_DAY + timedelta(days=number)).strftime("%Y%m%d"),
        "StudyTime": "101500",
        "AccessionNumber": f"A{number:05}",
        "StudyDescription": f"Study {number}",
        "Modality": "CT",
    }
    made = image(size=(8, 8), **told | values)
    file = io.BytesIO()
    made.save_as(file, enforce_file_format=True)
    return (file.getvalue(),)


def upload_files(server: RunningOrthanc, files: Iterable[bytes]) -> None:
    """Store the files, four at a time."""
    with server.client() as client, ThreadPoolExecutor(4) as pool:
        for answer in pool.map(lambda file: client.post("/instances", content=file), files):
            answer.raise_for_status()


def upload_studies(server: RunningOrthanc, numbers: Sequence[int]) -> None:
    """Store a small study for each number."""
    upload_files(server, [file for number in numbers for file in study(number)])
