"""Holds a candidate against all cases and laws, and collects what it breaks."""

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

from referral_rules import Ruleset
from referral_rules.testing import trials
from referral_rules.testing.breaches import Breach, ConformanceError
from referral_rules.testing.candidates import Candidate, Engine, Local
from referral_rules.testing.cases import Case, cases
from referral_rules.testing.laws import laws
from referral_rules.testing.remote import Gone, Remote
from referral_rules.testing.services import HttpService, Service, is_service
from referral_rules.testing.strategies import newest

__all__ = ["CREATION", "DEFAULT", "UntriedWarning", "checks", "end", "run_conformance"]

CREATION = "creation"
"""The check that comes first, as without referrals there is nothing to try."""

_TRIED = 10
"""A service that takes less than one referral in ten has hardly been tried."""

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


class UntriedWarning(UserWarning):
    """A service took so few of the referrals that it was given that it may break a law all the same."""


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
        TypeError: it is nothing that can be tried, or the rules or the settings are none.
        ValueError: it is a text, but no URL.
    Warns:
        UntriedWarning: a service takes hardly any of the referrals of a law, which it may break all the same.

    >>> import referral_rules
    >>> run_conformance(referral_rules, settings=hypothesis_settings(DEFAULT, max_examples=2))
    """
    chosen = DEFAULT if settings is None else settings
    if not isinstance(chosen, hypothesis_settings):
        raise TypeError(f"hypothesis.settings are needed, and no {type(settings).__name__}")
    with _opened(candidate) as opened:
        found = tuple(_broken(opened, newest(rules), chosen))
    if found:
        raise ConformanceError(_name(candidate), found)


def _broken(candidate: Candidate, rules: Ruleset, settings: hypothesis_settings) -> Iterator[Breach]:
    for name, check in checks(rules, service=isinstance(candidate, Remote)).items():
        try:
            for breach in check(candidate, settings):
                yield breach
                if name == CREATION:
                    return  # Without referrals there is nothing to try.
        except UntriedWarning as untried:
            warnings.warn(untried, stacklevel=3)
        except Gone as gone:
            if name == CREATION:
                raise ConnectionError(gone.says) from gone.__cause__
            yield end(name, gone)
            return


def end(name: str, gone: Gone) -> Breach:
    """The breach of a service that does not answer any more."""
    says = "A service goes on, whatever it is sent."
    return Breach(name, says, gone.patch, gone.referral, "an answer", f"none any more: {gone.says}")


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
    elif is_service(candidate):
        yield Remote(candidate)
    elif hasattr(candidate, "apply"):
        _refuse_odd(candidate.apply, _name(candidate))
        yield Local(candidate)
    else:
        problem = "has neither apply, nor create, read and patch, nor is it a URL: pass what has them"
        raise TypeError(f"{_name(candidate)} {problem}")


def _refuse_odd(apply: Any, name: str) -> None:
    """Say at once what would come of every try."""
    if inspect.iscoroutinefunction(apply):
        raise TypeError(f"{name}.apply is a coroutine function: wrap it in one that waits for it")
    try:
        inspect.signature(apply).bind([], {})
    except TypeError:
        problem = "cannot be called with a patch and a referral; an instance can, if this is its class"
        raise TypeError(f"{name}.apply {problem}") from None
    except ValueError:
        return  # It does not tell what it can be called with.


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
    every: dict[str, Check] = {
        **{name: partial(trials.of_cases, name, found) for name, found in files.items()},
        **{law.name: partial(trials.of_law, law, rules) for law in laws(rules)},
    }
    if not service:
        return every
    # The cases of the exchange are written for the newest rules.
    asked = {"cases of the exchange": trials.of_exchanges} if rules.name == newest().name else {}
    every |= {name: partial(check, rules) for name, check in {**asked, "lifecycle": trials.of_life}.items()}
    weighed = {name: partial(_weighed, name, check, rules) for name, check in every.items()}
    return {CREATION: partial(trials.of_creation, rules), **weighed}


def _weighed(
    name: str, check: Check, rules: Ruleset, candidate: Remote, settings: hypothesis_settings
) -> Iterator[Breach]:
    """What the check finds; if that is nothing, and the candidate took too little to tell, that is raised."""
    candidate.untaken.clear()
    before, found = candidate.taken, False
    for breach in check(candidate, settings):
        found = True
        yield breach
    taken = candidate.taken - before
    offered = taken + sum(rules.check_referral(referral).ok for referral in candidate.untaken)
    if not found and taken * _TRIED < offered:
        problem = f"{name}: hardly tried, as only {taken} of {offered} referrals that fit the resource were taken"
        raise UntriedWarning(problem)
