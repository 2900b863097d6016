"""The small picture of what was measured, beside each row."""

from __future__ import annotations

from PySide6.QtGui import QImage

from viewer_app.imaging.stacks import Stack
from viewer_app.measure.measurement import Record, Reference
from viewer_app.session.finding import image_in
from viewer_app.session.study import OpenStudy
from viewer_app.session.thumbnails import Thumbnails, image_picture
from viewer_app.ui.views.qimages import to_qimage


class Pictures:
    """The slice that was measured; before it has arrived, and for a reconstructed plane, that of its stack."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        self._thumbnails = thumbnails
        self._study: OpenStudy | None = None
        self._of_images: dict[tuple[str, Reference], QImage] = {}

    def show_study(self, study: OpenStudy | None) -> None:
        """Make pictures of `study` and its priors from now on."""
        self._study = study
        self._of_images.clear()

    def get(self, found: Record, *, is_prior: bool = False) -> QImage | None:
        """The picture for a measurement of the study or of a prior, None while there is none."""
        stack = self._stack(found, is_prior=is_prior)
        if self._study is None or stack is None:
            return None
        reference = found.measurement.reference
        if reference is None:
            return self._of_stack(stack.key)
        key = stack.key, reference
        if key not in self._of_images:
            own = image_picture(self._study, image_in((stack,), reference))
            if own is None:
                return self._of_stack(stack.key)
            self._of_images[key] = to_qimage(own)
        return self._of_images[key]

    def _stack(self, found: Record, *, is_prior: bool) -> Stack | None:
        if self._study is None:
            return None
        figure = found.measurement.figures[0]
        if not is_prior:
            return self._study.stack_by_key(self._study.measuring.stack_key(figure))
        owned = self._study.prior_marks.get(found.measurement.uid)
        return None if owned is None else self._study.prior_marks.stack(owned[0], figure)

    def _of_stack(self, key: str) -> QImage | None:
        picture = self._thumbnails.get(key)
        return None if picture is None else to_qimage(picture)
