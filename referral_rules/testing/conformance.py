"""The conformance suite for pytest: each file of cases and each law is a test.

Run it with ``pytest -p referral_rules.testing.plugin --pyargs referral_rules.testing.conformance``, and test your own
service with the option ``--referral-service URL``.
"""

import contextlib
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

from referral_rules.testing._adapters import Candidate, HttpService, InMemoryService, Local, Remote, ServiceDown
from referral_rules.testing._options import examples, headers, ruleset, service_url
from referral_rules.testing._suite import (
    CREATION,
    DEFAULT_SETTINGS,
    Breach,
    ConformanceError,
    InconclusiveWarning,
    checks,
    down,
)

__all__ = ["pytest_generate_tests", "referral_candidate", "test_conformance"]

_PLUGIN = "referral_rules.testing.plugin"
# Each test finds its own check among all of them, which take long to make.
_checks = cache(checks)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each file of cases and each law; without a service, for the engine and for the exchange."""
    if not metafunc.config.pluginmanager.has_plugin(_PLUGIN):
        raise pytest.UsageError(f"{__name__} needs the options of its plugin: add -p {_PLUGIN} to the command")
    rules = ruleset(metafunc.config)
    kinds = ["engine", "exchange"] if service_url(metafunc.config) is None else ["service"]
    named = [(kind, name) for kind in kinds for name in _checks(rules, service=kind != "engine")]
    metafunc.parametrize(
        ("referral_candidate", "check"), named, ids=[f"{kind}: {name}" for kind, name in named],
        indirect=["referral_candidate"], scope="module",
    )  # fmt: skip


@pytest.fixture(scope="module")
def referral_candidate(request: pytest.FixtureRequest) -> Iterator[Candidate]:
    """The engine or service under test."""
    with _opened(request.config, request.param) as candidate:
        yield candidate


@contextlib.contextmanager
def _opened(config: pytest.Config, kind: str) -> Iterator[Candidate]:
    if kind == "service":
        with contextlib.closing(_connected(str(service_url(config)), headers(config))) as service:
            yield Remote(service)
    else:
        yield Local(ruleset(config)) if kind == "engine" else Remote(InMemoryService(ruleset(config)))


def _connected(url: str, fields: dict[str, str]) -> HttpService:
    try:
        service = HttpService(url, headers=fields)
        service.read("")
    except (ConnectionError, ValueError) as error:
        pytest.exit(f"--referral-service: {error}", returncode=pytest.ExitCode.USAGE_ERROR)
    return service


def test_conformance(referral_candidate: Candidate, check: str, request: pytest.FixtureRequest) -> None:
    """The candidate breaks neither a case of this file, nor this law."""
    every = _checks(ruleset(request.config), service=isinstance(referral_candidate, Remote))
    effort = settings(DEFAULT_SETTINGS, max_examples=examples(request.config))
    found: list[Breach] = []
    last = check == CREATION  # Without referrals, nothing else can be tried.
    try:
        found += every[check](referral_candidate, effort)
    except InconclusiveWarning as inconclusive:
        pytest.skip(str(inconclusive))
    except ServiceDown as stopped:
        last = True
        found.append(down(check, stopped))
    if found:
        if last:
            request.session.shouldfail = f"nothing more can be tried on {referral_candidate!r}"
        pytest.fail(str(ConformanceError(repr(referral_candidate), tuple(found))), pytrace=False)
