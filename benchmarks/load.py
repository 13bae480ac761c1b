"""Loads the example service with concurrent clients, and kills it: ``python -m benchmarks.load``.

Each change adds another member to a team, so that the final team shows which changes were applied.
"""

import argparse
import contextlib
import json
import platform
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.servers import ROOT, Service, postgres, postgres_programs, service

CLIENTS, PATCHES, REFERRALS, KILLS = 32, 5000, 8, 3
_COLLECTION = "/v1.0/engagements/referrals"
_JSON = {"Content-Type": "application/json"}
_PAUSE = 0.05


class Answer(NamedTuple):
    """An answer of the service."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def team(self) -> list[str]:
        """The changes in the referral of the body, in their order."""
        return [member["email"] for member in json.loads(self.body)["team"]]


class Run(NamedTuple):
    """The result of a load.

    Args:
        patches: number of changes to make.
        statuses: number of answers to PATCH with each status.
        seconds: duration.
        lost: acknowledged changes that are not in a final referral.
        doubled: changes that were applied twice.
        unexpected: changes that nobody sent, or that were applied to an outdated referral.
    """

    patches: int
    statuses: Counter[int]
    seconds: float
    lost: set[str]
    doubled: set[str]
    unexpected: set[str]

    @property
    def exact(self) -> bool:
        """True if every acknowledged change was applied once, and nothing else."""
        return not (self.lost or self.doubled or self.unexpected)


class Clients:
    """Clients that share a number of changes, each to one of the referrals.

    Args:
        running: the service.
        paths: paths of the referrals.
        change: makes one change and returns the answer that accepted it.
    """

    def __init__(self, running: Service, paths: list[str], change: "Change") -> None:
        self._running, self._paths, self._change = running, paths, change
        self._lock = threading.Lock()
        self.acknowledged: list[tuple[str, str, Answer]] = []
        self.statuses: Counter[int] = Counter()
        self.sent: set[str] = set()

    def work(self, names: Iterator[int]) -> None:
        """Make changes until there are no more, or the service is gone."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            for done in [pool.submit(self._client, names) for _ in range(CLIENTS)]:
                done.result()

    def _client(self, names: Iterator[int]) -> None:
        statuses = Counter[int]()
        with contextlib.suppress(OSError, HTTPException), self._running.connection() as connection:
            while (number := self._next(names)) is not None:
                path, name = self._paths[number % len(self._paths)], f"{number}@example.com"
                answer = self._change(connection, path, name, statuses)
                self.acknowledged.append((path, name, answer))
        with self._lock:
            self.statuses += statuses

    def _next(self, names: Iterator[int]) -> int | None:
        with self._lock:
            number = next(names, None)
            if number is not None:
                self.sent.add(f"{number}@example.com")
            return number


Change = Callable[[HTTPConnection, str, str, Counter[int]], Answer]


def guarded(connection: HTTPConnection, path: str, name: str, statuses: Counter[int]) -> Answer:
    """A change with If-Match: read and patch, and start again if another client was faster."""
    while True:
        tag = _send(connection, "GET", path).headers["ETag"]
        answer = _send(connection, "PATCH", path, _addition(name), {**_JSON, "If-Match": tag})
        statuses[answer.status] += 1
        if answer.status != 412:
            return _expected(answer, 204)
        time.sleep(random.random() * _PAUSE)  # noqa: S311, not a secret


def unguarded(connection: HTTPConnection, path: str, name: str, statuses: Counter[int]) -> Answer:
    """A change without If-Match, which gets the new referral back."""
    answer = _send(connection, "PATCH", path, _addition(name), {**_JSON, "Prefer": "return=representation"})
    statuses[answer.status] += 1
    return _expected(answer, 200)


def _send(
    connection: HTTPConnection, method: str, path: str, body: str | None = None, headers: dict[str, str] = _JSON
) -> Answer:
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def _expected(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise AssertionError(f"{answer.status} instead of {status}: {answer.body.decode()}")
    return answer


def _addition(name: str) -> str:
    return json.dumps([{"op": "add", "path": "/team/-", "value": {"email": name}}])


def create(running: Service, number: int = REFERRALS) -> list[str]:
    """The paths of new referrals with an empty team."""
    referral = json.loads((ROOT / "examples" / "referral.json").read_text(encoding="utf-8"))
    body = json.dumps({**referral, "team": []})
    with running.connection() as connection:
        answers = [_expected(_send(connection, "POST", _COLLECTION, body), 201) for _ in range(number)]
    return [answer.headers["Location"] for answer in answers]


def load(running: Service, paths: list[str], change: Change, patches: int) -> Run:
    """Make a number of changes with all clients at once, and compare the acknowledged ones with the referrals."""
    clients, start = Clients(running, paths, change), time.monotonic()
    clients.work(iter(range(patches)))
    return _run(clients, _teams(running, paths), patches, time.monotonic() - start)


def load_and_kill(database: str, log: Path, patches: int, kills: int = KILLS) -> list[Run]:
    """Kill the service under load, start it again, and compare as ``load`` does.

    Args:
        database: URL of the database.
        log: file that takes the access log.
        patches: number of acknowledged changes after which it is killed.
        kills: number of times.
    """
    return [_killed(database, log, patches) for _ in range(kills)]


def _killed(database: str, log: Path, patches: int) -> Run:
    with service(database, log, workers=2) as running:
        paths, start = create(running), time.monotonic()
        clients = Clients(running, paths, unguarded)
        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(clients.work, iter(range(10**9)))
            while len(clients.acknowledged) < patches and not working.done():
                time.sleep(0.001)
            running.kill()
            working.result()
        seconds = time.monotonic() - start
    with service(database, log) as restarted:
        return _run(clients, _teams(restarted, paths), len(clients.sent), seconds)


def _teams(running: Service, paths: list[str]) -> dict[str, list[str]]:
    with running.connection() as connection:
        return {path: _send(connection, "GET", path).team for path in paths}


def _run(clients: Clients, teams: dict[str, list[str]], patches: int, seconds: float) -> Run:
    applied = Counter(name for team in teams.values() for name in team)
    lost = {name for path, name, _ in clients.acknowledged if name not in teams[path]}
    doubled = {name for name, times in applied.items() if times > 1}
    stale = {name for path, name, answer in clients.acknowledged if not _newest(answer, name, teams[path])}
    return Run(patches, clients.statuses, seconds, lost, doubled, (applied.keys() - clients.sent) | stale)


def _newest(answer: Answer, name: str, team: list[str]) -> bool:
    """Return True if a change was applied to the newest referral: its team is the start of the final team."""
    return not answer.body or (answer.team == team[: len(answer.team)] and answer.team[-1] == name)


@contextlib.contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    with contextlib.ExitStack() as stack:
        found = {"SQLite": f"sqlite:///{folder}/referrals.db"}
        programs = postgres_programs()
        if programs is not None:
            found["PostgreSQL"] = stack.enter_context(postgres(programs))
        yield found


def _rows(patches: int) -> Iterator[list[Any]]:
    with tempfile.TemporaryDirectory() as name, _databases(Path(name)) as databases:
        log = Path(name) / "log"
        for kind, url in databases.items():
            for title, change, referrals in (
                ("If-Match, all on 1 referral", guarded, 1),
                (f"If-Match, {REFERRALS} referrals", guarded, REFERRALS),
                (f"no If-Match, {REFERRALS} referrals", unguarded, REFERRALS),
            ):
                with service(url, log, workers=2) as running:
                    yield [kind, title, *_figures(load(running, create(running, referrals), change, patches))]
            for run in load_and_kill(url, log, patches // 10):
                yield [kind, "killed with SIGKILL", *_figures(run)]


def _figures(run: Run) -> list[Any]:
    accepted, stale = run.statuses[200] + run.statuses[204], run.statuses[412]
    rate = f"{accepted / run.seconds:,.0f}"
    return [f"{accepted:,}", f"{stale:,}", rate, len(run.lost), len(run.doubled), len(run.unexpected)]


def main() -> None:
    """Run every load, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=main.__doc__)
    parser.add_argument("--patches", type=int, default=PATCHES, help="changes in each run (default: %(default)s)")
    patches = parser.parse_args().patches
    print(f"{CLIENTS} clients, 2 processes, CPython {platform.python_version()}\n")
    print("| database | load | acknowledged | 412 | acknowledged a second | lost | doubled | unexpected |")
    print("|---|---|---|---|---|---|---|---|")
    for row in _rows(patches):
        print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main()
