"""The conformance suite as pytest runs it, each file of cases and each law a test of its own.

Run it with ``pytest --pyargs referral_rules.testing.conformance --referral-service URL``.
"""

import contextlib
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

from referral_rules.testing.plugin import headers, ruleset
from referral_rules.testing.breaches import Breach, ConformanceError
from referral_rules.testing.candidates import Candidate, Local
from referral_rules.testing.remote import Gone, Remote
from referral_rules.testing.running import CREATION, DEFAULT, UntriedWarning, checks, end
from referral_rules.testing.services import HttpService, InMemoryService

__all__ = ["pytest_generate_tests", "referral_candidate", "test_conformance"]


# Each test looks up its own among all of them, which take long to put together.
_every = cache(checks)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each file of cases and each law; without a service, for the engine and for the exchange."""
    rules, url = ruleset(metafunc.config), metafunc.config.getoption("--referral-service")
    kinds = ["engine", "exchange"] if url is None else ["service"]
    named = [(kind, name) for kind in kinds for name in _every(rules, service=kind != "engine")]
    metafunc.parametrize(
        ("referral_candidate", "check"), named, ids=[f"{kind}: {name}" for kind, name in named],
        indirect=["referral_candidate"], scope="module",
    )  # fmt: skip


@pytest.fixture(scope="module")
def referral_candidate(request: pytest.FixtureRequest) -> Iterator[Candidate]:
    """What is tested."""
    rules, url = ruleset(request.config), request.config.getoption("--referral-service")
    if request.param == "service":
        with contextlib.closing(_reached(str(url), headers(request.config))) as service:
            yield Remote(service)
    else:
        yield Local(rules) if request.param == "engine" else Remote(InMemoryService(rules))


def _reached(url: str, fields: dict[str, str]) -> HttpService:
    try:
        service = HttpService(url, headers=fields)
        service.read("")
    except (ConnectionError, ValueError) as error:
        pytest.exit(f"--referral-service: {error}", returncode=pytest.ExitCode.USAGE_ERROR)
    return service


def test_conformance(referral_candidate: Candidate, check: str, request: pytest.FixtureRequest) -> None:
    """The candidate breaks no case of this file, or not this law."""
    every = _every(ruleset(request.config), service=isinstance(referral_candidate, Remote))
    examples = settings(DEFAULT, max_examples=request.config.getoption("--referral-examples"))
    found: list[Breach] = []
    last = check == CREATION  # Without referrals there is nothing to try.
    try:
        found += every[check](referral_candidate, examples)
    except UntriedWarning as untried:
        pytest.skip(str(untried))
    except Gone as gone:
        last = True
        found.append(end(check, gone))
    if found:
        if last:
            request.session.shouldfail = f"nothing more can be tried on {referral_candidate!r}"
        pytest.fail(str(ConformanceError(repr(referral_candidate), tuple(found))), pytrace=False)
