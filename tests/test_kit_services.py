"""Services that give odd answers, few or none, and what the kit reports about each."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from referral_rules import http
from referral_rules.testing import (
    DEFAULT_SETTINGS,
    ConformanceError,
    HttpService,
    InconclusiveWarning,
    InMemoryService,
    ReferralLifecycle,
    conformance,
    run_conformance,
)
from referral_rules.testing._adapters import Remote, Text, now
from referral_rules.testing._suite import checks, lifecycle, runner, trials

from .broken import LATEST

if TYPE_CHECKING:
    from referral_rules.testing import Breach

FEW = settings(DEFAULT_SETTINGS, max_examples=3, phases=[Phase.generate])
EVERY = checks(LATEST, service=True)


class ChangesOnRead(InMemoryService):
    """Writes a member each time that a referral is read."""

    def read(self, key: str) -> dict[str, Any] | None:
        found = super().read(key)
        self._referrals[key] = {**self._referrals[key], "name": str(len(str(self._referrals[key].get("name", ""))))}
        return found


def test_a_referral_that_changes_by_reading_is_a_breach() -> None:
    (breach,) = EVERY["lifecycle"](Remote(ChangesOnRead()), FEW)
    assert (breach.law, breach.statement) == ("lifecycle", "reading again")


class WritesWithoutLock(InMemoryService):
    """Writes the referral some time after it has read it."""

    def patch(self, key: str, request: http.Request) -> http.Response:
        stored = self._referrals[key]
        time.sleep(0.01)
        outcome = http.exchange(request, stored, entity_tag=self._new_tag, now=now)
        if outcome.referral is not None:
            self._referrals[key] = outcome.referral
        return outcome.response


def test_two_writers_that_both_succeed_are_a_breach() -> None:
    generating = settings(DEFAULT_SETTINGS, phases=[Phase.generate])
    (breach,) = EVERY["lifecycle"](Remote(WritesWithoutLock()), generating)
    assert (breach.statement, breach.expected, breach.actual) == (
        "two writers with one tag",
        "one 204 and one 412",
        "status 204 and status 204",
    )


@settings(DEFAULT_SETTINGS, max_examples=3)
@given(st.data())
def test_of_two_writers_one_succeeds(data: st.DataObject) -> None:
    machine: Any = ReferralLifecycle.against(InMemoryService())()
    key = machine.create(data)
    before = machine.service.read(key)["eTag"]
    machine.race(key, data)
    assert machine._old_tags[key] == [before]
    machine.nothing_else_changes()


class CreatesNothing(InMemoryService):
    """Accepts no referral."""

    def create(self, referral: dict[str, Any]) -> str | None:
        return None


def inconclusive(candidate: Remote, name: str) -> str:
    """The warning of a check about a service that accepts hardly any referral."""
    with pytest.raises(InconclusiveWarning) as warned:
        next(EVERY[name](candidate, FEW))
    return str(warned.value)


def one_run() -> Any:
    """The request of a test in another run, which may be stopped."""
    options = {"--referral-rules": None, "--referral-examples": 3}
    config = SimpleNamespace(getoption=options.__getitem__)
    return SimpleNamespace(config=config, session=SimpleNamespace(shouldfail=False))


def test_a_service_that_creates_no_referral_is_a_breach() -> None:
    run = one_run()
    with pytest.raises(pytest.fail.Exception, match="none of those that fit the resource"):
        conformance.test_conformance(Remote(CreatesNothing()), "creation", run)
    assert "nothing more can be tried" in run.session.shouldfail
    with pytest.raises(ConformanceError, match="1 law or file of cases fails"):
        run_conformance(CreatesNothing(), settings=FEW)
    candidate = Remote(CreatesNothing())
    assert candidate.attempt([], {}) is None
    (breach,) = EVERY["creation"](candidate, FEW)
    assert breach.actual == "none of those that fit the resource"
    assert "inconclusive, as the service accepted only 0 of " in inconclusive(candidate, "cases of the exchange")


@pytest.mark.thorough
def test_a_lifecycle_without_referrals_is_inconclusive() -> None:
    assert inconclusive(Remote(CreatesNothing()), "lifecycle").startswith(
        "lifecycle: inconclusive, as the service accepted only 0 of "
    )


class LosesReferrals(InMemoryService):
    """Returns each referral only so many times."""

    def __init__(self, reads: int) -> None:
        super().__init__()
        self._reads = reads

    def read(self, key: str) -> dict[str, Any] | None:
        self._reads -= 1
        return super().read(key) if self._reads >= 0 else None


def test_a_service_that_loses_referrals_is_a_breach() -> None:
    assert [breach.law for breach in EVERY["creation"](Remote(LosesReferrals(0)), FEW)] == ["creation"]
    (breach,) = EVERY["lifecycle"](Remote(LosesReferrals(0)), FEW)
    assert (breach.statement, breach.actual) == ("a new referral", "no referral is stored")
    breaches = EVERY["cases of the exchange"](Remote(LosesReferrals(1)), FEW)
    assert next(breaches).actual == "no referral is stored"


class StoresTheStateOnly(InMemoryService):
    """Stores the status and the substatus of a referral."""

    def create(self, referral: dict[str, Any]) -> str | None:
        return super().create({name: referral[name] for name in ("status", "substatus") if name in referral})


def test_a_service_may_store_fewer_members() -> None:
    assert list(EVERY["cases of the exchange"](Remote(StoresTheStateOnly()), FEW)) == []


class StoresNullForAbsentMembers(InMemoryService):
    """Stores null for each member that was not sent."""

    def create(self, referral: dict[str, Any]) -> str | None:
        known = LATEST.document["resource"]["properties"]
        absent = {name: None for name, part in known.items() if "null" in part.get("type", ())}
        return super().create({**absent, **referral})


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("cases of")])
def test_a_service_may_store_more_members(name: str) -> None:
    assert list(EVERY[name](Remote(StoresNullForAbsentMembers()), FEW)) == []


class CreatesNewOnly(InMemoryService):
    """Accepts only referrals with the status New."""

    def create(self, referral: dict[str, Any]) -> str | None:
        return super().create(referral) if referral.get("status") == "New" else None


def test_a_law_without_enough_referrals_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    candidate, name = Remote(CreatesNewOnly()), "refuses transition_not_allowed"
    hardly = f"{name}: inconclusive, as the service accepted only 0 of 3 referrals that fit the resource"
    assert inconclusive(candidate, name) == hardly
    with pytest.raises(pytest.skip.Exception, match=name):
        conformance.test_conformance(Remote(CreatesNewOnly()), name, one_run())
    monkeypatch.setattr(runner, "checks", lambda *_, **__: {name: EVERY[name]})
    with pytest.warns(InconclusiveWarning, match=hardly):
        run_conformance(CreatesNewOnly(), settings=FEW)
    assert list(EVERY["refuses value_invalid"](candidate, FEW)) == []


def test_referrals_that_do_not_fit_the_resource_do_not_count() -> None:
    candidate = Remote(InMemoryService())
    assert list(EVERY["refuses status_unknown"](candidate, FEW)) == []
    assert candidate.created == 0
    assert len(candidate.not_created) == 3


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("cases of")])
def test_nearly_all_cases_are_tried_on_a_service(name: str) -> None:
    candidate = Remote(InMemoryService())
    assert list(EVERY[name](candidate, FEW)) == []
    assert candidate.created > 2 * len(candidate.not_created)


def test_no_body_is_longer_than_a_service_must_accept() -> None:
    candidate = Remote(InMemoryService())
    stored = {"status": "New", "substatus": "Pending"}
    for size, tried in ((http.BODY_BYTES - 2, True), (http.BODY_BYTES - 1, False)):
        assert (candidate.attempt(Text(json.dumps("x" * size)), stored) is not None) is tried
    assert candidate.created == 1


def test_no_body_of_a_lifecycle_is_longer() -> None:
    @FEW
    @given(st.just([{"op": "add", "path": "/details/notes", "value": "x" * http.BODY_BYTES}]))
    def ask(patch: Any) -> None:
        lifecycle._request({}, patch)

    with pytest.raises(Unsatisfiable):
        ask()


class StopsAtTwoOperations(InMemoryService):
    """No longer answers after a patch with two operations."""

    running = True

    def read(self, key: str) -> dict[str, Any] | None:
        if not self.running:
            raise ConnectionError("not running")
        return super().read(key)

    def patch(self, key: str, request: http.Request) -> http.Response:
        self.running &= request.body.count(b'"op"') < 2
        if not self.running:
            raise ConnectionError("reset")
        return super().patch(key, request)


@pytest.mark.parametrize("name", ["moves", "cases of status-moves", "cases of the exchange", "lifecycle"])
def test_a_service_that_stops_is_shown_with_its_last_request(name: str) -> None:
    run = one_run()
    with pytest.raises(pytest.fail.Exception, match="1 law or file of cases fails") as ended:
        conformance.test_conformance(Remote(StopsAtTwoOperations()), name, run)
    assert "nothing more can be tried" in run.session.shouldfail
    assert "A service keeps answering, whatever it is sent." in str(ended.value)
    assert '"op"' in str(ended.value)
    assert "referral:  {" in str(ended.value)
    assert "it stopped answering: reset" in str(ended.value)


def test_a_service_that_stops_ends_the_run() -> None:
    with pytest.raises(ConformanceError) as caught:
        run_conformance(StopsAtTwoOperations(), settings=FEW)
    assert caught.value.breaches[-1].statement == "A service keeps answering, whatever it is sent."


class FailsAtLongPatches(InMemoryService):
    """Answers long patches that are accepted with 500, and records which."""

    def __init__(self) -> None:
        super().__init__()
        self.failed: list[bool] = []

    def patch(self, key: str, request: http.Request) -> http.Response:
        response = super().patch(key, request)
        self.failed.append(len(request.body) > 300 and response.status < 400)
        return http.Response(500, {}, b"") if self.failed[-1] else response


def test_the_search_for_a_smaller_example_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    breaches: list[Breach] = []
    sent: list[int] = []
    for tries in (12, 3):
        monkeypatch.setattr(trials, "_TRIES", tries)
        service = FailsAtLongPatches()
        breaches += EVERY["sequence"](Remote(service), settings(DEFAULT_SETTINGS, max_examples=20))
        sent.append(len(service.failed) - service.failed.index(True) - 1)
    assert sent == [12, 3]
    assert len(repr(breaches[0])) <= len(repr(breaches[1]))
    assert [breach.actual for breach in breaches] == ["status 500"] * 2


class FailsOnce(InMemoryService):
    """Answers the twelfth patch with 500."""

    asked = 0

    def patch(self, key: str, request: http.Request) -> http.Response:
        self.asked += 1
        return super().patch(key, request) if self.asked != 12 else http.Response(500, {}, b"")


@pytest.mark.parametrize("name", ["accepts", "lifecycle"])
def test_a_service_that_fails_once_is_flaky(name: str) -> None:
    (breach,) = EVERY[name](Remote(FailsOnce()), settings(FEW, max_examples=40))
    assert breach.expected.endswith(", each time")
    assert breach.actual.endswith("status 500, but not each time")


def at(url: str, answer: httpx.Response) -> HttpService:
    """A service at a URL that answers all requests in the same way."""
    service = HttpService(url, headers={"X-Key": "7"})

    def answered(request: httpx.Request) -> httpx.Response:
        assert request.headers["X-Key"] == "7"
        return answer

    service._client = httpx.Client(
        base_url=url, headers=service._client.headers, transport=httpx.MockTransport(answered)
    )
    return service


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}"], ids=str)
def test_a_creation_without_an_id_is_none(body: bytes) -> None:
    assert at("http://odd", httpx.Response(200, content=body)).create({}) is None
    assert at("http://odd", httpx.Response(400, content=b'{"id": 1}')).create({}) is None


def test_answers_are_read() -> None:
    service = at("http://sound", httpx.Response(200, content=b'{"id": "a", "eTag": "x"}'))
    assert service.create({}) == "a"
    assert service.read("a") == {"id": "a", "eTag": "x"}
    assert service.patch("a", http.Request([("X-A", "1"), ("X-A", "2")], b"[]")).status == 200
    answer = at("http://sound", httpx.Response(204)).patch("a", http.Request({}, b"[]"))
    assert (answer.status, dict(answer.headers), answer.body) == (204, {}, b"")
    assert repr(service) == "http://sound"
    service.close()


def test_a_service_that_does_not_answer_is_a_connection_error() -> None:
    with pytest.raises(ConnectionError, match="does not answer"):
        run_conformance("http://127.0.0.1:9")


@pytest.mark.parametrize("url", ["", "nowhere", "http://", "http://a:b", "http://a\n", "ftp://127.0.0.1"])
def test_a_text_that_is_not_a_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not the URL of a service"):
        run_conformance(url)


def test_the_last_answer_says_what_it_lacks() -> None:
    service = at("http://odd", httpx.Response(201, content=b"{}"))
    service.create({})
    assert service.last.endswith("/referrals, without the id of the referral in its body")
    service = at("http://odd", httpx.Response(200, content=b"[]"))
    service.read("a")
    assert service.last == "200 to GET /v1.0/engagements/referrals/a, without an object in its body"


class SendsABodyAfter204(BaseHTTPRequestHandler):
    """Sends a body after a 204, on a connection that stays open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"id": "a"}')

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n{}")

    def log_message(self, *_: object) -> None:
        pass


def test_a_body_after_a_204_is_reported_and_the_service_can_be_used_again() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), SendsABodyAfter204) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        service = HttpService(f"http://127.0.0.1:{server.server_port}")
        assert service.patch("a", http.Request({}, b"[]")).body == b"..."
        assert service.read("a") == {"id": "a"}
        service.close()
        server.shutdown()


def closing(request: httpx.Request) -> httpx.Response:
    """Closes the connection at each PATCH."""
    if request.method == "PATCH":
        raise httpx.RemoteProtocolError("closed without an answer")
    return httpx.Response(200, content=b'{"id": "a"}')


def test_a_patch_without_an_answer_is_a_breach() -> None:
    service = HttpService("http://drops")
    service._client = httpx.Client(base_url="http://drops", transport=httpx.MockTransport(closing))
    attempt = Remote(service).attempt([], {})
    assert attempt is not None
    assert attempt.refusal == "no answer"
    assert next(EVERY["totality"](Remote(service), FEW)).actual == "no answer"
    assert next(EVERY["cases of the exchange"](Remote(service), FEW)).actual == "no answer"
    (breach,) = EVERY["lifecycle"](Remote(service), settings(FEW, max_examples=40))
    assert breach.actual in {"no answer", "no answer and no answer"}
