"""What the embedded server is told: its port, its password, its settings."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from turnstream.connect import read_server_file
from turnstream.errors import NoServer
from turnstream.settings import Settings

#: Below Linux's range for outgoing connections: none takes the port while the server is away,
#: and no client that knocks there meanwhile can connect to itself.
PORTS = range(20000, 32768)
PORT_TRIES = 50
#: Seconds a port may stay taken by a server that has just given up its lock.
PORT_GRACE_SECONDS = 0.3
#: Seconds between two tries of a port.
POLL_SECONDS = 0.02

#: Loads in Redis 7.0 and Valkey 9.1.  Without "always" an acknowledged record can be lost.
#: To rewrite the file compressed took two thirds of the time of all else that the server does, for seven tenths of the
#: size; as it is, a fifth of it (measured).
CONFIG = """\
bind 127.0.0.1
protected-mode yes
enable-debug-command no
daemonize no
tcp-keepalive 60
save ""
appendonly yes
appendfsync always
no-appendfsync-on-rewrite no
aof-load-truncated yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
rdbcompression no
maxmemory-policy noeviction
hash-max-listpack-entries 512
hash-max-listpack-value 64
"""


def port_and_password(settings: Settings) -> tuple[int, str]:
    """Those of the last start where they can be had: consumers keep the URL.

    Raises:
        NoServer: ``server.port`` is taken.

    """
    last = urlsplit(read_server_file(settings.root) or "")
    password = last.password or secrets.token_urlsafe(32)
    fixed = settings.server.port
    kept = fixed or last.port
    if kept and _is_free(kept, PORT_GRACE_SECONDS):
        return kept, password
    if fixed:
        raise NoServer(f"port {fixed} (server.port) is taken by another program: stop that, or set another port")
    tried = (secrets.choice(PORTS) for _ in range(PORT_TRIES))
    return next(filter(_is_free, tried), PORTS.start), password


def _is_free(port: int, patience: float = 0.0) -> bool:
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)


def config(data: Path, port: int, password: str) -> str:
    """Text of ``server.conf`` for a server that keeps its data in the folder ``data``."""
    return f"{CONFIG}dir {_quoted(data)}\nport {port}\nrequirepass {password}\n"


def _quoted(path: Path) -> str:
    plain = {byte for byte in range(0x20, 0x7F) if byte not in b'"\\'}
    return '"' + "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in os.fsencode(path)) + '"'
