"""Choosing the window of the image on show: automatic, the file's own, presets."""

from __future__ import annotations

from dataclasses import replace

from viewer_app.folders import config_folder
from viewer_app.imaging.headers import Window
from viewer_app.imaging.stacks import Stack
from viewer_app.imaging.values.voi import auto_window
from viewer_app.session.presets import WindowPresets
from viewer_app.session.seen_values import seen_values, why_no_values
from viewer_app.session.workspace import Workspace
from viewer_app.ui.window_menu import WindowChoice, file_choices, preset_choices


class Windowing:
    """Each action sets the window of the view on show; none does anything where no image is.

    `presets` are the shipped ones and the user's own; its `problem` should be told once.
    """

    def __init__(self, workspace: Workspace, presets: WindowPresets | None = None) -> None:
        self._workspace = workspace
        self.presets = WindowPresets(config_folder()) if presets is None else presets

    def automatic(self) -> None:
        """A window from the values on show, of a slice or of a reconstructed plane; says why where there are none."""
        study = self._workspace.study
        if study is None or study.stack is None:
            return
        values = seen_values(study.active)
        if values.size:
            self.use(auto_window(values))
        else:
            self._workspace.noticed.emit(why_no_values(study.active))

    def of_file(self) -> None:
        """The file's own windows, one after the other."""
        study = self._workspace.study
        stack = study.stack if study is not None else None
        if study is None or stack is None:
            return
        windows = stack.images[study.wanted_index(study.view.value)].frame.windows
        if not windows:
            self.use(None)
            return
        current = study.active.chosen_window()
        place = windows.index(current) + 1 if current in windows else 0
        self.use(windows[place % len(windows)])

    def preset(self, key: str) -> None:
        """The preset of the modality on that number key; nothing where there is none."""
        study = self._workspace.study
        stack = study.stack if study is not None else None
        if study is None or stack is None:
            return
        for choice in self._preset_choices(stack, study.view.value.index):
            if choice.key == key:
                self.use(choice.window)

    def choices(self) -> tuple[tuple[WindowChoice, ...], ...]:
        """What the image on show may be windowed with: the file's own, then the presets; () for colour."""
        study = self._workspace.study
        stack = study.stack if study is not None else None
        if study is None or stack is None:
            return ()
        index = study.wanted_index(study.view.value)
        pixels = stack.images[index].instance.pixel_format
        if pixels is not None and pixels.is_colour:
            return ()
        return file_choices(stack.images[index].frame.windows), self._preset_choices(stack, index)

    def use(self, window: Window | None) -> None:
        """Show the slice through `window`; None is the one it begins with."""
        study = self._workspace.study
        if study is not None:
            study.view.set(replace(study.view.value, window=window))

    def _preset_choices(self, stack: Stack, index: int) -> tuple[WindowChoice, ...]:
        return preset_choices(self.presets.of(stack.info.modality, stack.images[index].frame.rescale.unit))
