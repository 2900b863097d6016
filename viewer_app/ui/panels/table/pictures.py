"""The small picture of what was measured, beside each row."""

from __future__ import annotations

from PySide6.QtGui import QImage

from viewer_app.measure.measurement import Record, Reference
from viewer_app.session.study import OpenStudy
from viewer_app.session.thumbnails import Thumbnails, image_picture
from viewer_app.ui.views.qimages import to_qimage


class Pictures:
    """The slice that was measured; before it has arrived, and for a reconstructed plane, that of its stack."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        self._thumbnails = thumbnails
        self._study: OpenStudy | None = None
        self._of_images: dict[Reference, QImage] = {}

    def show_study(self, study: OpenStudy | None) -> None:
        """Make pictures of `study` from now on."""
        self._study = study
        self._of_images.clear()

    def get(self, found: Record) -> QImage | None:
        """The picture for a measurement, None while there is none."""
        study, reference = self._study, found.measurement.reference
        if study is None:
            return None
        if reference is None:
            return self._of_stack(study.measuring.stack_key(found.measurement.figures[0]))
        if reference not in self._of_images:
            own = image_picture(study, reference)
            if own is None:
                place = study.find_image(reference)
                return self._of_stack(place[0].key) if place is not None else None
            self._of_images[reference] = to_qimage(own)
        return self._of_images[reference]

    def _of_stack(self, key: str) -> QImage | None:
        picture = self._thumbnails.get(key)
        return None if picture is None else to_qimage(picture)
