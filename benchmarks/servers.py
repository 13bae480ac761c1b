"""Starts the example service and a PostgreSQL server for it, as processes on free ports."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_HOST = "127.0.0.1"
_TIMEOUT = 60
_DEBIAN = Path("/usr/lib/postgresql")


class Service(NamedTuple):
    """A running service.

    Args:
        port: its port.
        database: URL of its database.
        process: its process, which leads a process group.
        log: its access log.
    """

    port: int
    database: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://{_HOST}:{self.port}"

    @contextlib.contextmanager
    def connection(self) -> Iterator[HTTPConnection]:
        """A new connection, which is closed at the end."""
        with contextlib.closing(HTTPConnection(_HOST, self.port, timeout=_TIMEOUT)) as connection:
            yield connection

    def kill(self) -> None:
        """Kill it with all its workers, without any clean-up, as a crash of the machine would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def service(database: str, log: Path, workers: int = 1) -> Iterator[Service]:
    """The example service on a database.

    Args:
        database: URL of the database.
        log: file for the access log.
        workers: number of processes.
    """
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "examples.service.app:create_app"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--host", _HOST, "--port", str(port), "--workers", str(workers)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    running = Service(port, database, process, log)
    try:
        _wait(running)
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(running: Service) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline and running.process.poll() is None:
        with contextlib.suppress(OSError), running.connection() as connection:
            connection.request("GET", "/openapi.json")
            connection.getresponse().read()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the service did not start: {running.log.read_text(errors='replace')}")


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's server programs, on the path or where Debian has them; None if not installed."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(_DEBIAN.glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """A PostgreSQL server with a new cluster in a temporary folder, which is removed afterwards.

    Args:
        programs: the folder of its programs.
    Yields:
        the URL of its database.
    """
    # PostgreSQL refuses to run as root. Debian's package creates a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="referrals-"))
    if user:
        shutil.chown(folder, user, user)
    data, port = folder / "data", _free_port()
    try:
        _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], user)
        options = f"-p {port} -k {folder} -c listen_addresses={_HOST}"
        _run([programs / "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options], user)
        try:
            yield f"postgresql+psycopg://postgres@{_HOST}:{port}/postgres"
        finally:
            _run([programs / "pg_ctl", "stop", "-D", data, "-m", "immediate"], user)
    finally:
        shutil.rmtree(folder)


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(command, user=user, group=user, cwd="/", capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace')}")
