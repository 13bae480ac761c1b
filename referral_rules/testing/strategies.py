"""Strategies for referrals, and for what is written into them; all follow the ruleset passed in."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset, State
from referral_rules import _catalog
from referral_rules._json import tokens
from referral_rules._rules import ITEM, Resource
from referral_rules.testing.values import values

__all__ = [
    "known_states",
    "members",
    "moves",
    "newest",
    "operations",
    "pointers",
    "referrals",
    "states",
    "with_indices",
    "with_pair",
    "writing",
]

_indices = st.integers(0, 2)


def newest(rules: Ruleset | None = None) -> Ruleset:
    """The rules passed in; the newest built-in ones for None.

    Raises:
        TypeError: they are no ruleset.

    >>> newest().name == Ruleset.load("partner-center").name
    True
    """
    if rules is None:
        return Ruleset.load(_catalog.NEWEST)
    if not isinstance(rules, Ruleset):
        raise TypeError(f"a Ruleset is needed, and no {type(rules).__name__}: Ruleset.load or from_file makes one")
    return rules


@cache
def _resource(rules: Ruleset) -> Resource:
    return Resource(rules.document["resource"])


def states(*, rules: Ruleset | None = None) -> st.SearchStrategy[State]:
    """Pairs of status and substatus that the transition table has.

    >>> from hypothesis import find
    >>> find(states(), lambda state: True)
    State(status='New', substatus='Pending')
    """
    pairs = known_states(newest(rules))
    return st.sampled_from(pairs) if pairs else st.nothing()


def known_states(rules: Ruleset) -> list[State]:
    """All pairs of the transition table, in its order.

    >>> known_states(newest())[-1]
    State(status='Closed', substatus='Expired')
    """
    rows = rules.transitions.rows.items()
    return [State(status, substatus) for status, row in rows for substatus in row.substatuses]


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
    >>> list(find(members(), lambda member: "email" in member))
    ['email']
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
    return st.builds(lambda whole, pair: with_pair(newest(rules), whole, pair), _whole(newest(rules)), pairs)


def with_pair(rules: Ruleset, referral: dict[str, Any], pair: State) -> dict[str, Any]:
    """The referral with this pair, wherever the rules say that it stands.

    >>> with_pair(newest(), {"salesStage": "80"}, State("Closed", "Won"))
    {'salesStage': '80', 'status': 'Closed', 'substatus': 'Won'}
    """
    whole = {**referral}
    for place, value in zip(
        map(tokens, (rules.transitions.status, rules.transitions.substatus)),
        (pair.status, pair.substatus),
        strict=True,
    ):
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
    known = newest(rules).paths
    return st.sampled_from(known).flatmap(_pointers) if known else st.nothing()


def _pointers(rule: PathRule) -> st.SearchStrategy[str]:
    stars = rule.path.split("/").count(ITEM)
    return st.lists(_indices, min_size=stars, max_size=stars).map(lambda numbers: with_indices(rule.path, numbers))


def with_indices(path: str, numbers: Iterable[int]) -> str:
    """The path with an index for each ``*``.

    Args:
        path: the path of a rule.
        numbers: the indices, at least as many as there are stars.

    >>> with_indices("/team/*/email", [3])
    '/team/3/email'
    """
    tokens, left = path.split("/"), iter(numbers)
    return "/".join(str(next(left)) if token == ITEM else token for token in tokens)


def writing(
    rule: PathRule, rules: Ruleset, *, path: str | None = None, ops: Sequence[str] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that a rule allows, each with a value that fits; the referral may have no place for them.

    Args:
        rule: the rule.
        rules: the ruleset that has it.
        path: the path to write at; None for any that the rule governs.
        ops: the operations to write with; None for all that the rule allows.
    """
    where = _pointers(rule) if path is None else st.just(path)
    how = st.sampled_from(ops or rule.operations)
    return st.fixed_dictionaries({"op": how, "path": where, "value": _fitting(rules)[rule.path]})


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
