"""Many small studies for lists and searches: one object of some hundred bytes each, sent over several connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

from tests.orthanc_server import RunningOrthanc
from tests.sources.series import file_of

_THREADS = 4
_ROOT = "1.2.826.0.1.3680043.8.498.7"


def study_date(number: int) -> str:
    """Its Study Date: later for higher numbers, a day for ten of them."""
    day = number // 10
    return f"{2000 + day // 336:04d}{day // 28 % 12 + 1:02d}{day % 28 + 1:02d}"


def study_file(number: int) -> bytes:
    """The DICOM file of study `number`: its own patient, accession number, date; every tenth is an MR."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = EncapsulatedPDFStorage, f"{_ROOT}.{number}.1.1"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"{_ROOT}.{number}", f"{_ROOT}.{number}.1"
    dataset.PatientID, dataset.PatientName = f"M-{number:05d}", f"Many^{'Ann' if number % 2 else 'Bob'}"
    dataset.AccessionNumber, dataset.StudyDate, dataset.StudyTime = f"ACC{number}", study_date(number), "101112"
    dataset.StudyDescription, dataset.Modality = f"Study {number}", "CT" if number % 10 else "MR"
    return file_of(dataset)


def upload_many(server: RunningOrthanc, count: int) -> None:
    """Studies 0 to `count` - 1."""
    with server.client() as api, ThreadPoolExecutor(_THREADS) as pool:

        def put(number: int) -> httpx.Response:
            return api.post("/instances", content=study_file(number)).raise_for_status()

        list(pool.map(put, range(count)))
