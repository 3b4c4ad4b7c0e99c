"""How often Python looks for garbage that refers to itself: of what we make hardly anything does."""

from __future__ import annotations

import gc

#: Objects made before a young collection (Python's default is 700), and young ones before an older one.
_OBJECTS, _YOUNGER = 50_000, 20


def collect_seldom(objects: int = _OBJECTS) -> None:
    """Look when ``objects`` were made and not dropped, and never through what there is now: call it when all is loaded.

    A tenth of a worker's time, and an eighth of the watcher's, went into looking (measured).
    """
    gc.freeze()
    gc.set_threshold(objects, _YOUNGER, _YOUNGER)
