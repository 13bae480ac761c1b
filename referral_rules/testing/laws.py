"""The laws that hold for every patch and every referral, each as something that can be tried on a candidate."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from referral_rules import Ruleset, Severity, ViolationCode, pointers
from referral_rules.plain import equal
from referral_rules.testing.accepted import accepted_patches, setting, wide_patches
from referral_rules.testing.candidates import Attempt, Reasons, reasons
from referral_rules.testing.differences import Difference, another, bare, differences, named
from referral_rules.testing.placed import fault, placed_operations
from referral_rules.testing.rejected import rejected_patches
from referral_rules.testing.strategies import referrals, states, writing
from referral_rules.testing.twists import TWISTS, twisted_paths
from referral_rules.testing.values import json_values
from referral_rules.testing.wild import patches

__all__ = ["Law", "laws"]

_MARK = "Mrs-Nobody"
# No patch that a JSON parser produced can have these.
_NO_PATCHES = frozenset({ViolationCode.NOT_JSON, ViolationCode.REFERRAL_NOT_AN_OBJECT})

Pair = tuple[Any, Any]
"""A patch, and the referral that it is for."""


class Law(NamedTuple):
    """A law.

    Args:
        name: its name, short.
        says: the law, as a sentence.
        pairs: patches and referrals to try it on.
        broken: what is different from what the law says; None if nothing is.
    """

    name: str
    says: str
    pairs: st.SearchStrategy[Pair]
    broken: Callable[[Ruleset, Any, Attempt], Difference | None]


def laws(rules: Ruleset) -> tuple[Law, ...]:
    """All laws, as a ruleset fills them.

    >>> from referral_rules.testing.strategies import newest
    >>> laws(newest())[0].name
    'accepts'
    """
    stored = referrals(rules=rules)
    good = _together(stored, lambda referral: accepted_patches(referral, rules=rules))
    wide = good | _together(stored, lambda referral: wide_patches(referral, rules=rules))
    wild = st.tuples(patches(rules=rules), stored)
    bad = _together(stored, lambda referral: rejected_patches(referral, rules=rules))
    late = _together(stored, lambda referral: _joined(wide_patches(referral, rules=rules), referral, rules))
    twice = _together(stored, lambda referral: _joined(rejected_patches(referral, rules=rules), referral, rules))
    once = "The pair of status and substatus is judged once, after the last operation."
    inside = "Whatever changes lies under a path of the patch, and that path is allowed."
    return (
        Law("accepts", "What the rules accept is accepted.", wide, _accepts),
        Law("result", "The result is the referral with what the patch writes, and nothing else.", wide, _result),
        Law("order", "What is added at the end of an array stands at its end.", _additions(rules), _result),
        Law("moves", once, _moves(rules), _judged),
        *_refusals(rules),
        *_twins(rules),
        Law(
            "tells",
            "Everything that is wrong is told, each with its code and its operation.",
            wild | bad | twice,
            _tells,
        ),
        Law("atomicity", "A refused patch changes nothing.", wild | bad | late, _atomic),
        Law("no escape", inside, wild | good, _no_escape),
        Law("purity", "Neither the patch nor the referral passed in is changed.", wild | good, _pure),
        Law("isolation", "The result shares nothing with the patch.", good, _isolated),
        Law("totality", "Whatever a JSON parser produces is answered.", wild | bad | _anything(), _total),
        Law("discretion", "A refusal tells nothing that the referral holds.", _secretive(rules), _discreet),
    )


def _together(
    stored: st.SearchStrategy[dict[str, Any]], made: Callable[[dict[str, Any]], st.SearchStrategy[Any]]
) -> st.SearchStrategy[Pair]:
    return stored.flatmap(lambda referral: st.tuples(made(referral), st.just(referral)))


def _joined(first: st.SearchStrategy[Any], referral: dict[str, Any], rules: Ruleset) -> st.SearchStrategy[Any]:
    """What is refused, after something else in the same patch."""
    return st.builds(
        lambda one, other: [*one, *other] if isinstance(one, list) and isinstance(other, list) else other,
        first,
        rejected_patches(referral, rules=rules),
    )


def _anything() -> st.SearchStrategy[Pair]:
    return st.tuples(json_values, json_values)


def _refusals(rules: Ruleset) -> Iterator[Law]:
    """A law for each code, so that each kind of gap is found and told by itself."""
    for code in ViolationCode:
        if code.severity is Severity.ERROR and code not in _NO_PATCHES:
            pairs = _together(_stored_for(code, rules), _rejecting(code, rules))
            yield Law(f"refuses {code.value}", f"A patch that is wrong by {code.value} is refused.", pairs, _judged)


def _twins(rules: Ruleset) -> Iterator[Law]:
    """A law for each way in which careless code takes another path for an allowed one."""
    for kind in TWISTS:
        says = f"A path that is not the allowed one, but {kind}, is refused."
        yield Law(f"no twin: {kind}", says, _together(referrals(rules=rules), _twisting(kind, rules)), _judged)


def _twisting(kind: str, rules: Ruleset) -> Callable[[dict[str, Any]], st.SearchStrategy[Any]]:
    """Patches of one operation that would be accepted at its proper path."""

    def twisted(operation: dict[str, Any]) -> st.SearchStrategy[Any]:
        return twisted_paths(operation["path"], kind).map(lambda path: [{**operation, "path": path}])

    return lambda referral: st.one_of(placed_operations(rules, referral, kind)).flatmap(twisted)


def _rejecting(code: ViolationCode, rules: Ruleset) -> Callable[[dict[str, Any]], st.SearchStrategy[Any]]:
    return lambda referral: rejected_patches(referral, code=code, rules=rules)


def _stored_for(code: ViolationCode, rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals of which some, at least, may be patched so that the code comes of it."""
    if code is ViolationCode.STATUS_UNKNOWN:
        named = rules.document["resource"].get("$defs", {}).get("Status", {}).get("enum", [])
        odd = [name for name in named if name not in rules.transitions.rows]
        return st.sampled_from([*odd, ""]).flatmap(lambda status: referrals(status=status, rules=rules))
    if code is ViolationCode.TARGET_NOT_CONTAINER:
        return referrals(rules=rules) | referrals(rules=rules).map(_hollow)
    return referrals(rules=rules)


def _hollow(referral: dict[str, Any]) -> dict[str, Any]:
    """The referral with null wherever it has an object or an array."""
    return {name: None if isinstance(value, dict | list) else value for name, value in referral.items()}


def _additions(rules: Ruleset) -> st.SearchStrategy[Pair]:
    """Two additions to the end of one array."""
    ends = {rule.path: rule for rule in rules.paths if rule.path.endswith(f"/{pointers.END}")}

    def twice(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        placed = [path for path, rule in ends.items() if fault(referral, rule.operations[0], path) is None]
        return st.one_of([st.lists(writing(ends[path], rules), min_size=2, max_size=2) for path in placed])

    return _together(referrals(rules=rules), twice)


def _moves(rules: Ruleset) -> st.SearchStrategy[Pair]:
    """Any pair set on any other, in either order."""
    return st.builds(
        lambda referral, state, backwards: (setting(rules, state)[:: -1 if backwards else 1], referral),
        referrals(rules=rules),
        states(rules=rules),
        st.booleans(),
    )


def _secretive(rules: Ruleset) -> st.SearchStrategy[Pair]:
    """Referrals full of what is nobody's business, and patches that are refused."""
    secrets = dict.fromkeys(_free_texts(rules), _MARK)
    stored = referrals(rules=rules).map(lambda referral: {**referral, **secrets})
    return _together(stored, lambda referral: rejected_patches(referral, rules=rules))


def _free_texts(rules: Ruleset) -> list[str]:
    """The members of a referral that hold any text."""
    known = rules.document["resource"].get("properties", {})
    return [name for name, part in known.items() if "string" in part.get("type", ()) and not part.keys() & _BOUNDS]


def _accepts(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if attempt.accepted or not rules.check(patch, attempt.before).ok:
        return None
    return Difference("accepted", _refusal(attempt))


def _refusal(attempt: Attempt) -> str:
    if attempt.slip is not None:
        return f"a raw {attempt.slip}"
    return "refused" if attempt.errors is None else f"refused, for {_listed(attempt.errors)}"


def _listed(errors: Reasons) -> str:
    listed = [code if index is None else f"{code} at operation {index}" for code, index in errors]
    return ", ".join(listed) or "no reason"


def _result(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if not attempt.accepted or not rules.check(patch, attempt.before).ok:
        return None
    return another(rules.apply(patch, attempt.before), attempt.after)


def _judged(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    """Accepted or refused, as the rules say."""
    report = rules.check(patch, attempt.before)
    if report.ok == attempt.accepted:
        return None
    expected = reasons(report.errors)
    return Difference("accepted" if report.ok else f"refused, for {_listed(expected)}", _answer(attempt))


def _answer(attempt: Attempt) -> str:
    if not attempt.accepted:
        return _refusal(attempt)
    places = named(differences(bare(attempt.before), bare(attempt.after)))
    return f"accepted, and {places} changed" if places else "accepted"


def _tells(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    report = rules.check(patch, attempt.before)
    expected = reasons(report.errors)
    if attempt.accepted or report.ok or attempt.errors is None or attempt.errors == expected:
        return None
    return Difference(_listed(expected), _listed(attempt.errors))


def _atomic(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    if attempt.accepted or equal(attempt.before, attempt.after):
        return None
    return Difference("the referral as it was", f"a change of {named(differences(attempt.before, attempt.after))}")


def _no_escape(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if not attempt.accepted:
        return None
    written = [operation["path"].removesuffix("/-") for operation in _allowed(rules, patch)]
    changed = differences(bare(attempt.before), bare(attempt.after))
    escaped = [place for place in changed if not any(f"{place}/".startswith(f"{path}/") for path in written)]
    if not escaped:
        return None
    return Difference("changes under allowed paths of the patch", f"a change of {named(escaped)}")


def _allowed(rules: Ruleset, patch: Any) -> list[dict[str, Any]]:
    """The operations of a patch whose paths are allowed."""
    operations = patch if isinstance(patch, list) else []
    placed = [each for each in operations if isinstance(each, dict) and isinstance(each.get("path"), str)]
    return [each for each in placed if rules.explain(each["path"]) is not None]


def _pure(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    touched = " and ".join(f"the {name}" for name in attempt.touched)
    return Difference("both as they were", f"{touched} changed") if touched else None


def _isolated(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    return Difference("a result of its own", "one that holds a part of the patch itself") if attempt.shares else None


def _total(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    return Difference("an answer, or a refusal that is one", f"a raw {attempt.slip}") if attempt.slip else None


def _discreet(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    return Difference("nothing that the referral holds", f"{_MARK}, which it holds") if _MARK in attempt.told else None


_BOUNDS = frozenset({"enum", "pattern", "format", "const", "maxLength"})
