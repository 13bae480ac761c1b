"""Runs the cases and the laws against a candidate, and says which of them it breaks, with the least example of each."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import FlakyFailure, HypothesisWarning, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test

from referral_rules import Ruleset, http
from referral_rules.plain import equal
from referral_rules.testing.breaches import Breach, ConformanceError
from referral_rules.testing.candidates import Attempt, Candidate, Engine, Local, Remote
from referral_rules.testing.cases import Case, cases, exchanges
from referral_rules.testing.differences import ENTITY_TAG, Difference, another
from referral_rules.testing.laws import Law, laws
from referral_rules.testing.lifecycle import Departure, ReferralLifecycle
from referral_rules.testing.requests import flaws
from referral_rules.testing.services import HttpService, Service
from referral_rules.testing.strategies import newest, referrals

__all__ = ["DEFAULT", "checks", "run_conformance"]

DEFAULT = hypothesis_settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
"""Hypothesis's own number of examples, always the same ones."""


def run_conformance(
    candidate: Engine | Service | str,
    *,
    rules: Ruleset | None = None,
    settings: hypothesis_settings | None = None,
) -> None:
    """Hold a candidate against the cases and the laws.

    Args:
        candidate: anything with ``apply(patch, referral)``, which returns the patched referral or raises; anything
            with ``create``, ``read`` and ``patch``, as ``InMemoryService`` has them; or the base URL of a service
            that has POST, GET and PATCH as the API has them.
        rules: the rules that it should follow; None for the newest built-in ones.
        settings: Hypothesis's settings for each law; None for 100 examples, always the same ones.
    Raises:
        ConformanceError: it breaks a law or a case; ``breaches`` has all of them.
        ConnectionError: the service at the URL does not answer.
        TypeError: it is nothing that can be tried.

    >>> import referral_rules
    >>> run_conformance(referral_rules, settings=hypothesis_settings(DEFAULT, max_examples=2))
    """
    with _opened(candidate) as opened:
        every = checks(newest(rules), service=isinstance(opened, Remote))
        # Without referrals there is nothing to try.
        chosen, creation = settings or DEFAULT, every.pop("creation", None)
        found = tuple(creation(opened, chosen)) if creation else ()
        found = found or tuple(breach for check in every.values() for breach in check(opened, chosen))
    if found:
        raise ConformanceError(_name(candidate), found)


def _name(candidate: object) -> str:
    plain = type(candidate).__repr__ is object.__repr__
    try:
        return type(candidate).__name__ if plain else getattr(candidate, "__name__", str(candidate))
    except Exception:  # noqa: BLE001, it is called by its class then
        return type(candidate).__name__


@contextlib.contextmanager
def _opened(candidate: Any) -> Iterator[Candidate]:
    if isinstance(candidate, str):
        service = HttpService(candidate)
        with contextlib.closing(service):
            yield Remote(service)
    elif hasattr(candidate, "create") and hasattr(candidate, "patch") and hasattr(candidate, "read"):
        yield Remote(candidate)
    elif hasattr(candidate, "apply"):
        yield Local(candidate)
    else:
        raise TypeError(f"{candidate!r} has neither apply, nor create, read and patch, nor is it a URL")


Check = Callable[[Any, hypothesis_settings], Iterator[Breach]]
"""Tries one law, or the cases of one file, on a candidate."""


def checks(rules: Ruleset, *, service: bool) -> dict[str, Check]:
    """Everything that a candidate is held against, by name.

    Args:
        rules: the rules that it should follow.
        service: whether it answers requests.

    >>> list(checks(newest(), service=True))[-1]
    'lifecycle'
    """
    files: dict[str, list[Case]] = {}
    for case in cases():
        if case.ruleset == rules.name and case.known:
            files.setdefault(f"cases of {case.file}", []).append(case)
    return {
        **({"creation": partial(_broken_creation, rules)} if service else {}),
        **{name: partial(_broken_cases, name, found) for name, found in files.items()},
        # They are written for the newest rules.
        **(
            {"cases of the exchange": partial(_broken_exchanges, rules)}
            if service and rules.name == newest().name
            else {}
        ),
        **{law.name: partial(_broken_law, law, rules) for law in laws(rules)},
        **({"lifecycle": partial(_broken_life, rules)} if service else {}),
    }


def _broken_cases(
    name: str, found: list[Case], candidate: Candidate, _settings: hypothesis_settings
) -> Iterator[Breach]:
    for case in found:
        attempt = candidate.attempt(case.patch, case.referral)
        difference = None if attempt is None else _unlike(case, attempt)
        if difference is not None:
            yield Breach(name, case.description, case.patch, case.referral, *difference)


def _unlike(case: Case, attempt: Attempt) -> Difference | None:
    if "referral" in case.expected:
        if not attempt.accepted:
            return Difference("accepted", attempt.refusal)
        # A service has its own values in some members, which no case changes.
        expected, before = case.expected["referral"], case.referral
        changed = {name: value for name, value in expected.items() if not equal(value, before.get(name))}
        return another({**attempt.before, **changed}, attempt.after)
    codes = [each["code"] for each in case.expected["violations"]]
    wanted = f"refused, for {', '.join(codes)}"
    if attempt.accepted:
        return Difference(wanted, "accepted")
    told = attempt.errors is None or [code for code, _ in attempt.errors] == codes
    return None if told and attempt.slip is None else Difference(wanted, attempt.refusal)


def _broken_creation(rules: Ruleset, candidate: Remote, settings: hypothesis_settings) -> Iterator[Breach]:
    """Without referrals, a service would break nothing."""
    keys: list[str] = []

    @settings
    @given(referrals(rules=rules))
    def create(referral: dict[str, Any]) -> None:
        key = candidate.service.create(referral)
        if key is not None and candidate.service.read(key) is not None:
            keys.append(key)

    create()
    if not keys:
        says, last = "A referral can be created, and is there then.", getattr(candidate.service, "last", "")
        none = f"none, of all that fit the resource{last and f'; the last answer was {last}'}"
        yield Breach("creation", says, None, {}, "some that can", none)


def _broken_exchanges(rules: Ruleset, candidate: Remote, _settings: hypothesis_settings) -> Iterator[Breach]:
    service = candidate.service
    for case in exchanges():
        stored = case.stored
        key = _NOBODY if stored is None else service.create(stored)
        if key is None:
            continue
        present = case._replace(stored=service.read(key))
        if case.expected["status"] < 400 and not rules.check(case.body, present.stored or {}).ok:
            continue  # What the service made of the referral is another one.
        headers = case.headers_for(str((present.stored or {}).get(ENTITY_TAG)))
        response = service.patch(key, http.Request(headers, case.body))
        patch = case.body.decode("utf-8", "backslashreplace")
        difference = next(flaws(present, response, service.read(key), rules), None)
        if difference is not None:
            yield Breach("cases of the exchange", case.description, patch, present.stored, *difference, headers)


def _broken_law(law: Law, rules: Ruleset, candidate: Candidate, settings: hypothesis_settings) -> Iterator[Breach]:
    @settings
    @given(law.pairs)
    def hold(pair: tuple[Any, Any]) -> None:
        patch, referral = pair
        attempt = candidate.attempt(patch, referral)
        difference = None if attempt is None else law.broken(rules, patch, attempt)
        if attempt is not None and difference is not None:
            raise _Broken(Breach(law.name, law.says, patch, attempt.before, *difference))

    try:
        # A ruleset may have no patches of a kind: then the law says nothing of it.
        with contextlib.suppress(Unsatisfiable), _unwarned():
            hold()
    except _Broken as broken:
        yield broken.breach
    except FlakyFailure:
        yield Breach(law.name, law.says, None, None, "the same answer to the same request", "now one, now another")


@contextlib.contextmanager
def _unwarned() -> Iterator[None]:
    """Hypothesis warns of what takes long to print; a patch of many operations is to be such a thing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        yield


class _Broken(Exception):
    """Carries a breach out of Hypothesis."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach)
        self.breach = breach


def _broken_life(rules: Ruleset, candidate: Remote, settings: hypothesis_settings) -> Iterator[Breach]:
    machine = ReferralLifecycle.against(candidate.service, rules=rules)
    try:
        with contextlib.redirect_stdout(None), contextlib.suppress(Unsatisfiable), _unwarned():
            # A life is many requests long, and so few lives tell as much as many patches.
            lives = max(settings.max_examples // 4, 1)
            run_state_machine_as_test(
                machine, settings=hypothesis_settings(settings, max_examples=lives, stateful_step_count=15)
            )
    except Departure as left:
        yield Breach("lifecycle", left.step, left.patch, left.referral, *left.difference, left.headers)


_NOBODY = "00000000-0000-0000-0000-000000000000"
