"""Tries a law, or the cases of a file, on a candidate, and says how it breaks them, with the least example of each."""

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
from referral_rules.testing.breaches import Breach
from referral_rules.testing.candidates import Attempt, Candidate, Reasons, reasons, evaluation
from referral_rules.testing.cases import Case, exchanges
from referral_rules.testing.differences import ENTITY_TAG, Difference, another
from referral_rules.testing.laws import Law
from referral_rules.testing.lifecycle import Departure, ReferralLifecycle
from referral_rules.testing.remote import Remote
from referral_rules.testing.requests import flaws
from referral_rules.testing.strategies import known_states, referrals, with_pair

__all__ = ["of_cases", "of_creation", "of_exchanges", "of_law", "of_life"]

_NOBODY = "00000000-0000-0000-0000-000000000000"
_TRIES = 300
"""How often a lesser example of a breach is looked for."""


def of_cases(name: str, found: list[Case], candidate: Candidate, _settings: hypothesis_settings) -> Iterator[Breach]:
    """Try the cases of a file."""
    for case in found:
        referral = _storable(case) if isinstance(candidate, Remote) else case.referral
        attempt = candidate.attempt(case.patch, referral)
        # What a service made of the referral may be another case.
        if attempt is None or not _alike(case.rules, case.patch, referral, attempt.before):
            continue
        difference = _unlike(case, attempt)
        if difference is not None:
            yield Breach(name, case.description, case.patch, attempt.before, *difference)


def _alike(rules: Ruleset, patch: Any, one: Any, other: Any) -> bool:
    """Whether the rules say the same of a patch for one referral as for another."""
    return one is other or _verdict(rules, patch, one) == _verdict(rules, patch, other)


def _verdict(rules: Ruleset, patch: Any, referral: Any) -> Reasons:
    return reasons(evaluation(rules, patch, referral).report.errors)


def _storable(case: Case) -> Any:
    """The referral of a case; with a status, as a service asks for one, if that changes nothing for the patch."""
    rules, referral = case.rules, case.referral
    if not isinstance(referral, dict) or rules.check_referral(referral).ok:
        return referral
    whole = with_pair(rules, referral, known_states(rules)[0])
    return whole if _alike(rules, case.patch, referral, whole) else referral


def _unlike(case: Case, attempt: Attempt) -> Difference | None:
    if "referral" in case.expected:
        if not attempt.accepted:
            return Difference("accepted", attempt.refusal)
        # A service may have added members of its own.
        same = equal(attempt.before, case.referral)
        expected = case.expected["referral"] if same else evaluation(case.rules, case.patch, attempt.before).referral
        return another(expected, attempt.after, attempt.own)
    codes = [each["code"] for each in case.expected["violations"]]
    wanted = f"refused, for {', '.join(codes)}"
    if attempt.accepted:
        return Difference(wanted, "accepted")
    told = attempt.errors is None or [code for code, _ in attempt.errors] == codes
    return None if told and attempt.slip is None else Difference(wanted, attempt.refusal)


def of_creation(rules: Ruleset, candidate: Remote, settings: hypothesis_settings) -> Iterator[Breach]:
    """Try whether a referral can be created, without which a service would break nothing."""
    keys: list[str] = []

    @settings
    @given(referrals(rules=rules))
    def create(referral: dict[str, Any]) -> None:
        key = candidate.create(referral)
        if key is not None and candidate.read(key) is not None:
            keys.append(key)

    create()
    if not keys:
        says, last = "A referral can be created, and is there then.", candidate.last
        none = f"none, of all that fit the resource{last and f'; the last answer was {last}'}"
        yield Breach("creation", says, None, {}, "some that can", none)


def of_exchanges(rules: Ruleset, candidate: Remote, _settings: hypothesis_settings) -> Iterator[Breach]:
    """Try the cases of the HTTP exchange."""
    for case in exchanges():
        stored = case.stored
        key = _NOBODY if stored is None else candidate.create(stored)
        if key is None:
            continue
        present = case._replace(stored=candidate.read(key))
        if not _alike(rules, case.body, stored or {}, present.stored or {}):
            continue  # What the service made of the referral is another case.
        headers = case.headers_for(str((present.stored or {}).get(ENTITY_TAG)))
        response = candidate.patch(key, http.Request(headers, case.body))
        patch = case.body.decode("utf-8", "backslashreplace")
        difference = next(flaws(present, response, candidate.read(key), rules), None)
        if difference is not None:
            yield Breach("cases of the exchange", case.description, patch, present.stored, *difference, headers)


def of_law(law: Law, rules: Ruleset, candidate: Candidate, settings: hypothesis_settings) -> Iterator[Breach]:
    """Try a law, with as many examples as the settings say."""
    search = _Search()

    @settings
    @given(law.pairs)
    def hold(pair: tuple[Any, Any]) -> None:
        search.go_on()
        patch, referral = pair
        attempt = candidate.attempt(patch, referral)
        difference = None if attempt is None else law.broken(rules, patch, attempt)
        if attempt is not None and difference is not None:
            search.found(Breach(law.name, law.says, patch, attempt.before, *difference))

    try:
        # A ruleset may have no patches of a kind: then the law says nothing of it.
        with contextlib.suppress(Unsatisfiable), _unwarned():
            hold()
    except (_Broken, _Enough) as broken:
        yield broken.breach
    except Flaky as moods:
        yield _moody(Breach(law.name, law.says, None, None, "the same", "another"), moods)


class _Broken(Exception):
    """Carries a breach out of Hypothesis."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach)
        self.breach = breach


class _Enough(BaseException):
    """Ends a search at once, as Hypothesis does not catch it, with the least breach so far."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach)
        self.breach = breach


class _Search:
    """Looks for the least breach, but not for minutes, as Hypothesis might."""

    def __init__(self) -> None:
        self._least: Breach | None = None
        self._left = _TRIES

    def go_on(self) -> None:
        """Try once more; a breach that is known need not become less for ever."""
        if self._least is not None:
            self._left -= 1
            if self._left < 0:
                raise _Enough(self._least)

    def found(self, breach: Breach) -> NoReturn:
        """Remember a breach, if it is the least, and tell Hypothesis."""
        if self._least is None or len(repr(breach)) < len(repr(self._least)):
            self._least = breach
        raise _Broken(breach)


def _moody(unknown: Breach, moods: Flaky) -> Breach:
    """What was seen, of a candidate that answers the same request now so and now otherwise."""
    seen = [mood.breach for mood in getattr(moods, "exceptions", ()) if isinstance(mood, _Broken | Departure)]
    breach = (seen or [unknown])[0]
    return breach._replace(expected=f"{breach.expected}, each time", actual=f"{breach.actual}, but not each time")


@contextlib.contextmanager
def _unwarned() -> Iterator[None]:
    """Hypothesis warns of what takes long to print; a patch of many operations is to be such a thing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        yield


def of_life(rules: Ruleset, candidate: Remote, settings: hypothesis_settings) -> Iterator[Breach]:
    """Walk the lives of referrals."""
    machine = ReferralLifecycle.against(candidate, rules=rules)
    try:
        with contextlib.redirect_stdout(None), contextlib.suppress(Unsatisfiable), _unwarned():
            # A life is many requests long, and so few lives tell as much as many patches.
            lives = max(settings.max_examples // 4, 1)
            run_state_machine_as_test(
                machine, settings=hypothesis_settings(settings, max_examples=lives, stateful_step_count=15)
            )
    except Departure as left:
        yield left.breach
    except Flaky as moods:
        yield _moody(Breach("lifecycle", "a life, lived again", None, None, "the same", "another"), moods)
