"""Strategies for referrals, their states, and where a patch may write in them."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset, State, _catalog
from referral_rules._json import tokens
from referral_rules._rules import ITEM, Resource
from referral_rules.testing._strategies.schemas import SchemaValues
from referral_rules.testing._strategies.values import filtered, levels, sampled

_indices = st.integers(0, 2)


def ruleset_or_newest(rules: Ruleset | None) -> Ruleset:
    """The rules passed in; the newest built-in ones for None.

    Raises:
        TypeError: they are not a Ruleset.

    >>> ruleset_or_newest(None) is Ruleset.load("partner-center")
    True
    """
    if rules is None:
        return Ruleset.load(_catalog.NEWEST)
    if not isinstance(rules, Ruleset):
        raise TypeError(
            f"expected rules as a Ruleset, got {type(rules).__name__}: use Ruleset.load or Ruleset.from_file"
        )
    return rules


@cache
def schema_values(rules: Ruleset) -> SchemaValues:
    """Strategies for the values that fit the subschemas of a ruleset's resource.

    >>> schema_values(ruleset_or_newest(None)).fitting({"$ref": "#/$defs/Status"}).is_empty
    False
    """
    return SchemaValues(Resource(rules.document["resource"]))


def states(*, rules: Ruleset | None = None) -> st.SearchStrategy[State]:
    """Pairs of status and substatus that the transition table has.

    >>> from hypothesis import find
    >>> find(states(), lambda state: True)
    State(status='New', substatus='Pending')
    """
    return sampled(all_states(ruleset_or_newest(rules)))


def all_states(rules: Ruleset) -> list[State]:
    """All pairs of the transition table, in its order.

    >>> all_states(ruleset_or_newest(None))[-1]
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
    found = ruleset_or_newest(rules)
    return sampled([(one, other) for one in all_states(found) for other in found.transitions.reachable(one)])


def members(*, rules: Ruleset | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Team members, as the resource describes them.

    Raises:
        LookupError: the resource does not define a member.

    >>> from hypothesis import find
    >>> list(find(members(), lambda member: "email" in member))
    ['email']
    """
    found = ruleset_or_newest(rules)
    if "Member" not in found.document["resource"].get("$defs", {}):
        raise LookupError(f"the resource of the ruleset {found.name} does not define Member under $defs")
    return schema_values(found).fitting({"$ref": "#/$defs/Member"})


def referrals(*, status: str | None = None, rules: Ruleset | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals that fit the resource, with a status and a substatus that go together.

    Args:
        status: the status of the referrals; None for any. A status that is not in the table is combined with any
            substatus, and such referrals may not fit the resource.
        rules: the rules; None for the newest built-in ones.
    Raises:
        ValueError: a status is given, but the rules have no transition table.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=5)
    ... @given(referrals(status="Closed"))
    ... def test_a_closed_referral_has_a_substatus(referral):
    ...     assert referral["substatus"] in ("Won", "Lost", "Declined", "Expired")
    >>> test_a_closed_referral_has_a_substatus()
    """
    found = ruleset_or_newest(rules)
    known = all_states(found)
    if status is None:
        return sampled(known).flatmap(lambda state: _in_state(found, state)) if known else _in_state(found, None)
    if not known:
        raise ValueError(f"the ruleset {found.name} has no transition table, and so its referrals have no status")
    own = [state for state in known if state.status == status]
    if own:
        return sampled(own).flatmap(lambda state: _in_state(found, state))
    return st.builds(
        lambda referral, state: with_state(found, referral, State(status, state.substatus)),
        referrals(rules=found),
        sampled(known),
    )


@cache
def _in_state(rules: Ruleset, state: State | None) -> st.SearchStrategy[dict[str, Any]]:
    parts = [rules.document["resource"], {"type": "object"}]
    if state is not None:
        parts += [_holding(tokens(place), value) for place, value in _places_of(rules, state)]
    depth = rules.limits.depth
    found: st.SearchStrategy[dict[str, Any]] = schema_values(rules).fitting({"allOf": parts})
    return filtered(found, lambda referral: levels(referral) <= depth)


def _holding(place: tuple[str, ...], value: str) -> dict[str, Any]:
    """The schema of a document that holds a value at a place."""
    if not place:
        return {"const": value}
    name, *rest = place
    return {"type": "object", "properties": {name: _holding(tuple(rest), value)}, "required": [name]}


def _places_of(rules: Ruleset, state: State) -> list[tuple[str, str]]:
    return [(rules.transitions.status, state.status), (rules.transitions.substatus, state.substatus)]


def with_state(rules: Ruleset, referral: dict[str, Any], state: State) -> dict[str, Any]:
    """The referral with this status and substatus, at the places that the rules name.

    >>> with_state(ruleset_or_newest(None), {"salesStage": "80"}, State("Closed", "Won"))
    {'salesStage': '80', 'status': 'Closed', 'substatus': 'Won'}
    """
    whole = {**referral}
    for place, value in _places_of(rules, state):
        *parents, last = tokens(place)
        container = whole
        for name in parents:
            container[name] = {**container.get(name, {})}
            container = container[name]
        container[last] = value
    return whole


def pointers(*, rules: Ruleset | None = None) -> st.SearchStrategy[str]:
    """Paths that may be patched, with an index for each ``*``.

    >>> from hypothesis import find
    >>> find(pointers(), lambda path: path.endswith("/term"))
    '/registrations/0/contract/term'
    """
    return sampled(ruleset_or_newest(rules).paths).flatmap(pointers_of)


def pointers_of(rule: PathRule) -> st.SearchStrategy[str]:
    """The paths that a rule covers.

    >>> pointers_of(ruleset_or_newest(None).paths[0]).is_empty
    False
    """
    stars = rule.path.split("/").count(ITEM)
    return st.lists(_indices, min_size=stars, max_size=stars).map(lambda numbers: with_indices(rule.path, numbers))


def with_indices(path: str, numbers: Iterable[int]) -> str:
    """The path of a rule with an index for each ``*``.

    Args:
        path: the path.
        numbers: the indices, at least as many as there are stars.

    >>> with_indices("/team/*/email", [3])
    '/team/3/email'
    """
    left = iter(numbers)
    return "/".join(str(next(left)) if token == ITEM else token for token in path.split("/"))
