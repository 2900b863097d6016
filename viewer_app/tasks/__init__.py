"""Background work: see `lanes`."""

from viewer_app.tasks.lanes import Lane, Task, Tasks

__all__ = ["Lane", "Task", "Tasks"]
