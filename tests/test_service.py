"""The example service answers the HTTP cases, and loses no change under load or when it is killed."""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings

from benchmarks.load import create, guarded, load_and_kill, unguarded
from benchmarks.load import load as loaded
from benchmarks.servers import Service, postgres, postgres_programs, service
from referral_rules.testing import DEFAULT_SETTINGS, run_conformance

from .casefiles import load
from .conftest import THOROUGH
from .exchanges import FOLDER, Exchange, check_answer, exchanges, with_stored

ROOT = Path(__file__).parent.parent
PATCHES = 2000
COLLECTION = "/v1.0/engagements/referrals"
MISSING = f"{COLLECTION}/00000000-0000-0000-0000-000000000000"
JSON = {"Content-Type": "application/json"}
CASES = pytest.mark.parametrize("case", [*exchanges()], ids=lambda case: case.description)
STORED = load(FOLDER / "exchange.json")["referral"]
DOCUMENTED = [case for case in exchanges() if case.description.startswith("documented")]


def programs() -> Path:
    """The programs of PostgreSQL; a quick run skips its tests if they are not installed, a thorough one fails."""
    found = postgres_programs()
    if found is None and not THOROUGH:
        pytest.skip("the server of PostgreSQL is not installed")
    assert found is not None
    return found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/referrals.db"
        else:
            yield stack.enter_context(postgres(programs()))


@pytest.fixture(scope="module")
def running(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(database, tmp_path_factory.mktemp("log") / "log", workers=2) as started:
        yield started


@pytest.fixture
def client(running: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url) as started:
        yield started


def created(client: httpx.Client, referral: Any = None) -> dict[str, Any]:
    """A new referral, as the service stored it."""
    response = client.post(COLLECTION, json=referral or STORED)
    assert response.status_code == 201
    stored: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"{COLLECTION}/{stored['id']}"
    assert response.headers["ETag"] == stored["eTag"]
    return stored


def read(client: httpx.Client, stored: dict[str, Any]) -> dict[str, Any]:
    response = client.get(f"{COLLECTION}/{stored['id']}")
    found: dict[str, Any] = response.json()
    assert (response.status_code, response.headers["ETag"]) == (200, found["eTag"])
    return found


@CASES
def test_a_request_is_answered_as_the_case_requires(client: httpx.Client, case: Exchange) -> None:
    stored = created(client) if case.stored else None
    headers = case.headers_for(stored["eTag"] if stored else "")
    path = f"{COLLECTION}/{stored['id']}" if stored else MISSING
    response = client.request("PATCH", path, content=case.body, headers=headers)
    after = read(client, stored) if stored else None
    check_answer(with_stored(case, stored), response.status_code, response.headers, response.content, after)


@pytest.mark.parametrize("case", DOCUMENTED, ids=lambda case: case.description)
def test_curl_gets_the_documented_answers(running: Service, client: httpx.Client, case: Exchange) -> None:
    stored = created(client)
    fields = [part for name, value in case.headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["curl", "-s", "-i", "-X", "PATCH", *fields, "--data-binary", "@-"]
    run = subprocess.run(  # noqa: S603
        [*command, f"{running.url}{COLLECTION}/{stored['id']}"], input=case.body, capture_output=True, check=True
    )
    head, _, body = run.stdout.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = httpx.Headers([(name, value) for name, _, value in (line.partition(": ") for line in lines)])
    check_answer(with_stored(case, stored), int(status.split()[1]), headers, body, read(client, stored))


@pytest.mark.parametrize("key", ["1", "%00", "not-a-guid", "a" * 3000, "%F0%9F%A6%8A", "61c65491"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_id_that_is_not_a_guid_is_not_found(client: httpx.Client, method: str, key: str) -> None:
    response = client.request(method, f"{COLLECTION}/{key}", content=b"[]", headers=JSON)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "itemNotFound")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"[", 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b'"x"', 400),
        (b"{}", 400),
        (b'{"status": "Active", "substatus": "Won"}', 400),
        (b'{"status": "Active", "substatus": "Accepted", "details": {"dealValue": NaN}}', 400),
        (b'{"status": "Active", "substatus": "Accepted", "name": 7}', 400),
        (b"[" * (2**20 + 1), 413),
        (b'{"status": "Active", "substatus": "Accepted", "name": "\\u0000\\ud800"}', 201),
    ],
    ids=range(12),
)
def test_only_a_valid_referral_is_created(client: httpx.Client, body: bytes, status: int) -> None:
    response = client.post(COLLECTION, content=body, headers=JSON)
    assert response.status_code == status
    assert ("error" in response.json()) == (status >= 400)


def test_head_is_answered_as_get_without_a_body(client: httpx.Client) -> None:
    stored = created(client)
    response = client.head(f"{COLLECTION}/{stored['id']}")
    assert (response.status_code, response.headers["ETag"], response.content) == (200, stored["eTag"], b"")


def test_the_service_sets_the_id_and_the_entity_tag(client: httpx.Client) -> None:
    mine = {"status": "New", "substatus": "Pending", "id": "00000000-0000-0000-0000-000000000000", "eTag": '"1"'}
    stored = created(client, mine)
    assert stored["id"] != mine["id"]
    assert stored["eTag"] != mine["eTag"]
    assert read(client, stored) == stored


def test_a_large_body_is_refused(client: httpx.Client) -> None:
    stored = created(client)
    response = client.patch(f"{COLLECTION}/{stored['id']}", content=b"[" * (2**20 + 1), headers=JSON)
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("DELETE", MISSING, 405, "GET, HEAD, PATCH"),
        ("PUT", COLLECTION, 405, "POST"),
        ("GET", COLLECTION, 405, "POST"),
        ("GET", "/elsewhere", 404, None),
    ],
)
def test_an_unknown_path_or_method_is_refused(
    client: httpx.Client, method: str, path: str, status: int, allow: str | None
) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers.get("Allow")) == (status, allow)
    assert response.json()["error"]["target"] is None


@pytest.mark.thorough
@pytest.mark.parametrize("change", [guarded, unguarded], ids=["If-Match and retry", "no If-Match"])
def test_no_change_is_lost_or_applied_twice_under_load(running: Service, change: Any) -> None:
    run = loaded(running, create(running), change, PATCHES)
    assert run.exact, run
    assert run.statuses[204 if change is guarded else 200] == PATCHES
    assert run.statuses.keys() <= ({204, 412} if change is guarded else {200})


def test_one_of_several_writers_with_the_same_tag_succeeds(running: Service, client: httpx.Client) -> None:
    for _ in range(20 if THOROUGH else 5):
        stored = created(client)
        path, gate = f"{COLLECTION}/{stored['id']}", threading.Barrier(8)
        statuses: list[int] = []

        def write(number: int, path: str, tag: str, gate: threading.Barrier, statuses: list[int]) -> None:
            patch = [{"op": "replace", "path": "/details/notes", "value": str(number)}]
            gate.wait()
            statuses.append(httpx.patch(f"{running.url}{path}", json=patch, headers={"If-Match": tag}).status_code)

        writers = [
            threading.Thread(target=write, args=(number, path, stored["eTag"], gate, statuses)) for number in range(8)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert Counter(statuses) == {204: 1, 412: 7}


@pytest.mark.thorough
def test_acknowledged_changes_survive_a_kill(database: str, tmp_path: Path) -> None:
    for run in load_and_kill(database, tmp_path / "log", PATCHES // 10):
        assert run.exact, run
        assert run.statuses[200] >= PATCHES // 10


@pytest.mark.thorough
def test_an_unavailable_database_is_answered_503(tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(postgres(programs()))
        with service(url, tmp_path / "log") as started, httpx.Client(base_url=started.url) as client:
            path = f"{COLLECTION}/{created(client)['id']}"
            stack.close()
            for response in (client.get(path), client.patch(path, json=[]), client.post(COLLECTION, json=STORED)):
                assert (response.status_code, response.json()["error"]["code"]) == (503, "serviceNotAvailable")


@pytest.mark.thorough
def test_schemathesis_finds_nothing(running: Service, tmp_path: Path) -> None:
    """Runs its default checks; 412 is a right answer to valid and invalid requests alike."""
    configuration = tmp_path / "schemathesis.toml"
    lines = [
        "[checks.positive_data_acceptance]",
        'expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 429, "5xx"]',
        "[checks.negative_data_rejection]",
        "expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429]",
    ]
    configuration.write_text("\n".join(lines), encoding="utf-8")
    effort = ["--max-examples", "15", "--phases", "examples,fuzzing,stateful"]
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [
        program,
        "--config-file",
        str(configuration),
        "run",
        f"{running.url}/openapi.json",
        "--seed",
        "1",
        *effort,
    ]
    before = running.log.stat().st_size
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert run.returncode == 0, run.stdout
    answers = Counter(re.findall(r'"PATCH \S+ HTTP/1.1" (\d+)', running.log.read_text()[before:]))
    assert answers.keys() & {"204", "409", "412"}, answers


@pytest.mark.thorough
def test_the_service_passes_the_conformance_suite(running: Service) -> None:
    examples = 10 if running.database.startswith("sqlite") else 3
    run_conformance(running.url, settings=settings(DEFAULT_SETTINGS, max_examples=examples))


@pytest.mark.parametrize("part", ["creation", pytest.param("", marks=pytest.mark.thorough)])
def test_the_service_passes_the_conformance_suite_under_pytest(
    running: Service, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["-p", "referral_rules.testing.plugin", "-p", "no:cacheprovider", "-c", os.devnull, "-k", part]
    arguments += ["--rootdir", str(tmp_path), "--pyargs", "referral_rules.testing.conformance"]
    arguments += ["--referral-examples", "1", "--referral-service", running.url]
    assert pytest.main(arguments) == 0


def test_the_commands_of_the_readme_print_what_it_says(running: Service) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = next(each for each in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "curl" in each)
    script = f"set -e\n{block.replace('http://127.0.0.1:8000', running.url)}"
    run = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607
    accepted, refused = re.findall(r"^HTTP/1.1 (\d+)", run.stdout, re.MULTILINE)
    assert (accepted, refused) == ("200", "412")
    assert '"substatus":"Won"' in run.stdout
    assert "preconditionFailed" in run.stdout
