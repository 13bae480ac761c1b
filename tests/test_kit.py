"""The kit bites: it finds every engine and every service that is broken, and nothing in those that are not."""

from collections.abc import Iterator
from typing import Any

import jsonpatch
import pytest
from hypothesis import Phase, settings

import referral_rules
from referral_rules import Ruleset
from referral_rules.testing import ConformanceError, InMemoryService, run_conformance
from referral_rules.testing.candidates import Attempt, Local
from referral_rules.testing.remote import Remote
from referral_rules.testing.running import DEFAULT, checks

from .broken import BROKEN, LATEST, Broken, PlainEngine

THOROUGH = pytest.mark.thorough
# Whether there is a breach is soon known; most of the time goes into the least example of it.
WHOLE = settings(DEFAULT, phases=[Phase.generate])
FEW = settings(WHOLE, max_examples=10)
OLDER = Ruleset.load("partner-center-2020-09")


class Counted:
    """A candidate that counts what it is asked."""

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
    """What each broken candidate took; printed in the end."""
    rows: list[str] = []
    yield rows
    plugins = request.config.pluginmanager
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        lines = [
            "| broken | found by | requests until that is sure | files of cases that find it |",
            "|---|---|---|---|",
        ]
        plugins.getplugin("terminalreporter").write("\n".join(["", *lines, *rows, ""]))


# For a first look, the first one that a law finds is enough.
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(each, id=each.name, marks=THOROUGH if each.law in {one.law for one in BROKEN[:index]} else ())
        for index, each in enumerate(BROKEN)
    ],
)
def test_what_is_broken_is_found(broken: Broken, table: list[str]) -> None:
    candidate = Counted(broken)
    every = checks(broken.rules, service=isinstance(candidate.candidate, Remote))
    found = tuple(every[broken.law](candidate, WHOLE))
    assert found, broken.name
    assert broken.law == found[0].law
    assert found[0].expected != found[0].actual
    tried = candidate.tried
    files = [name for name, check in every.items() if name.startswith("cases") and any(check(candidate, WHOLE))]
    table.append(f"| {broken.name} | {broken.law} | {tried} | {len(files)} |")


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 20


@THOROUGH
@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    ("sound", "effort"),
    [
        pytest.param(referral_rules, WHOLE, id="the package"),
        pytest.param(InMemoryService(), WHOLE, id="a service in memory"),
        pytest.param(OLDER, FEW, id="the older ruleset"),
        pytest.param(PlainEngine(), FEW, id="an engine written anew"),
    ],
)
def test_nothing_is_found_in_what_is_sound(sound: Any, effort: settings) -> None:
    run_conformance(sound, rules=sound if isinstance(sound, Ruleset) else None, settings=effort)


def test_a_first_look_finds_nothing_in_the_package() -> None:
    run_conformance(referral_rules, settings=settings(WHOLE, max_examples=2))


@THOROUGH
@pytest.mark.usefixtures("untraced")
def test_nothing_is_found_in_the_engine_written_anew_with_odd_names() -> None:
    rules = next(broken.rules for broken in BROKEN if broken.rules is not LATEST)
    run_conformance(PlainEngine(rules), rules=rules, settings=FEW)


class Naive:
    """What one would write on a Friday: jsonpatch, and a list of strings."""

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
def test_a_naive_engine_is_told_what_is_wrong_with_it() -> None:
    with pytest.raises(ConformanceError) as caught:
        run_conformance(Naive(), settings=settings(WHOLE, max_examples=30))
    laws = {breach.law for breach in caught.value.breaches}
    assert len(laws) >= 6
    assert {"moves", "refuses value_invalid", "totality", "accepts"} <= laws
    assert str(caught.value).startswith("Naive does not conform: ")
    assert "Mrs" not in "".join(breach.says for breach in caught.value.breaches)
