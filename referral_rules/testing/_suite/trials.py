"""Tries a law, or the cases of a file, on a candidate, and finds the smallest example that breaks it."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Flaky, HypothesisWarning, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test

from referral_rules import Ruleset, http
from referral_rules._json import equal
from referral_rules.testing._adapters import (
    ENTITY_TAG,
    Attempt,
    Candidate,
    Reasons,
    Remote,
    Text,
    evaluation,
    reasons,
)
from referral_rules.testing._strategies import all_states, referrals, with_state
from referral_rules.testing._suite.answers import answer_differences
from referral_rules.testing._suite.breaches import Breach, Difference, difference_of
from referral_rules.testing._suite.cases import Case, exchanges
from referral_rules.testing._suite.laws import Law
from referral_rules.testing._suite.lifecycle import ReferralLifecycle, UnexpectedAnswer

_UNKNOWN_KEY = "00000000-0000-0000-0000-000000000000"
_TRIES = 300
"""How often a smaller example is looked for."""


def try_cases(name: str, found: list[Case], candidate: Candidate, _settings: hypothesis_settings) -> Iterator[Breach]:
    """Try the cases of a file."""
    for case in found:
        referral = _storable(case) if isinstance(candidate, Remote) else case.referral
        attempt = candidate.attempt(case.given, referral)
        # If a service stored something else, its answer may be another one.
        if attempt is None or not _same_verdict(case.rules, case.given, referral, attempt.before):
            continue
        difference = _difference(case, attempt)
        if difference is not None:
            yield _breach(name, case.description, case.given, attempt, difference)


def _breach(law: str, statement: str, patch: Any, attempt: Attempt, difference: Difference) -> Breach:
    parsed, text = (None, patch.json) if isinstance(patch, Text) else (patch, None)
    return Breach(law, statement, parsed, attempt.before, difference.expected, difference.actual, text=text)


def _same_verdict(rules: Ruleset, patch: Any, one: Any, other: Any) -> bool:
    """Return True if the rules say the same about a patch for both referrals."""
    return one is other or _verdict(rules, patch, one) == _verdict(rules, patch, other)


def _verdict(rules: Ruleset, patch: Any, referral: Any) -> Reasons:
    return reasons(evaluation(rules, patch, referral).report.errors)


def _storable(case: Case) -> Any:
    """The referral of a case; with a status, as a service requires one, if the answer to the patch stays the same."""
    rules, referral = case.rules, case.referral
    if not isinstance(referral, dict) or rules.check_referral(referral).ok:
        return referral
    whole = with_state(rules, referral, all_states(rules)[0])
    return whole if _same_verdict(rules, case.given, referral, whole) else referral


def _difference(case: Case, attempt: Attempt) -> Difference | None:
    if "referral" in case.expected:
        if not attempt.accepted:
            return Difference("accepted", attempt.refusal)
        # A service may have added members of its own.
        same = equal(attempt.before, case.referral)
        expected = case.expected["referral"] if same else evaluation(case.rules, case.given, attempt.before).referral
        return difference_of(expected, attempt.after, attempt.own_members)
    codes = [each["code"] for each in case.expected["errors"]]
    refused = f"refused, for {', '.join(codes)}"
    if attempt.accepted:
        return Difference(refused, "accepted")
    right = attempt.errors is None or [code for code, _ in attempt.errors] == codes
    return None if right and attempt.unexpected_error is None else Difference(refused, attempt.refusal)


def try_creation(name: str, rules: Ruleset, candidate: Remote, settings: hypothesis_settings) -> Iterator[Breach]:
    """Try to create referrals."""
    keys: list[str] = []

    @settings
    @given(referrals(rules=rules))
    def create(referral: dict[str, Any]) -> None:
        key = candidate.create(referral)
        if key is not None and candidate.read(key) is not None:
            keys.append(key)

    create()
    if not keys:
        last = f"; the last answer was {candidate.last}" if candidate.last else ""
        statement, actual = "A referral can be created and read.", f"none of those that fit the resource{last}"
        yield Breach(name, statement, None, {}, "some referrals are created", actual)


def try_exchanges(name: str, rules: Ruleset, candidate: Remote, _settings: hypothesis_settings) -> Iterator[Breach]:
    """Try the cases of the HTTP exchange."""
    for case in exchanges():
        key = _UNKNOWN_KEY if case.stored is None else candidate.create(case.stored)
        if key is None:
            continue
        stored = candidate.read(key)
        patch = Text(case.body.decode("utf-8", "backslashreplace"))
        if not _same_verdict(rules, patch, case.stored or {}, stored or {}):
            continue  # The service stored something else, and so its answer may be another one.
        headers = case.headers_for(str((stored or {}).get(ENTITY_TAG)))
        response = candidate.patch(key, http.Request(headers, case.body))
        differences = answer_differences(case._replace(stored=stored), response, candidate.read(key), rules)
        difference = next(differences, None)
        if difference is not None:
            expected, actual = difference
            yield Breach(name, case.description, None, stored, expected, actual, text=patch.json, headers=headers)


def try_law(law: Law, rules: Ruleset, candidate: Candidate, settings: hypothesis_settings) -> Iterator[Breach]:
    """Try a law, with as many examples as the settings say."""
    search = _Search()

    @settings
    @given(law.pairs)
    def hold(pair: tuple[Any, Any]) -> None:
        search.count()
        patch, referral = pair
        attempt = candidate.attempt(patch, referral)
        difference = None if attempt is None else law.difference(rules, patch, attempt)
        if attempt is not None and difference is not None:
            search.found(_breach(law.name, law.statement, patch, attempt, difference))

    try:
        # A ruleset may have no patches of a kind, and then there is nothing to try.
        with contextlib.suppress(Unsatisfiable), _without_warnings():
            hold()
    except (_Broken, _Stopped) as broken:
        yield broken.breach
    except Flaky as flaky:
        yield _flaky(Breach(law.name, law.statement, None, None, "the same answer", "another answer"), flaky)


class _Broken(Exception):
    """Carries a breach out of Hypothesis."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach)
        self.breach = breach


class _Stopped(BaseException):
    """Stops a search with the smallest breach so far; Hypothesis does not catch a BaseException."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach)
        self.breach = breach


class _Search:
    """Looks for the smallest breach, and stops after a number of tries, as Hypothesis might go on for minutes."""

    def __init__(self) -> None:
        self._smallest: Breach | None = None
        self._left = _TRIES

    def count(self) -> None:
        """Count a try; raise the smallest breach if there were enough."""
        if self._smallest is not None:
            self._left -= 1
            if self._left < 0:
                raise _Stopped(self._smallest)

    def found(self, breach: Breach) -> NoReturn:
        """Keep the smallest breach, and raise this one for Hypothesis."""
        if self._smallest is None or len(repr(breach)) < len(repr(self._smallest)):
            self._smallest = breach
        raise _Broken(breach)


def _flaky(unknown: Breach, flaky: Flaky) -> Breach:
    """The breach of a candidate that answers the same request in different ways."""
    seen = [each.breach for each in getattr(flaky, "exceptions", ()) if isinstance(each, _Broken | UnexpectedAnswer)]
    breach = (seen or [unknown])[0]
    return breach.__replace__(expected=f"{breach.expected}, each time", actual=f"{breach.actual}, but not each time")


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Without Hypothesis's warning about values that take long to print, such as a patch with many operations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        yield


def try_lifecycle(name: str, rules: Ruleset, candidate: Remote, settings: hypothesis_settings) -> Iterator[Breach]:
    """Try the stateful test."""
    machine = ReferralLifecycle.against(candidate, rules=rules)
    # A run has many requests, and so a few runs find as much as many patches.
    runs = hypothesis_settings(settings, max_examples=max(settings.max_examples // 4, 1), stateful_step_count=15)
    try:
        with contextlib.redirect_stdout(None), contextlib.suppress(Unsatisfiable), _without_warnings():
            run_state_machine_as_test(machine, settings=runs)
    except UnexpectedAnswer as unexpected:
        yield unexpected.breach
    except Flaky as flaky:
        yield _flaky(Breach(name, "the same requests again", None, None, "the same answers", "other answers"), flaky)
