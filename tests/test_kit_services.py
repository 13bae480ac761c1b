"""Services that answer oddly, seldom or not at all, and what the kit says of each."""

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
    ConformanceError,
    HttpService,
    InMemoryService,
    UntriedWarning,
    conformance,
    lifecycle,
    run_conformance,
    running,
    trials,
)
from referral_rules.testing.remote import Remote
from referral_rules.testing.running import DEFAULT, checks
from referral_rules.testing.services import now

from .broken import LATEST

if TYPE_CHECKING:
    from referral_rules.testing.breaches import Breach

FEW = settings(DEFAULT, max_examples=3, phases=[Phase.generate])
EVERY = checks(LATEST, service=True)


class Rotting(InMemoryService):
    """Loses a member each time that a referral is read."""

    def read(self, key: str) -> dict[str, Any] | None:
        found = super().read(key)
        self._referrals[key] = {**self._referrals[key], "name": str(len(str(self._referrals[key].get("name", ""))))}
        return found


def test_a_service_that_changes_what_it_keeps_is_told_so() -> None:
    (breach,) = EVERY["lifecycle"](Remote(Rotting()), FEW)
    assert (breach.law, breach.says) == ("lifecycle", "reading once more")


class Racing(InMemoryService):
    """Reads the referral some time before it writes it."""

    def patch(self, key: str, request: http.Request) -> http.Response:
        stored = self._referrals[key]
        time.sleep(0.01)
        outcome = http.exchange(request, stored, entity_tag=self._tag, now=now)
        if outcome.referral is not None:
            self._referrals[key] = outcome.referral
        return outcome.response


def test_a_service_in_which_two_writers_win_is_told_so() -> None:
    generating = settings(DEFAULT, phases=[Phase.generate])
    (breach,) = EVERY["lifecycle"](Remote(Racing()), generating)
    assert (breach.says, breach.expected, breach.actual) == (
        "two writers with one tag",
        "one 204 and one 412",
        "status 204 and status 204",
    )


class Refusing(InMemoryService):
    """Takes no referral at all."""

    def create(self, referral: dict[str, Any]) -> str | None:
        return None


def told(candidate: Remote, name: str) -> str:
    """What a check says of a service that took hardly a referral."""
    with pytest.raises(UntriedWarning) as untried:
        next(EVERY[name](candidate, FEW))
    return str(untried.value)


def one_run(request: pytest.FixtureRequest) -> Any:
    """The request of a test in a run of its own, which may be ended."""
    return SimpleNamespace(config=request.config, session=SimpleNamespace(shouldfail=False))


def test_a_service_that_takes_no_referral_is_told_so(request: pytest.FixtureRequest) -> None:
    run = one_run(request)
    with pytest.raises(pytest.fail.Exception, match="none, of all that fit the resource"):
        conformance.test_conformance(Remote(Refusing()), "creation", run)
    assert "nothing more can be tried" in run.session.shouldfail
    with pytest.raises(ConformanceError, match="1 of the laws and files of cases is broken"):
        run_conformance(Refusing(), settings=FEW)
    candidate = Remote(Refusing())
    assert candidate.attempt([], {}) is None
    (breach,) = EVERY["creation"](candidate, FEW)
    assert breach.actual == "none, of all that fit the resource"
    assert "hardly tried, as only 0 of " in told(candidate, "cases of the exchange")


@pytest.mark.thorough
def test_a_life_that_does_not_begin_is_told() -> None:
    assert told(Remote(Refusing()), "lifecycle").startswith("lifecycle: hardly tried, as only 0 of ")


class Forgetful(InMemoryService):
    """Takes referrals and keeps none, or none that is changed."""

    def __init__(self, kept: int) -> None:
        super().__init__()
        self._kept = kept

    def read(self, key: str) -> dict[str, Any] | None:
        self._kept -= 1
        return super().read(key) if self._kept >= 0 else None


def test_a_service_that_keeps_no_referral_is_told_so() -> None:
    assert [breach.law for breach in EVERY["creation"](Remote(Forgetful(0)), FEW)] == ["creation"]
    (breach,) = EVERY["lifecycle"](Remote(Forgetful(0)), FEW)
    assert (breach.says, breach.actual) == ("a new referral", "none is there")
    breaches = EVERY["cases of the exchange"](Remote(Forgetful(1)), FEW)
    assert next(breaches).actual == "none is there"


class Clipping(InMemoryService):
    """Keeps of a referral only what it must."""

    def create(self, referral: dict[str, Any]) -> str | None:
        return super().create({name: referral[name] for name in ("status", "substatus") if name in referral})


def test_a_service_that_keeps_less_is_not_asked_for_more() -> None:
    assert list(EVERY["cases of the exchange"](Remote(Clipping()), FEW)) == []


class Typed(InMemoryService):
    """Knows a type for referrals, and keeps null wherever one was sent without a member."""

    def create(self, referral: dict[str, Any]) -> str | None:
        known = LATEST.document["resource"]["properties"]
        absent = {name: None for name, part in known.items() if "null" in part.get("type", ())}
        return super().create({**absent, **referral})


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("cases of")])
def test_a_service_that_keeps_more_is_asked_what_fits_that(name: str) -> None:
    assert list(EVERY[name](Remote(Typed()), FEW)) == []


class Selective(InMemoryService):
    """Takes only what is new."""

    def create(self, referral: dict[str, Any]) -> str | None:
        return super().create(referral) if referral.get("status") == "New" else None


def test_what_a_service_was_hardly_tried_on_is_told(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate, name = Remote(Selective()), "refuses transition_not_allowed"
    hardly = f"{name}: hardly tried, as only 0 of 3 referrals that fit the resource were taken"
    assert told(candidate, name) == hardly
    with pytest.raises(pytest.skip.Exception, match=name):
        conformance.test_conformance(Remote(Selective()), name, one_run(request))
    monkeypatch.setattr(running, "checks", lambda *_, **__: {name: EVERY[name]})
    with pytest.warns(UntriedWarning, match=hardly):
        run_conformance(Selective(), settings=FEW)
    assert list(EVERY["refuses value_invalid"](candidate, FEW)) == []


def test_what_no_service_can_have_is_nothing_to_be_told() -> None:
    candidate = Remote(InMemoryService())
    assert list(EVERY["refuses status_unknown"](candidate, FEW)) == []
    assert candidate.taken == 0
    assert len(candidate.untaken) == 3


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("cases of")])
def test_nearly_all_cases_are_tried_on_a_service(name: str) -> None:
    candidate = Remote(InMemoryService())
    assert list(EVERY[name](candidate, FEW)) == []
    assert candidate.taken > 2 * len(candidate.untaken)


def test_what_no_service_need_read_is_sent_to_none() -> None:
    candidate = Remote(InMemoryService())
    stored = {"status": "New", "substatus": "Pending"}
    for size, tried in ((http.BODY_BYTES - 2, True), (http.BODY_BYTES - 1, False)):
        assert (candidate.attempt(json.dumps("x" * size), stored) is not None) is tried
    assert candidate.taken == 1


def test_no_life_has_what_no_service_need_read() -> None:
    @FEW
    @given(st.just([{"op": "add", "path": "/details/notes", "value": "x" * http.BODY_BYTES}]))
    def ask(patch: Any) -> None:
        lifecycle._request({}, patch)

    with pytest.raises(Unsatisfiable):
        ask()


class Dying(InMemoryService):
    """Does not answer any more, once it has met a patch of several operations."""

    alive = True

    def read(self, key: str) -> dict[str, Any] | None:
        if not self.alive:
            raise ConnectionError("nobody there")
        return super().read(key)

    def patch(self, key: str, request: http.Request) -> http.Response:
        self.alive &= request.body.count(b'"op"') < 2
        if not self.alive:
            raise ConnectionError("reset")
        return super().patch(key, request)


@pytest.mark.parametrize("name", ["moves", "cases of status-moves", "cases of the exchange", "lifecycle"])
def test_a_service_that_dies_is_told_what_it_was_sent(name: str, request: pytest.FixtureRequest) -> None:
    run = one_run(request)
    with pytest.raises(pytest.fail.Exception, match="1 of the laws and files of cases is broken") as ended:
        conformance.test_conformance(Remote(Dying()), name, run)
    assert "nothing more can be tried" in run.session.shouldfail
    assert "A service goes on, whatever it is sent." in str(ended.value)
    assert '"op"' in str(ended.value)
    assert "referral:  {" in str(ended.value)
    assert "none any more: reset" in str(ended.value)


def test_a_service_that_dies_ends_the_run_with_what_was_found() -> None:
    with pytest.raises(ConformanceError) as caught:
        run_conformance(Dying(), settings=FEW)
    assert caught.value.breaches[-1].says == "A service goes on, whatever it is sent."


class Failing(InMemoryService):
    """Fails at what is long and right, and notes which patches those were."""

    def __init__(self) -> None:
        super().__init__()
        self.failed: list[bool] = []

    def patch(self, key: str, request: http.Request) -> http.Response:
        response = super().patch(key, request)
        self.failed.append(len(request.body) > 300 and response.status < 400)
        return http.Response(500, {}, b"") if self.failed[-1] else response


def test_a_lesser_example_is_not_looked_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    breaches: list[Breach] = []
    sent: list[int] = []
    for tries in (60, 5):
        monkeypatch.setattr(trials, "_TRIES", tries)
        service = Failing()
        breaches += EVERY["sequence"](Remote(service), settings(DEFAULT, max_examples=20))
        sent.append(len(service.failed) - service.failed.index(True) - 1)
    assert sent == [60, 5]
    assert len(repr(breaches[0])) < len(repr(breaches[1]))
    assert [breach.actual for breach in breaches] == ["status 500"] * 2


class Moody(InMemoryService):
    """Answers the twelfth patch as if it knew no better."""

    asked = 0

    def patch(self, key: str, request: http.Request) -> http.Response:
        self.asked += 1
        return super().patch(key, request) if self.asked != 12 else http.Response(500, {}, b"")


@pytest.mark.parametrize("name", ["accepts", "lifecycle"])
def test_a_service_that_is_moody_is_told_so(name: str) -> None:
    (breach,) = EVERY[name](Remote(Moody()), settings(FEW, max_examples=40))
    assert breach.expected.endswith(", each time")
    assert breach.actual == "status 500, but not each time"


def at(url: str, answer: httpx.Response) -> HttpService:
    """What is at a URL, where everything gets the same answer."""
    service = HttpService(url, headers={"X-Key": "7"})

    def answered(request: httpx.Request) -> httpx.Response:
        assert request.headers["X-Key"] == "7"
        return answer

    service._client = httpx.Client(
        base_url=url, headers=service._client.headers, transport=httpx.MockTransport(answered)
    )
    return service


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}"], ids=str)
def test_an_odd_answer_to_a_creation_is_none(body: bytes) -> None:
    assert at("http://odd", httpx.Response(200, content=body)).create({}) is None
    assert at("http://odd", httpx.Response(400, content=b'{"id": 1}')).create({}) is None


def test_what_a_service_answers_is_read() -> None:
    service = at("http://sound", httpx.Response(200, content=b'{"id": "a", "eTag": "x"}'))
    assert service.create({}) == "a"
    assert service.read("a") == {"id": "a", "eTag": "x"}
    assert service.patch("a", http.Request([("X-A", "1"), ("X-A", "2")], b"[]")).status == 200
    assert at("http://sound", httpx.Response(204)).patch("a", http.Request({}, b"[]")) == (204, {}, b"")
    assert repr(service) == "http://sound"
    service.close()


def test_a_service_that_does_not_answer_is_told_so() -> None:
    with pytest.raises(ConnectionError, match="does not answer"):
        run_conformance("http://127.0.0.1:9")


@pytest.mark.parametrize("url", ["", "nowhere", "http://", "http://a:b", "http://a\n", "ftp://127.0.0.1"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is no URL of a service"):
        run_conformance(url)


def test_what_lacks_in_an_answer_is_told() -> None:
    service = at("http://odd", httpx.Response(201, content=b"{}"))
    service.create({})
    assert service.last.endswith("/referrals, without the id of the referral in its body")
    service = at("http://odd", httpx.Response(200, content=b"[]"))
    service.read("a")
    assert service.last == "200 to GET /v1.0/engagements/referrals/a, without an object in its body"


class Trailing(BaseHTTPRequestHandler):
    """Sends a body after the head of a 204, on a connection that stays open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"id": "a"}')

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n{}")

    def log_message(self, *_: object) -> None:
        pass


def test_a_body_that_no_204_may_have_is_told_and_ends_nothing() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Trailing) as server:
        threading.Thread(target=server.serve_forever).start()
        service = HttpService(f"http://127.0.0.1:{server.server_port}")
        assert service.patch("a", http.Request({}, b"[]")).body == b"..."
        assert service.read("a") == {"id": "a"}
        service.close()
        server.shutdown()


def dropping(request: httpx.Request) -> httpx.Response:
    """Closes the connection at each patch."""
    if request.method == "PATCH":
        raise httpx.RemoteProtocolError("closed without an answer")
    return httpx.Response(200, content=b'{"id": "a"}')


def test_a_patch_without_an_answer_is_told_so() -> None:
    service = HttpService("http://drops")
    service._client = httpx.Client(base_url="http://drops", transport=httpx.MockTransport(dropping))
    attempt = Remote(service).attempt([], {})
    assert attempt is not None
    assert attempt.refusal == "no answer"
    assert next(EVERY["totality"](Remote(service), FEW)).actual == "no answer"
    assert next(EVERY["cases of the exchange"](Remote(service), FEW)).actual == "no answer"
    (breach,) = EVERY["lifecycle"](Remote(service), settings(FEW, max_examples=40))
    assert breach.actual in {"no answer", "no answer and no answer"}
