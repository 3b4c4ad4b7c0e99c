"""What the folders of a root tell, without a server: names, and of what is rejected its reasons."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import time
from collections import Counter
from pathlib import Path

from turnstream.root import Root
from turnstream.settings import WatchSettings
from turnstream.sidecars import ERROR_SUFFIX, read_facts
from turnstream.status.facts import Status
from turnstream.watch.scan import ignore_pattern, scan

#: Sidecars that are read in one look, and files whose age is asked, at most.
_SIDECARS, _FILES = 5000, 5000
#: What is counted without a look into it.
NOT_READ = "(not looked at)"


class Folders:
    """Looks again and again; a sidecar is read once."""

    def __init__(self, settings: WatchSettings) -> None:
        self.ignored = ignore_pattern(settings.ignore)
        self.marker = settings.done_marker
        self._reasons: dict[str, str] = {}

    def look(self, root: Root, status: Status) -> None:
        """Take over what lies in ``drop/`` and ``quarantine/``, and the room left on the disk."""
        sight = scan(root.drop, self.ignored)
        files = [path for path in sight.files if _is_due(path, self.ignored, self.marker)]
        status.in_drop, status.refused_folders = len(files), len(sight.refused)
        status.oldest_s = _oldest(root.drop, files)
        status.quarantine = self._quarantined(root.quarantine)
        usage = shutil.disk_usage(root.path)
        status.free_bytes, status.total_bytes = usage.free, usage.total

    def _quarantined(self, folder: Path) -> dict[str, int]:
        counts: Counter[str] = Counter()
        read = 0
        for below, _, names in os.walk(folder):
            here = set(names)
            for name in here:
                if name + ERROR_SUFFIX not in here:
                    continue
                place = f"{below}/{name}"
                if place not in self._reasons and read < _SIDECARS:
                    read += 1
                    facts = read_facts(Path(place + ERROR_SUFFIX)) or {}
                    self._reasons[place] = str(facts.get("reason", "unknown"))
                counts[self._reasons.get(place, NOT_READ)] += 1
        return dict(counts.most_common())


def _is_due(path: str, ignored: re.Pattern[str], marker: str) -> bool:
    name = path.rpartition("/")[2]
    return not (ignored.fullmatch(name) or (marker and name.endswith(marker)))


def _oldest(drop: Path, files: list[str]) -> float | None:
    """Return how long the file that lies there longest has been there (seconds), by its last change of any kind."""
    times = []
    for path in itertools.islice(files, _FILES):
        try:
            times.append(os.lstat(drop / path).st_ctime)
        except OSError:
            continue
    return max(time.time() - min(times), 0.0) if times else None
