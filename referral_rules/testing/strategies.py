"""Strategies for referrals, and for patches that are accepted or nearly so; all follow the ruleset passed in."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset, State, ViolationCode, catalog
from referral_rules import pointers as rfc6901
from referral_rules.resource import ITEM, Resource
from referral_rules.testing.values import json_values, look_alikes, scalars, values

__all__ = [
    "TWISTS",
    "accepted_patches",
    "fault",
    "members",
    "moves",
    "newest",
    "operations",
    "patches",
    "placed_operations",
    "pointers",
    "referrals",
    "states",
    "twisted_paths",
    "writing",
]

Patch = list[dict[str, Any]]
_indices = st.integers(0, 2)


def newest(rules: Ruleset | None = None) -> Ruleset:
    """The rules passed in; the newest built-in ones for None.

    >>> newest().name == Ruleset.load("partner-center").name
    True
    """
    return Ruleset.load(catalog.NEWEST) if rules is None else rules


@cache
def _resource(rules: Ruleset) -> Resource:
    return Resource(rules.document["resource"])


def states(*, rules: Ruleset | None = None) -> st.SearchStrategy[State]:
    """Pairs of status and substatus that the transition table has.

    >>> from hypothesis import find
    >>> find(states(), lambda state: True)
    State(status='New', substatus='Pending')
    """
    rows = newest(rules).transitions.rows
    pairs = [State(status, substatus) for status, row in rows.items() for substatus in row.substatuses]
    return st.sampled_from(pairs) if pairs else st.nothing()


def moves(*, rules: Ruleset | None = None) -> st.SearchStrategy[tuple[State, State]]:
    """Moves that one patch may make: the pair before, and the pair after.

    >>> from hypothesis import find
    >>> find(moves(), lambda move: move[0] != move[1])[1]
    State(status='New', substatus='Received')
    """
    table = newest(rules).transitions
    return states(rules=rules).flatmap(
        lambda before: (
            st.tuples(st.just(before), st.sampled_from(table.reachable(before)))
            if table.reachable(before)
            else st.nothing()
        )
    )


def members(*, rules: Ruleset | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Team members, as the resource describes them.

    Raises:
        LookupError: the resource has no definition of a member.

    >>> from hypothesis import find
    >>> find(members(), lambda member: member.get("email"))
    {'email': '0'}
    """
    resource = _resource(newest(rules))
    if "Member" not in resource.schema.get("$defs", {}):
        raise LookupError(f"the resource of {newest(rules).name} defines no Member")
    found: st.SearchStrategy[dict[str, Any]] = values({"$ref": "#/$defs/Member"}, resource)
    return found


@cache
def _whole(rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    resource = _resource(rules)
    found: st.SearchStrategy[dict[str, Any]] = values(resource.schema, resource)
    return found


def referrals(*, status: str | None = None, rules: Ruleset | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals that fit the resource, with a status and a substatus that go together.

    Args:
        status: the status that they have; one that the table does not have goes with any substatus. None for all.
        rules: the rules; None for the newest built-in ones.

    >>> from hypothesis import find
    >>> find(referrals(status="Closed"), lambda referral: True)
    {'status': 'Closed', 'substatus': 'Won'}
    """
    rows = newest(rules).transitions.rows
    if status is None:
        pairs = states(rules=rules)
    elif status in rows:
        pairs = st.sampled_from([State(status, substatus) for substatus in rows[status].substatuses])
    else:
        pairs = states(rules=rules).map(lambda state: State(status, state.substatus))
    return st.builds(lambda whole, pair: _with_pair(newest(rules), whole, pair), _whole(newest(rules)), pairs)


def _with_pair(rules: Ruleset, referral: dict[str, Any], pair: State) -> dict[str, Any]:
    """The referral with this pair, wherever the rules say that it stands."""
    whole = {**referral}
    for place, value in zip((rules.transitions.status, rules.transitions.substatus), pair, strict=True):
        container = whole
        for name in place[:-1]:
            container[name] = {**container.get(name, {})}
            container = container[name]
        container[place[-1]] = value
    return whole


def pointers(*, rules: Ruleset | None = None) -> st.SearchStrategy[str]:
    """Paths that some rule governs, with an index for each ``*``.

    >>> from hypothesis import find
    >>> find(pointers(), lambda path: path.endswith("/term"))
    '/registrations/0/contract/term'
    """
    return st.sampled_from(newest(rules).paths).flatmap(_pointers)


def _pointers(rule: PathRule) -> st.SearchStrategy[str]:
    return st.lists(_indices, min_size=(stars := rule.path.count(ITEM)), max_size=stars).map(
        lambda numbers: _with_indices(rule.path, numbers)
    )


def _with_indices(path: str, numbers: list[int]) -> str:
    tokens, left = path.split("/"), iter(numbers)
    return "/".join(str(next(left)) if token == ITEM else token for token in tokens)


def writing(rule: PathRule, rules: Ruleset, *, path: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that a rule allows, each with a value that fits; the referral may have no place for them.

    Args:
        rule: the rule.
        rules: the ruleset that has it.
        path: the path to write at; None for any that the rule governs.
    """
    where = _pointers(rule) if path is None else st.just(path)
    return st.fixed_dictionaries(
        {"op": st.sampled_from(rule.operations), "path": where, "value": _fitting(rules)[rule.path]}
    )


@cache
def _fitting(rules: Ruleset) -> dict[str, st.SearchStrategy[Any]]:
    """The values that fit each path: made once, as it takes longer to make them than to draw one."""
    return {rule.path: values(rule.schema, _resource(rules)) for rule in rules.paths}


@cache
def _operations(rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of([writing(rule, rules) for rule in rules.paths])


def operations(*, rules: Ruleset | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that the rules allow, each with a value that fits; the referral may have no place for them.

    >>> from hypothesis import find
    >>> find(operations(), lambda operation: operation["path"] == "/details/currency")
    {'op': 'add', 'path': '/details/currency', 'value': 'AED'}
    """
    return _operations(newest(rules))


def _ancestors(path: str) -> list[str]:
    tokens = path.split("/")
    return ["/".join(tokens[:length]) for length in range(1, len(tokens))]


TWISTS: dict[str, Callable[[str], list[str]]] = {
    "an ancestor": _ancestors,
    "another case": lambda path: [path.upper(), path.title(), path.swapcase(), path.replace("t", "\uff54")],
    "empty tokens": lambda path: [f"/{path}", f"{path}/", path.replace("/", "//"), f"/{path}/"],
    "other escapes": lambda path: [
        f"/{path[1:].replace('/', '~1')}", f"/{path[1:].replace('/', '~01')}", path.replace("a", "%61"),
        path.replace("~1", "~01"), path.replace("~0", "~"), path.replace("/", "/~0"),
    ],
    "a longer or a shorter name": lambda path: [f"{path}s", f"{path} ", f"{path}\0", f"{path}-", path[:-1]],
    "a step further": lambda path: [f"{path}/0", f"{path}/-", f"{path}/x"],
    "leading zeros": lambda path: [
        "/".join(f"{zeros}{token}" if token.isdigit() else token for token in path.split("/")) for zeros in ("0", "00")
    ],
}  # fmt: skip
"""What careless code takes for a path that it is not, by kind."""


def twisted_paths(path: str, kind: str | None = None) -> st.SearchStrategy[str]:
    """Paths that are not this one, and that careless code takes for it.

    Args:
        path: a path.
        kind: one of the kinds of ``TWISTS``; None for all.

    >>> from hypothesis import find
    >>> find(twisted_paths("/a/b"), lambda path: "~" in path)
    '/a~1b'
    """
    kinds = list(TWISTS) if kind is None else [kind]
    twins = dict.fromkeys(twin for each in kinds for twin in TWISTS[each](path) if twin != path)
    return st.sampled_from(list(twins)) if twins else st.nothing()


@cache
def _near_misses(rules: Ruleset) -> st.SearchStrategy[Any]:
    """Operations that are wrong in one way or another, or in none."""
    known = st.sampled_from([rule.path for rule in rules.paths])
    ops = st.sampled_from(["add", "replace", "remove", "move", "copy", "test", "Add", ""])
    where = pointers(rules=rules) | known | known.flatmap(twisted_paths)
    wild = {"op": ops | scalars, "path": where | st.text(max_size=12) | scalars, "value": json_values | look_alikes}
    twisted = st.builds(
        lambda operation, draw: {**operation, "path": draw}, _operations(rules), pointers().flatmap(twisted_paths)
    )
    return twisted | st.fixed_dictionaries({}, optional=wild) | st.fixed_dictionaries(wild) | json_values


def patches(*, rules: Ruleset | None = None) -> st.SearchStrategy[Any]:
    """Anything that a JSON parser may produce as a patch, weighted to what comes near to being accepted.

    >>> from hypothesis import find
    >>> find(patches(), lambda patch: isinstance(patch, dict))
    {}
    """
    found = newest(rules)
    several: st.SearchStrategy[Any] = st.lists(
        _operations(found) | _operations(found) | _near_misses(found), max_size=5
    )
    return several | json_values


@st.composite
def accepted_patches(draw: st.DrawFn, referral: dict[str, Any], *, rules: Ruleset | None = None) -> Patch:
    """Patches that the rules accept for a referral: of the steps drawn, those that it has no place for are left out.

    >>> from hypothesis import find
    >>> patch = find(accepted_patches({"status": "Active", "substatus": "Accepted"}), lambda patch: len(patch) > 1)
    >>> [operation["path"] for operation in patch]
    ['/campaignId', '/campaignId']
    """
    found = newest(rules)
    patch: Patch = []
    for step in draw(st.lists(_steps(found, referral), max_size=4)):
        if found.check([*patch, *step], referral).ok:
            patch += step
    return patch


def _steps(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Patch]:
    """What belongs together: one operation, or the two that move the status, in either order."""
    single = [placed.map(lambda operation: [operation]) for placed in placed_operations(rules, referral)]
    return st.one_of([*single, *_moves_from(rules, referral)]) if single else st.just([])


def placed_operations(
    rules: Ruleset, referral: dict[str, Any], kind: str | None = None
) -> list[st.SearchStrategy[dict[str, Any]]]:
    """For each path at which a referral has a place, operations that write there.

    Args:
        rules: the rules.
        referral: the referral.
        kind: only paths that can be twisted in this way; None for all.
    """
    found = []
    for rule in rules.paths:
        for path in _paths_in(rule, referral):
            ops = [op for op in rule.operations if fault(referral, op, path) is None]
            if ops and (kind is None or set(TWISTS[kind](path)) - {path}):
                members = {"op": st.sampled_from(ops), "path": st.just(path), "value": _fitting(rules)[rule.path]}
                found.append(st.fixed_dictionaries(members))
    return found


def _paths_in(rule: PathRule, referral: dict[str, Any]) -> list[str]:
    """The paths of a rule, with the first indices for each star."""
    if ITEM not in rule.path.split("/"):
        return [rule.path]
    paths = [_with_indices(rule.path, [number] * rule.path.count(ITEM)) for number in (0, 1)]
    return [path for path in paths if fault(referral, rule.operations[0], path) is None]


def fault(referral: object, op: str, path: str) -> ViolationCode | None:
    """Why there is no place for an operation, as far as a glance tells (RFC 6902 sections 4.1 and 4.3).

    Args:
        referral: the stored referral.
        op: the operation.
        path: a path that some rule governs.
    Returns:
        the code of what is wrong; None if there is a place.

    >>> fault({"details": None}, "add", "/details/notes").value
    'target_not_container'
    """
    *parents, last = rfc6901.tokens(path)
    container = referral
    for token in parents:
        if isinstance(container, list) and not 0 <= int(token) < len(container):
            return ViolationCode.INDEX_OUT_OF_RANGE
        if isinstance(container, dict) and token not in container:
            return ViolationCode.TARGET_MISSING
        if not isinstance(container, dict | list):
            return ViolationCode.TARGET_NOT_CONTAINER
        container = container[int(token)] if isinstance(container, list) else container[token]
    if not isinstance(container, list if last == rfc6901.END else dict):
        return ViolationCode.TARGET_NOT_CONTAINER
    absent = isinstance(container, dict) and last not in container
    return ViolationCode.TARGET_MISSING if absent and op == "replace" else None


def _moves_from(rules: Ruleset, referral: dict[str, Any]) -> list[st.SearchStrategy[Patch]]:
    """The moves that the table has from where the referral is."""
    table = rules.transitions
    status, substatus = table.pair(referral)
    known = isinstance(status, str) and isinstance(substatus, str)
    reachable = table.reachable(State(str(status), str(substatus))) if known else ()
    if not reachable:
        return []
    fields = [rfc6901.join(place) for place in (table.status, table.substatus)]
    allowed = [rule.operations if (rule := rules.explain(path)) is not None else () for path in fields]
    if not all(allowed):
        return []
    whole = st.tuples(st.sampled_from(reachable), st.tuples(*map(st.sampled_from, allowed)), st.booleans())
    return [whole.map(lambda drawn: _move(fields, *drawn))]


def _move(fields: list[str], state: State, ops: tuple[str, ...], backwards: bool) -> Patch:
    both = [{"op": op, "path": path, "value": value} for op, path, value in zip(ops, fields, state, strict=True)]
    return both[::-1] if backwards else both
