"""The conformance suite as pytest runs it, each file of cases and each law a test of its own.

Run it with ``pytest --pyargs referral_rules.testing.conformance --referral-service URL``.
"""

import contextlib
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

from referral_rules import Ruleset
from referral_rules.catalog import ruleset_path
from referral_rules.testing.candidates import Candidate, Local, Remote
from referral_rules.testing.running import DEFAULT, ConformanceError, checks
from referral_rules.testing.services import HttpService, InMemoryService

__all__ = ["pytest_generate_tests", "referral_candidate", "test_conformance"]


@cache
def _named(name: str) -> Ruleset:
    return Ruleset.load(name) if ruleset_path(name) is not None else Ruleset.from_file(name)


def _rules(config: pytest.Config) -> Ruleset:
    try:
        return _named(str(config.getoption("--referral-rules")))
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"--referral-rules: {error}") from None


def _headers(config: pytest.Config) -> dict[str, str]:
    pairs = [header.partition(":") for header in config.getoption("--referral-header")]
    if not all(colon for _, colon, _ in pairs):
        raise pytest.UsageError("--referral-header: a name, a colon and a value, such as 'Authorization: Bearer ...'")
    return {name.strip(): value.strip() for name, _, value in pairs}


# Each test looks up its own among all of them, which take long to put together.
_every = cache(checks)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each file of cases and each law; without a service, for the engine and for the exchange."""
    rules, url = _rules(metafunc.config), metafunc.config.getoption("--referral-service")
    kinds = ["service"] if url else ["engine", "exchange"]
    named = [(kind, name) for kind in kinds for name in _every(rules, service=kind != "engine")]
    metafunc.parametrize(
        ("referral_candidate", "check"), named, ids=[f"{kind}: {name}" for kind, name in named],
        indirect=["referral_candidate"], scope="module",
    )  # fmt: skip


@pytest.fixture(scope="module")
def referral_candidate(request: pytest.FixtureRequest) -> Iterator[Candidate]:
    """What is tested."""
    rules, url = _rules(request.config), request.config.getoption("--referral-service")
    if request.param == "service":
        with contextlib.closing(HttpService(str(url), headers=_headers(request.config))) as service:
            try:
                service.read("")
            except ConnectionError as error:
                pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
            yield Remote(service)
    else:
        yield Local(rules) if request.param == "engine" else Remote(InMemoryService(rules))


def test_conformance(referral_candidate: Candidate, check: str, pytestconfig: pytest.Config) -> None:
    """The candidate breaks no case of this file, or not this law."""
    rules = _rules(pytestconfig)
    examples = settings(DEFAULT, max_examples=pytestconfig.getoption("--referral-examples"))
    found = tuple(_every(rules, service=isinstance(referral_candidate, Remote))[check](referral_candidate, examples))
    if found:
        pytest.fail(str(ConformanceError(repr(referral_candidate), found)), pytrace=False)
