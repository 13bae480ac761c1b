"""Runs all cases and laws on a candidate, and collects what it breaks."""

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

from referral_rules import Ruleset
from referral_rules.testing._adapters import (
    Candidate,
    Engine,
    HttpService,
    Local,
    Remote,
    Service,
    ServiceDown,
    is_service,
)
from referral_rules.testing._strategies import ruleset_or_newest
from referral_rules.testing._suite import trials
from referral_rules.testing._suite.breaches import Breach, ConformanceError
from referral_rules.testing._suite.cases import Case, cases
from referral_rules.testing._suite.laws import laws

CREATION = "creation"
"""The check that comes first: without referrals, nothing else can be tried."""

_EXCHANGE, _LIFECYCLE = "cases of the exchange", "lifecycle"
_LEAST = 10
"""A law is inconclusive if the service accepts fewer than one referral in ten."""

DEFAULT_SETTINGS = hypothesis_settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
        HealthCheck.nested_given,
        HealthCheck.too_slow,
    ],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
"""Hypothesis's settings for each law: 100 examples, always the same ones."""


class InconclusiveWarning(UserWarning):
    """A service accepted too few of the referrals for a law to show whether it keeps the law.

    >>> import warnings
    >>> warnings.simplefilter("error", InconclusiveWarning)  # to let a test fail instead
    """


def run_conformance(
    candidate: Engine | Service | str,
    *,
    rules: Ruleset | None = None,
    settings: hypothesis_settings | None = None,
) -> None:
    """Test an engine or a service with all cases and laws.

    Args:
        candidate: anything with ``apply(patch, referral)``, which returns the patched referral or raises, and perhaps
            ``apply_json(text, referral)`` for JSON text; anything with ``create``, ``read`` and ``patch``, as
            ``InMemoryService`` has them; or the base URL of a service that has POST, GET and PATCH as the API does.
        rules: the rules that it should follow; None for the newest built-in ones.
        settings: Hypothesis's settings for each law; None for ``DEFAULT_SETTINGS``.
    Raises:
        ConformanceError: it breaks a law or a case; ``breaches`` has all of them.
        ConnectionError: the service at the URL does not answer.
        TypeError: an argument has the wrong type.
        ValueError: the text is not the URL of a service.
    Warns:
        InconclusiveWarning: the service accepts too few of the referrals for a law.

    >>> import referral_rules
    >>> from hypothesis import settings
    >>> run_conformance(referral_rules, settings=settings(DEFAULT_SETTINGS, max_examples=1))
    """
    chosen = DEFAULT_SETTINGS if settings is None else settings
    if not isinstance(chosen, hypothesis_settings):
        raise TypeError(f"expected settings as hypothesis.settings, got {type(settings).__name__}")
    with _opened(candidate) as opened:
        found = tuple(_breaches(opened, ruleset_or_newest(rules), chosen))
    if found:
        raise ConformanceError(_name(candidate), found)


def _breaches(candidate: Candidate, rules: Ruleset, settings: hypothesis_settings) -> Iterator[Breach]:
    for name, check in checks(rules, service=isinstance(candidate, Remote)).items():
        try:
            for breach in check(candidate, settings):
                yield breach
                if name == CREATION:
                    return
        except InconclusiveWarning as inconclusive:
            warnings.warn(inconclusive, stacklevel=3)
        except ServiceDown as stopped:
            if name == CREATION:
                raise ConnectionError(stopped.problem) from stopped.__cause__
            yield down(name, stopped)
            return


def down(name: str, stopped: ServiceDown) -> Breach:
    """The breach of a service that no longer answers."""
    statement = "A service keeps answering, whatever it is sent."
    actual = f"it stopped answering: {stopped.problem}"
    return Breach(name, statement, None, stopped.referral, "an answer", actual, text=stopped.body)


def _name(candidate: object) -> str:
    plain = type(candidate).__repr__ is object.__repr__
    try:
        return type(candidate).__name__ if plain else getattr(candidate, "__name__", str(candidate))
    except Exception:  # noqa: BLE001, the name of its class is enough
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
        _check_callable(candidate.apply, _name(candidate))
        yield Local(candidate)
    else:
        expected = "an object with apply, an object with create, read and patch, or the URL of a service"
        raise TypeError(f"expected {expected}, got {_name(candidate)}")


def _check_callable(apply: Any, name: str) -> None:
    """Raise a TypeError if each try would fail."""
    if inspect.iscoroutinefunction(apply):
        raise TypeError(f"{name}.apply is a coroutine function: wrap it in a function that runs it")
    try:
        inspect.signature(apply).bind([], {})
    except TypeError:
        problem = "cannot be called with a patch and a referral: pass an instance, if this is its class"
        raise TypeError(f"{name}.apply {problem}") from None
    except ValueError:
        return  # Some built-in functions have no signature.


Check = Callable[[Any, hypothesis_settings], Iterator[Breach]]
"""Tries one law, or the cases of one file, on a candidate."""


def checks(rules: Ruleset, *, service: bool) -> dict[str, Check]:
    """Everything that a candidate is tested with, by name.

    Args:
        rules: the rules that it should follow.
        service: whether it is a service.

    >>> list(checks(Ruleset.load("partner-center"), service=True))[-1]
    'lifecycle'
    """
    files: dict[str, list[Case]] = {}
    for case in cases():
        if case.rules == rules and case.known:
            files.setdefault(f"cases of {case.file}", []).append(case)
    every: dict[str, Check] = {
        **{name: partial(trials.try_cases, name, found) for name, found in files.items()},
        **{law.name: partial(trials.try_law, law, rules) for law in laws(rules)},
    }
    if not service:
        return every
    # The cases of the exchange are written for the newest rules.
    if rules == ruleset_or_newest(None):
        every[_EXCHANGE] = partial(trials.try_exchanges, _EXCHANGE, rules)
    every[_LIFECYCLE] = partial(trials.try_lifecycle, _LIFECYCLE, rules)
    conclusive = {name: partial(_conclusive, name, check, rules) for name, check in every.items()}
    return {CREATION: partial(trials.try_creation, CREATION, rules), **conclusive}


def _conclusive(
    name: str, check: Check, rules: Ruleset, candidate: Remote, settings: hypothesis_settings
) -> Iterator[Breach]:
    """The breaches of a check; InconclusiveWarning if there are none, but the service accepted too few referrals."""
    candidate.not_created.clear()
    before, found = candidate.created, False
    for breach in check(candidate, settings):
        found = True
        yield breach
    created = candidate.created - before
    offered = created + sum(rules.check_referral(referral).ok for referral in candidate.not_created)
    if not found and created * _LEAST < offered:
        raise InconclusiveWarning(
            f"{name}: inconclusive, as the service accepted only {created} of {offered} referrals that fit the resource"
        )
