"""The laws that hold for every patch and every referral, each with the patches that it is tried on."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from referral_rules import Code, Ruleset, Severity
from referral_rules._json import equal
from referral_rules.testing._adapters import Attempt, evaluation, listed, reasons
from referral_rules.testing._strategies import PATH_MUTATIONS
from referral_rules.testing._suite import pairs
from referral_rules.testing._suite.breaches import (
    Difference,
    difference_of,
    differing_places,
    named,
    without_members,
)

_SHOWN = 40


class Law(NamedTuple):
    """A law.

    Args:
        name: its short name.
        statement: what it requires, as a sentence.
        pairs: patches and referrals to try it on.
        difference: compares what happened with the law; None if it holds.
    """

    name: str
    statement: str
    pairs: st.SearchStrategy[pairs.Pair]
    difference: Callable[[Ruleset, Any, Attempt], Difference | None]


def laws(rules: Ruleset) -> tuple[Law, ...]:
    """All laws for a ruleset.

    >>> laws(Ruleset.load("partner-center"))[0].name
    'accepts'
    """
    right, any_patch, wrong = pairs.many_writes(rules), pairs.any_patches(rules), pairs.refused(rules)
    larger = right | pairs.long_arrays(rules)
    after_last = "Status and substatus are checked once, after the last operation."
    inside = "Every change is under a path of the patch, and that path may be patched."
    return (
        Law("accepts", "A patch that the rules accept is accepted.", larger, _accepts),
        Law("result", "The result is the referral with what the patch writes, and nothing else.", larger, _result),
        Law("order", "Elements are added at the end of an array, in order.", pairs.additions(rules), _applied),
        Law("texts", "Strings are stored unchanged.", pairs.texts(rules), _applied),
        Law("indices", "An index counts from 0.", pairs.indexed(rules), _applied),
        Law("sequence", "Each operation sees the result of those before it.", pairs.sequences(rules), _applied),
        Law("limits", "A patch may be as large as the limits allow.", pairs.at_limits(rules), _applied),
        Law("table", "The moves in the transition table are accepted, and no others.", pairs.table(rules), _judged),
        Law("moves", after_last, pairs.moves(rules), _judged),
        *_refusals(rules),
        *_path_mutations(rules),
        Law(
            "reports", "Every error is reported, with its operation.", any_patch | wrong | pairs.twice(rules), _reports
        ),
        Law("atomicity", "A refused patch changes nothing.", any_patch | wrong | pairs.late(rules), _atomic),
        Law("no escape", inside, any_patch | pairs.accepted(rules), _no_escape),
        Law("purity", "Neither the patch nor the referral passed in is changed.", any_patch | right, _pure),
        Law("isolation", "The result shares nothing with the patch.", right | pairs.additions(rules), _isolated),
        Law("totality", "Any parsed JSON gets an answer.", any_patch | wrong | pairs.anything(), _total),
        Law("confidentiality", "A refusal reveals no stored value.", pairs.confidential(rules), _confidential),
    )


def _refusals(rules: Ruleset) -> Iterator[Law]:
    """A law for each code that refuses a patch, so that each kind of gap is found by itself."""
    for code in Code:
        if code.severity is Severity.ERROR:
            statement = f"A patch with the error {code.value} is refused."
            yield Law(f"refuses {code.value}", statement, pairs.refused_for(rules, code), _judged)


def _path_mutations(rules: Ruleset) -> Iterator[Law]:
    """A law for each way in which careless code takes another path for an allowed one."""
    for kind in PATH_MUTATIONS:
        statement = f"A path that differs from an allowed one is refused ({kind})."
        yield Law(f"other path: {kind}", statement, pairs.mutated_paths_of(rules, kind), _judged)


def _accepts(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if attempt.accepted or not evaluation(rules, patch, attempt.before).ok:
        return None
    return Difference("accepted", attempt.refusal)


def _result(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    expected = evaluation(rules, patch, attempt.before)
    if not attempt.accepted or not expected.ok:
        return None
    return difference_of(expected.referral, attempt.after, attempt.own_members)


def _applied(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    return _accepts(rules, patch, attempt) or _result(rules, patch, attempt)


def _judged(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    """Accepted or refused, as the rules say."""
    report = evaluation(rules, patch, attempt.before).report
    if report.ok == attempt.accepted and attempt.unexpected_error is None:
        return None
    expected = "accepted" if report.ok else f"refused, for {listed(reasons(report.errors))}"
    return Difference(expected, _outcome(attempt))


def _outcome(attempt: Attempt) -> str:
    if not attempt.accepted:
        return attempt.refusal
    places = named(_changed(attempt))
    return f"accepted, and {places} changed" if places else "accepted"


def _changed(attempt: Attempt) -> list[str]:
    before, after = (without_members(each, attempt.own_members) for each in (attempt.before, attempt.after))
    return list(differing_places(before, after))


def _reports(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    expected = reasons(evaluation(rules, patch, attempt.before).report.errors)
    if attempt.accepted or not expected or attempt.errors is None or attempt.errors == expected:
        return None
    return Difference(listed(expected), listed(attempt.errors))


def _atomic(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    if attempt.accepted or equal(attempt.before, attempt.after):
        return None
    places = named(differing_places(attempt.before, attempt.after))
    return Difference("an unchanged referral", f"a change at {places}")


def _no_escape(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if not attempt.accepted:
        return None
    written = [path.removesuffix("/-") for path in _allowed_paths(rules, patch)]
    escaped = [place for place in _changed(attempt) if not any(f"{place}/".startswith(f"{path}/") for path in written)]
    if not escaped:
        return None
    return Difference("changes under allowed paths of the patch", f"a change at {named(escaped)}")


def _allowed_paths(rules: Ruleset, patch: Any) -> list[str]:
    """The paths of a patch that may be patched."""
    operations = [each for each in patch if isinstance(each, dict)] if isinstance(patch, list) else []
    paths = [each.get("path") for each in operations]
    return [path for path in paths if isinstance(path, str) and rules.explain(path) is not None]


def _pure(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    changed = " and ".join(f"the {name}" for name in attempt.mutated)
    return Difference("unchanged arguments", f"{changed} changed") if changed else None


def _isolated(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    return Difference("an independent result", "a result that holds a part of the patch") if attempt.shares else None


def _total(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    return Difference("acceptance or refusal", attempt.unexpected_error) if attempt.unexpected_error else None


def _confidential(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    before, mark, after = attempt.text.partition(pairs.SECRET)
    if not mark:
        return None
    shown = " ".join(f"{before[-_SHOWN:]}{mark}{after[:_SHOWN]}".split())
    return Difference("no value of the referral", f"{mark}, which the referral holds: {shown}")
