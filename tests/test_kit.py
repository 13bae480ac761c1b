"""The kit finds every engine and every service that is broken, and nothing in those that are not."""

from collections.abc import Iterator
from typing import Any

import jsonpatch
import pytest
from hypothesis import Phase, settings

import referral_rules
from referral_rules import Ruleset
from referral_rules.testing import DEFAULT_SETTINGS, ConformanceError, InMemoryService, run_conformance
from referral_rules.testing._adapters import Attempt, Local, Remote
from referral_rules.testing._suite import checks

from .broken import BROKEN, LATEST, Broken, PlainEngine

THOROUGH = pytest.mark.thorough
# Finding a breach takes little time; most of it goes into its smallest example.
GENERATE = settings(DEFAULT_SETTINGS, phases=[Phase.generate])
FEW = settings(GENERATE, max_examples=10)
OLDER = Ruleset.load("partner-center-2020-09")
QUICK = ("letter case is ignored", "204 has a body")


class Counted:
    """A candidate that counts how often it is tried."""

    def __init__(self, broken: Broken) -> None:
        made = broken.candidate()
        self.candidate: Any = Remote(made) if hasattr(made, "create") else Local(made)
        self.tried = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.candidate, name)

    def patch(self, key: str, request: Any) -> Any:
        self.tried += 1
        return self.candidate.patch(key, request)

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        self.tried += 1
        found: Attempt | None = self.candidate.attempt(patch, referral)
        return found


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """How many tries each broken candidate took; printed at the end."""
    rows: list[str] = []
    yield rows
    plugins = request.config.pluginmanager
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        lines = ["| broken | found by | tries |", "|---|---|---|"]
        plugins.getplugin("terminalreporter").write("\n".join(["", *lines, *rows, ""]))


@pytest.mark.parametrize(
    "broken",
    [pytest.param(each, id=each.name, marks=() if each.name in QUICK else THOROUGH) for each in BROKEN],
)
def test_what_is_broken_is_found(broken: Broken, table: list[str]) -> None:
    candidate = Counted(broken)
    every = checks(broken.rules, service=isinstance(candidate.candidate, Remote))
    found = tuple(every[broken.law](candidate, GENERATE))
    assert [breach.law for breach in found[:1]] == [broken.law]
    assert found[0].expected != found[0].actual
    table.append(f"| {broken.name} | {broken.law} | {candidate.tried} |")


def test_every_law_finds_something_that_is_broken() -> None:
    laws = {name for name in checks(LATEST, service=True) if not name.startswith(("cases", "refuses", "creation"))}
    # No engine of ours ignores the end of a path.
    assert laws - {broken.law for broken in BROKEN} == {"other path: descendant"}


@THOROUGH
@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    ("candidate", "effort"),
    [
        pytest.param(referral_rules, GENERATE, id="the package"),
        pytest.param(InMemoryService(), GENERATE, id="a service in memory"),
        pytest.param(OLDER, FEW, id="the older ruleset"),
        pytest.param(PlainEngine(), FEW, id="a second engine"),
    ],
)
def test_nothing_is_found_in_what_conforms(candidate: Any, effort: settings) -> None:
    run_conformance(candidate, rules=candidate if isinstance(candidate, Ruleset) else None, settings=effort)


@THOROUGH
@pytest.mark.usefixtures("untraced")
def test_nothing_is_found_in_the_second_engine_with_odd_names() -> None:
    rules = next(broken.rules for broken in BROKEN if broken.rules is not LATEST)
    run_conformance(PlainEngine(rules), rules=rules, settings=FEW)


class ChecksPrefixesOnly:
    """A first attempt: jsonpatch, and a list of allowed prefixes."""

    allowed = ("/status", "/substatus", "/team", "/details/", "/campaignId")

    def apply(self, patch: Any, referral: Any) -> Any:
        for operation in patch:
            if operation["op"] not in ("add", "replace"):
                raise ValueError("op")
            if not operation["path"].startswith(self.allowed):
                raise ValueError("path")
        return jsonpatch.apply_patch(referral, patch)


@THOROUGH
@pytest.mark.usefixtures("untraced")
def test_a_naive_engine_breaks_many_laws() -> None:
    with pytest.raises(ConformanceError) as caught:
        run_conformance(ChecksPrefixesOnly(), settings=settings(GENERATE, max_examples=30))
    laws = {breach.law for breach in caught.value.breaches}
    assert len(laws) >= 6
    assert {"moves", "refuses value_invalid", "totality", "accepts"} <= laws
    assert str(caught.value).startswith("ChecksPrefixesOnly does not conform to the rules: ")
