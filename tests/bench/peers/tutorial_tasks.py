"""The tutorial's Celery application: Celery's own settings, one file a task, SET NX against duplicates, XADD."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import redis
from celery import Celery

from tests.bench.bound import event_of_bytes

BROKER = "TUTORIAL_BROKER"
DONE = "TUTORIAL_DONE"

app = Celery("tutorial", broker=os.environ[BROKER])
server = redis.Redis.from_url(os.environ[BROKER])


@app.task
def ingest(path: str) -> None:
    file = Path(path)
    raw = file.read_bytes()
    if server.set(f"seen:{sha256(raw).hexdigest()}", path, nx=True):
        server.xadd("documents", {"data": event_of_bytes(raw, file.name, file.stat().st_mtime_ns)})
    file.rename(Path(os.environ[DONE]) / file.name)
