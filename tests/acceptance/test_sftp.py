"""Files that come by SFTP: OpenSSH's own server on loopback, as another user."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.harness import until
from tests.acceptance.station import DEFAULT, NO_LEASES, UNPRIVILEGED, Row, Scene, Station, configurations
from tests.acceptance.ways import WAYS

#: An account of every Debian system, with no password and no shell.
USER, USER_ID = "nobody", 65534

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def sftp() -> Iterator[list[str]]:
    """Start a server; gives the client's command line but for its batch file and options."""
    Path("/run/sshd").mkdir(exist_ok=True)  # where Debian's sshd wants to be confined
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        folder = Path(name)
        folder.chmod(0o755)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
        (folder / "config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {folder}/user.pub\nPasswordAuthentication no\nAllowUsers {USER}\n"
            "Subsystem sftp internal-sftp -u 0\nForceCommand internal-sftp -u 0\n"
        )
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder / "config"], stderr=log)
        try:
            until(lambda: _answers(port), "sshd answers", 20)
            options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", f"Port={port}"]
            yield ["sftp", "-q", "-i", str(folder / "user"), *(f"-o{option}" for option in options)]
        finally:
            server.terminate()
            server.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def put(sftp: list[str], scene: Scene, batch: str, *options: str) -> None:
    """Run a batch of commands in the scene's folder; the local folder is the scene's outside."""
    done = subprocess.run(
        [*sftp, *options, "-b", "-", f"{USER}@127.0.0.1:{scene.folder}"],
        input=batch,
        cwd=scene.outside,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def played(name: str) -> Row:
    """The row of the table that a test here plays."""
    return next(row for row in WAYS.rows if row.apart.endswith(f"::{name}"))


def begin(station: Station, name: str) -> Scene:
    row = played(name)
    scene = station.scene(row)
    station.base.chmod(0o755)
    scene.folder.chmod(0o777)
    return scene


@pytest.fixture(autouse=True)
def _as_droppers(station: Station) -> Iterator[None]:
    with station.configuration.droppers():
        yield


@configurations(DEFAULT, NO_LEASES, UNPRIVILEGED)
def test_an_upload_by_sftp(station: Station, sftp: list[str]) -> None:
    scene = begin(station, "test_an_upload_by_sftp")
    for number in range(10):
        scene.source(f"{number}.txt", scene.text(number))
        scene.expect(f"{number}.txt", scene.text(number))
    (scene.outside / "tree").mkdir()
    for number in range(10, 15):
        scene.source(f"tree/{number}.txt", scene.text(number))
        scene.expect(f"tree/{number}.txt", scene.text(number))
    put(sftp, scene, "mput *.txt\nput -R tree\n")
    station.require_prompt_next(scene.slug)
    scene.verify()
    archived = scene.run.root.glob(f"archive/*/{scene.slug}/0.txt")
    assert [path.stat().st_uid for path in archived] == [USER_ID]


@configurations(DEFAULT, NO_LEASES, UNPRIVILEGED)
def test_a_slow_upload_by_sftp(station: Station, sftp: list[str]) -> None:
    scene = begin(station, "test_a_slow_upload_by_sftp")
    data = scene.text() * 600
    scene.source("slow.txt", data)
    # Some 1.5 seconds, in small pieces.
    put(sftp, scene, "put slow.txt\nput -p slow.txt slow.part\nrename slow.part other.txt\n", "-l", "240", "-B", "1024")
    scene.expect("slow.txt", data)
    scene.expect("other.txt", data, outcome="duplicate")
    station.require_prompt_next(scene.slug)
    scene.verify()
