"""An environment for each peer, of the versions and hashes in ``requirements/``; made once."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
#: Where they are made.
FOLDER = REPOSITORY / ".bench"


class NotInstalledError(Exception):
    """A peer cannot be installed on this Python or machine; the text says what pip said."""


def python_of(name: str, folder: Path = FOLDER) -> Path:
    """Return the Python of a peer's environment, made anew if its requirements or our Python are others than then.

    Raises:
        NotInstalledError: it cannot be made.

    """
    made, requirements = folder / name, requirements_of(name)
    stamp, python = made / ".installed", made / "bin" / "python"
    due = f"{made} {platform.python_version()} {sha256(requirements.read_bytes()).hexdigest()}\n"
    if not stamp.exists() or stamp.read_text() != due:
        shutil.rmtree(made, ignore_errors=True)
        _run([sys.executable, "-m", "venv", "--without-pip", str(made)])
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
        _run([*pip, "install", "-qq", "--require-hashes", "-r", str(requirements)])
        stamp.write_text(due)
    return python


def requirements_of(name: str) -> Path:
    """Return the file of a peer's requirements, with Turnstream's own; the tutorial needs no others."""
    file = REPOSITORY / "requirements" / "peers" / f"{name}.txt"
    return file if file.exists() else REPOSITORY / "requirements" / "run.txt"


def _run(command: list[str]) -> None:
    found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if found.returncode:
        lines = found.stdout.strip().splitlines() or [f"exit code {found.returncode}"]
        raise NotInstalledError(next((line for line in lines if line.startswith("ERROR:")), lines[-1]))
