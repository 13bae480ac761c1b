"""Strategies for patches that are refused, each for exactly one code."""

from collections.abc import Callable
from functools import cache
from itertools import product, repeat
from typing import Any

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset, Severity, State, Code
from referral_rules import _json as rfc6901
from referral_rules._rules import ITEM
from referral_rules.testing.candidates import evaluation
from referral_rules.testing.accepted import accepted_patches, setting
from referral_rules.testing.placed import fault
from referral_rules.testing.strategies import newest, operations, with_indices, writing
from referral_rules.testing.twists import twisted_paths
from referral_rules.testing.values import evenly, json_values, look_alikes, nested, scalars

__all__ = ["rejected_patches"]

_Maker = Callable[[Ruleset, dict[str, Any]], st.SearchStrategy[Any]]
_NEVER_OPERATIONS = ["remove", "move", "copy", "test", "Add", "REPLACE", ""]


def rejected_patches(
    referral: dict[str, Any], *, code: Code | str | None = None, rules: Ruleset | None = None
) -> st.SearchStrategy[Any]:
    """Patches that the rules refuse for a referral, for one code and no other.

    Args:
        referral: the stored referral.
        code: the code; None for any that this referral allows. A code that no patch of this referral can have, such
            as that of a stored status without a row, has no patches.
        rules: the rules; None for the newest built-in ones.
    Raises:
        ValueError: there is no such code, or it is that of a warning.

    >>> from hypothesis import find
    >>> stored = {"status": "Active", "substatus": "Accepted"}
    >>> patch = find(rejected_patches(stored, code="target_missing"), lambda patch: True)
    >>> [found.code.value for found in newest().check(patch, stored).errors]
    ['target_missing']
    """
    found = newest(rules)
    if code is not None:
        return _exactly(_error(code), found, referral)
    return st.sampled_from(list(_MAKERS)).flatmap(lambda each: _exactly(each, found, referral))


def _error(code: Code | str) -> Code:
    known = Code(code)
    if known.severity is not Severity.ERROR:
        raise ValueError(f"{known.value} is a warning, which refuses nothing")
    return known


def _exactly(code: Code, rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Made to be refused for a code; what has another one besides, or none, is left out."""
    if code not in _MAKERS:
        return st.nothing()
    made = _MAKERS[code](rules, referral)
    return made.filter(
        lambda patch: {found.code for found in evaluation(rules, patch, referral).report.errors} == {code}
    )


def _among_accepted(
    operation: st.SearchStrategy[Any], rules: Ruleset, referral: dict[str, Any]
) -> st.SearchStrategy[Any]:
    """A patch that would be accepted but for one operation, wherever that stands."""
    return st.builds(
        lambda patch, wrong, place: [*patch[:place], wrong, *patch[place:]],
        # A candidate that refuses more than it should is to meet the wrong operation alone, too.
        st.just([]) | accepted_patches(referral, rules=rules),
        operation,
        st.integers(0, 3),
    )


def _invalid_json(_rules: Ruleset, _referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    broken = ["", "[", "[}", "[]]", "nul", "[NaN]", "[-Infinity]", '[{"op": "add", "op": "add"}]', "['']"]
    return st.sampled_from(broken)


def _not_an_array(_rules: Ruleset, _referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    return (scalars | st.dictionaries(st.text(max_size=6), scalars, max_size=3)).filter(
        lambda patch: not isinstance(patch, str)
    )


def _not_an_object(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    return _among_accepted(scalars | st.lists(scalars, max_size=3), rules, referral)


def _member_missing(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    return _among_accepted(
        st.builds(_without, operations(rules=rules), st.sampled_from(["op", "path", "value"])), rules, referral
    )


def _without(operation: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in operation.items() if member != name}


def _member_type(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    other = (scalars | json_values | look_alikes).filter(lambda value: not isinstance(value, str))
    wrong = st.builds(
        lambda operation, name, value: {**operation, name: value},
        operations(rules=rules),
        st.sampled_from(["op", "path"]),
        other,
    )
    return _among_accepted(wrong, rules, referral)


def _limit_exceeded(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    limits = rules.limits
    many = operations(rules=rules).map(lambda operation: [operation] * (limits.operations + 1))
    long = operations(rules=rules).map(lambda operation: {**operation, "path": "/x" * limits.path_length})
    deep = operations(rules=rules).map(lambda operation: {**operation, "value": nested(limits.depth + 1)})
    return evenly(_among_accepted(evenly(long, deep), rules, referral), many)


def _op_not_supported(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    other = st.sampled_from(_NEVER_OPERATIONS) | st.text(max_size=8)
    return _among_accepted(
        st.builds(lambda operation, op: {**operation, "op": op}, operations(rules=rules), other), rules, referral
    )


def _invalid_pointer(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    twists: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
        [lambda path: path[1:], "{}~".format, "{}~2".format, "#{}".format, " {}".format, "/~{}".format]
    )
    wrong = st.builds(
        lambda operation, twist: {**operation, "path": twist(operation["path"])}, operations(rules=rules), twists
    )
    return _among_accepted(wrong, rules, referral)


def _path_not_allowed(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Near a path that is allowed, with a value that would fit there, or with the one that is there already."""
    near = operations(rules=rules).flatmap(
        lambda operation: twisted_paths(operation["path"]).map(lambda path: {**operation, "path": path})
    )
    there = st.builds(
        lambda path, op: {"op": op, "path": path, "value": rfc6901.read(referral, rfc6901.tokens(path))},
        st.sampled_from(["", *(rfc6901.join([name]) for name in referral)]),
        st.sampled_from(rules.operations),
    )
    return _among_accepted(evenly(near, there), rules, referral)


def _op_not_allowed(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    narrow = [rule for rule in rules.paths if set(rule.operations) < set(rules.operations)]
    return _among_accepted(
        st.one_of(
            [writing(rule, rules, ops=[op for op in rules.operations if op not in rule.operations]) for rule in narrow]
        ),
        rules,
        referral,
    )


def _value_invalid(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
    other = look_alikes | scalars | json_values | st.sampled_from(["usd", "USD\n", "2020-02-30T00:00:00Z", "-1", "1e3"])
    wrong = st.builds(lambda operation, value: {**operation, "value": value}, operations(rules=rules), other)
    mistaken = [st.sampled_from(found) for found in _mistaken(rules) if found]
    return _among_accepted(st.one_of([wrong, *mistaken]), rules, referral)


_TWINS: tuple[tuple[Any, Any], ...] = (
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
    """For each pair of twins, the operations that would be allowed with the one, and have the other."""

    def writes(rule: PathRule, value: Any) -> dict[str, Any]:
        return {"op": rule.operations[0], "path": with_indices(rule.path, repeat(0)), "value": value}

    return [
        [writes(rule, twin) for rule in rules.paths if rules.check([writes(rule, value)]).ok] for value, twin in _TWINS
    ]


def _misplaced(code: Code) -> _Maker:
    """Allowed operations for which the referral has no place, for one reason."""

    def made(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        places = [(rule, path) for rule in rules.paths for path in _concrete(rule.path)]
        wrong: list[st.SearchStrategy[Any]] = [
            writing(rule, rules, path=path).filter(
                lambda operation: fault(referral, operation["op"], operation["path"]) is code
            )
            for rule, path in places
            if any(fault(referral, op, path) is code for op in rule.operations)
        ]
        return _among_accepted(st.one_of(wrong), rules, referral) if wrong else st.nothing()

    return made


def _concrete(path: str) -> list[str]:
    """The path with an index that an array may have, and with some that it cannot have."""
    indices = ("0", "1", str(10**9), str(10**30)) if ITEM in path.split("/") else ("",)
    return ["/".join(index if token == ITEM else token for token in path.split("/")) for index in indices]


def _moved(code: Code) -> _Maker:
    """What sets one or both of status and substatus, in either order, so that the move is refused for one reason."""

    def made(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        refused = [
            patch
            for patch in _settings(rules)
            if {found.code for found in evaluation(rules, patch, referral).report.errors} == {code}
        ]
        accepted = accepted_patches(referral, rules=rules)
        return (
            st.builds(lambda before, move: [*before, *move], accepted, st.sampled_from(refused))
            if refused
            else st.nothing()
        )

    return made


@cache
def _settings(rules: Ruleset) -> list[list[dict[str, Any]]]:
    """Every way to set the status, the substatus or both to what the table names, as far as their paths are allowed."""
    rows = rules.transitions.rows
    names = [name for row in rows.values() for name in row.substatuses]
    pairs = [setting(rules, State(*pair)) for pair in product(rows, names)]
    allowed = [[each for each in pair if rules.explain(each["path"]) is not None] for pair in pairs]
    found = [patch for pair in allowed for patch in (*([each] for each in pair), pair, pair[::-1])]
    return list({str(patch): patch for patch in found if patch}.values())


_MAKERS: dict[Code, _Maker] = {
    Code.INVALID_JSON: _invalid_json,
    Code.NOT_AN_ARRAY: _not_an_array,
    Code.NOT_AN_OBJECT: _not_an_object,
    Code.MEMBER_MISSING: _member_missing,
    Code.MEMBER_TYPE: _member_type,
    Code.LIMIT_EXCEEDED: _limit_exceeded,
    Code.OP_NOT_SUPPORTED: _op_not_supported,
    Code.INVALID_POINTER: _invalid_pointer,
    Code.PATH_NOT_ALLOWED: _path_not_allowed,
    Code.OP_NOT_ALLOWED: _op_not_allowed,
    Code.VALUE_INVALID: _value_invalid,
    Code.TARGET_MISSING: _misplaced(Code.TARGET_MISSING),
    Code.TARGET_NOT_CONTAINER: _misplaced(Code.TARGET_NOT_CONTAINER),
    Code.INDEX_OUT_OF_RANGE: _misplaced(Code.INDEX_OUT_OF_RANGE),
    Code.STATUS_UNKNOWN: _moved(Code.STATUS_UNKNOWN),
    Code.TRANSITION_NOT_ALLOWED: _moved(Code.TRANSITION_NOT_ALLOWED),
    Code.SUBSTATUS_NOT_ALLOWED: _moved(Code.SUBSTATUS_NOT_ALLOWED),
}
