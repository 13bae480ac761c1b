"""Strategies for patches that are refused, each for exactly one code.

There is a function for each code that refuses a patch, named after the code.
"""

from collections.abc import Callable
from functools import cache
from itertools import product, repeat
from typing import Any

from hypothesis import strategies as st

from referral_rules import Code, PathRule, Report, Ruleset, Severity, State
from referral_rules._json import join, read, tokens
from referral_rules._rules import ITEM
from referral_rules.testing._strategies.malformed import mutated_paths
from referral_rules.testing._strategies.operations import (
    accepted_patches,
    missing_place,
    operations,
    path_rules,
    setting,
    writing,
)
from referral_rules.testing._strategies.referrals import ruleset_or_newest, with_indices
from referral_rules.testing._strategies.values import (
    evenly,
    filtered,
    json_values,
    look_alikes,
    nested,
    sampled,
    scalars,
)

Strategy = st.SearchStrategy[Any]
_Maker = Callable[[Ruleset, Any], Strategy]
_UNSUPPORTED = ["remove", "move", "copy", "test", "Add", "REPLACE", ""]


def rejected_patches(referral: Any, *, code: Code | str | None = None, rules: Ruleset | None = None) -> Strategy:
    """Patches that the rules refuse for a referral, for one code and no other.

    With ``code="invalid_json"`` it draws JSON text, for ``apply_json``; with any other code, and without one, parsed
    patches. Without a code, each patch is one that a JSON parser can return.

    Args:
        referral: the stored referral. For one that is not an object, each patch has ``referral_not_an_object``.
        code: the code; None for any. If no patch for this referral can have the code, the strategy is empty.
        rules: the rules; None for the newest built-in ones.
    Raises:
        TypeError: the rules are not a Ruleset.
        ValueError: there is no such code, or it is that of a warning.

    >>> from hypothesis import given, settings
    >>> from referral_rules import check
    >>> stored = {"status": "Active", "substatus": "Accepted"}
    >>> @settings(max_examples=5)
    ... @given(rejected_patches(stored, code="target_missing"))
    ... def test_a_missing_target_is_reported(patch):
    ...     assert {error.code for error in check(patch, stored).errors} == {"target_missing"}
    >>> test_a_missing_target_is_reported()
    """
    found = ruleset_or_newest(rules)
    if code is not None:
        return _exactly(_error(code), found, referral)
    if not isinstance(referral, dict):
        return _exactly(Code.REFERRAL_NOT_AN_OBJECT, found, referral)
    return st.sampled_from(_OF_PARSED).flatmap(lambda each: _exactly(each, found, referral))


def _error(code: Code | str) -> Code:
    known = Code(code)
    if known.severity is not Severity.ERROR:
        raise ValueError(f"{known.value} is a warning: no patch is refused for it")
    return known


def _exactly(code: Code, rules: Ruleset, referral: Any) -> Strategy:
    """Patches that were made to be refused for a code, without those that have another code too, or none."""
    if isinstance(referral, dict) == (code is Code.REFERRAL_NOT_AN_OBJECT):
        return st.nothing()
    check = rules.check_json if code is Code.INVALID_JSON else rules.check
    made = _MAKERS[code](rules, referral)
    return filtered(made, lambda patch: _codes(check(patch, referral)) == {code})


def _codes(report: Report) -> set[Code]:
    return {found.code for found in report.errors}


def _among_accepted(operation: Strategy, rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    """A patch that would be accepted without one operation, wherever that is."""
    return st.builds(
        lambda patch, wrong, place: [*patch[:place], wrong, *patch[place:]],
        # The wrong operation also comes alone, for code under test that refuses more than it should.
        st.just([]) | accepted_patches(referral, rules=rules),
        operation,
        st.integers(0, 3),
    )


def _changed(rules: Ruleset, referral: dict[str, Any], **members: Strategy) -> Strategy:
    """A patch with one operation in which these members are replaced."""
    wrong = st.builds(
        lambda operation, changes: {**operation, **changes}, operations(rules=rules), st.fixed_dictionaries(members)
    )
    return _among_accepted(wrong, rules, referral)


def _invalid_json(_rules: Ruleset, _referral: dict[str, Any]) -> Strategy:
    return st.sampled_from(
        ["", "[", "[}", "[]]", "nul", "[NaN]", "[-Infinity]", '[{"op": "add", "op": "add"}]', "['']"]
    )


def _not_an_array(_rules: Ruleset, _referral: dict[str, Any]) -> Strategy:
    return scalars | st.dictionaries(st.text(max_size=6), scalars, max_size=3) | st.just("[]")


def _not_an_object(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    return _among_accepted(scalars | st.lists(scalars, max_size=3), rules, referral)


def _member_missing(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    def without(operation: dict[str, Any], name: str) -> dict[str, Any]:
        return {member: value for member, value in operation.items() if member != name}

    wrong = st.builds(without, operations(rules=rules), st.sampled_from(["op", "path", "value"]))
    return _among_accepted(wrong, rules, referral)


def _member_type(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    other = (scalars | json_values | look_alikes).filter(lambda value: not isinstance(value, str))
    return _changed(rules, referral, op=other) | _changed(rules, referral, path=other)


def _limit_exceeded(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    limits = rules.limits
    many = operations(rules=rules).map(lambda operation: [operation] * (limits.operations + 1))
    long = _changed(rules, referral, path=st.just("/x" * limits.path_length))
    deep = _changed(rules, referral, value=st.just(nested(limits.depth + 1)))
    return evenly(long | deep, many)


def _op_not_supported(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    return _changed(rules, referral, op=st.sampled_from(_UNSUPPORTED) | st.text(max_size=8))


def _invalid_pointer(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    invalid: list[Callable[[str], str]] = [
        lambda path: path[1:], "{}~".format, "{}~2".format, "#{}".format, " {}".format, "/~{}".format,
    ]  # fmt: skip
    wrong = st.builds(
        lambda operation, change: {**operation, "path": change(operation["path"])},
        operations(rules=rules),
        st.sampled_from(invalid),
    )
    return _among_accepted(wrong, rules, referral)


def _path_not_allowed(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    """Close to a path that is allowed, with a value that would fit there, or with the value that is there already."""
    near = operations(rules=rules).flatmap(
        lambda operation: mutated_paths(operation["path"]).map(lambda path: {**operation, "path": path})
    )
    there = st.builds(
        lambda path, op: {"op": op, "path": path, "value": read(referral, tokens(path))},
        st.sampled_from(["", *(join([name]) for name in referral)]),
        st.sampled_from(rules.operations),
    )
    return _among_accepted(evenly(near, there), rules, referral)


def _op_not_allowed(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    others = [(rule, [op for op in rules.operations if op not in rule.operations]) for rule in path_rules(rules)]
    wrong: Strategy = st.one_of([writing(rule, rules, ops=ops) for rule, ops in others if ops])
    return _among_accepted(wrong, rules, referral)


def _value_invalid(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    odd = st.sampled_from(["usd", "USD\n", "2020-02-30T00:00:00Z", "-1", "1e3"])
    mistaken: Strategy = st.one_of([st.sampled_from(found) for found in _mistaken(rules) if found])
    wrong = _changed(rules, referral, value=look_alikes | scalars | json_values | odd)
    return wrong | _among_accepted(mistaken, rules, referral)


_LOOK_ALIKE_PAIRS: tuple[tuple[Any, Any], ...] = (
    (1, True),
    (0, False),
    (True, 1),
    (False, 0),
    ("1", 1),
    (1, "1"),
    (None, ""),
    ([], {}),
    ({}, []),
)
"""Values, and what careless code takes for them."""


@cache
def _mistaken(rules: Ruleset) -> list[list[dict[str, Any]]]:
    """For each pair of look-alikes, the operations that would be allowed with the first, and have the second."""

    def writes(rule: PathRule, value: Any) -> dict[str, Any]:
        return {"op": rule.operations[0], "path": with_indices(rule.path, repeat(0)), "value": value}

    return [
        [writes(rule, other) for rule in path_rules(rules) if rules.check([writes(rule, value)]).ok]
        for value, other in _LOOK_ALIKE_PAIRS
    ]


def _not_json(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
    """Values that Python's own JSON parser returns, and that JSON does not have (RFC 8259 section 6)."""
    return _changed(rules, referral, value=st.sampled_from([float("nan"), float("inf"), float("-inf")]))


def _misplaced(code: Code) -> _Maker:
    """Allowed operations that the referral has no place for, for one reason."""

    def made(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
        wrong = [
            writing(rule, rules, path=path, ops=ops)
            for rule in path_rules(rules)
            for path in _concrete(rule.path)
            if (ops := [op for op in rule.operations if missing_place(referral, op, path) is code])
        ]
        return _among_accepted(sampled(wrong).flatmap(lambda each: each), rules, referral) if wrong else st.nothing()

    return made


def _concrete(path: str) -> list[str]:
    """The path with an index that an array may have, and with some that it cannot have."""
    indices = ("0", "1", str(10**9), str(10**30)) if ITEM in path.split("/") else ("",)
    return ["/".join(index if token == ITEM else token for token in path.split("/")) for index in indices]


_target_missing = _misplaced(Code.TARGET_MISSING)
_target_not_container = _misplaced(Code.TARGET_NOT_CONTAINER)
_index_out_of_range = _misplaced(Code.INDEX_OUT_OF_RANGE)


def _referral_not_an_object(rules: Ruleset, _referral: object) -> Strategy:
    return st.lists(operations(rules=rules), max_size=3)


def _moved(code: Code) -> _Maker:
    """Patches that set the status, the substatus or both, in either order, and are refused for one reason."""

    def made(rules: Ruleset, referral: dict[str, Any]) -> Strategy:
        refused = [patch for patch in _settings(rules) if _codes(rules.check(patch, referral)) == {code}]
        accepted = accepted_patches(referral, rules=rules)
        return st.builds(lambda before, move: [*before, *move], accepted, sampled(refused)) if refused else st.nothing()

    return made


@cache
def _settings(rules: Ruleset) -> list[list[dict[str, Any]]]:
    """Every way to set the status, the substatus or both to a name in the table, as far as their paths are allowed."""
    rows = rules.transitions.rows
    names = [name for row in rows.values() for name in row.substatuses]
    pairs = [setting(rules, State(*pair)) for pair in product(rows, names)]
    allowed = [[each for each in pair if rules.explain(each["path"]) is not None] for pair in pairs]
    found = [patch for pair in allowed for patch in (*([each] for each in pair), pair, pair[::-1])]
    return list({str(patch): patch for patch in found if patch}.values())


_status_unknown = _moved(Code.STATUS_UNKNOWN)
_transition_not_allowed = _moved(Code.TRANSITION_NOT_ALLOWED)
_substatus_not_allowed = _moved(Code.SUBSTATUS_NOT_ALLOWED)

# A code without a function here is a KeyError when this module is imported.
_MAKERS: dict[Code, _Maker] = {code: globals()[f"_{code.value}"] for code in Code if code.severity is Severity.ERROR}
# A text is not parsed, and no JSON parser returns what is not JSON.
_OF_PARSED = [code for code in _MAKERS if code is not Code.INVALID_JSON and code is not Code.NOT_JSON]
