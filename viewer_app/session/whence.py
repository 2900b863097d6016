"""Where the open study comes from, though what is beside it may come from elsewhere."""

from __future__ import annotations

from viewer_app.session.workspace import Workspace
from viewer_app.sources.base import Notice, NoticeKind, Source
from viewer_app.sources.joined import home_of, notices_of


def home(workspace: Workspace) -> Source | None:
    """The place itself; None where nothing is open."""
    opened, source = workspace.study, workspace.source
    return None if opened is None or source is None else home_of(source, opened.study.instances[0])


def title(workspace: Workspace) -> str:
    """What the place is called."""
    place = home(workspace)
    return place.title if place is not None else workspace.contents.title


def notice(workspace: Workspace, kind: NoticeKind) -> Notice | None:
    """What of that kind was told when the study was listed there."""
    opened, source = workspace.study, workspace.source
    if opened is None or source is None:
        return None
    notices = notices_of(source, opened.study.instances[0], workspace.contents.notices)
    return next((one for one in notices if one.kind is kind), None)
