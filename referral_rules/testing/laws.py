"""The laws that hold for every patch and every referral, each as something that can be tried on a candidate."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from referral_rules import Ruleset, Severity, Code
from referral_rules._json import equal
from referral_rules.testing import pairs
from referral_rules.testing.candidates import Attempt, listed, reasons, evaluation
from referral_rules.testing.differences import Difference, another, bare, differences, named
from referral_rules.testing.twists import TWISTS

__all__ = ["Law", "laws"]

_SHOWN = 40

# No patch that a JSON parser produced can have these.
_NO_PATCHES = frozenset({Code.NOT_JSON, Code.REFERRAL_NOT_AN_OBJECT})


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
    pairs: st.SearchStrategy[pairs.Pair]
    broken: Callable[[Ruleset, Any, Attempt], Difference | None]


def laws(rules: Ruleset) -> tuple[Law, ...]:
    """All laws, as a ruleset fills them.

    >>> from referral_rules.testing.strategies import newest
    >>> laws(newest())[0].name
    'accepts'
    """
    once = "The pair of status and substatus is judged once, after the last operation."
    inside = "Whatever changes lies under a path of the patch, and that path is allowed."
    everything = "Everything that is wrong is told, each with its code and its operation."
    right, wild, wrong = pairs.wide(rules), pairs.wild(rules), pairs.refused(rules)
    larger = right | pairs.long(rules)
    return (
        Law("accepts", "What the rules accept is accepted.", larger, _accepts),
        Law("result", "The result is the referral with what the patch writes, and nothing else.", larger, _result),
        Law("order", "What is added at the end of an array stands at its end.", pairs.additions(rules), _carried_out),
        Law("texts", "A text is kept as it is.", pairs.texts(rules), _carried_out),
        Law("indices", "An index names the element at its place, from 0 on.", pairs.indexed(rules), _carried_out),
        Law("sequence", "An operation meets what those before it left.", pairs.sequences(rules), _carried_out),
        Law("limits", "What is as large as the limits let it be is accepted.", pairs.brimful(rules), _carried_out),
        Law("table", "Each move that the table has is accepted, and no other one.", pairs.table(rules), _judged),
        Law("moves", once, pairs.moves(rules), _judged),
        *_refusals(rules),
        *_twins(rules),
        Law("tells", everything, wild | wrong | pairs.twice(rules), _tells),
        Law("atomicity", "A refused patch changes nothing.", wild | wrong | pairs.late(rules), _atomic),
        Law("no escape", inside, wild | pairs.accepted(rules), _no_escape),
        Law("purity", "Neither the patch nor the referral passed in is changed.", wild | right, _pure),
        Law("isolation", "The result shares nothing with the patch.", right | pairs.additions(rules), _isolated),
        Law("totality", "Whatever a JSON parser produces is answered.", wild | wrong | pairs.anything(), _total),
        Law("discretion", "A refusal tells nothing that the referral holds.", pairs.secretive(rules), _discreet),
    )


def _refusals(rules: Ruleset) -> Iterator[Law]:
    """A law for each code, so that each kind of gap is found and told by itself."""
    for code in Code:
        if code.severity is Severity.ERROR and code not in _NO_PATCHES:
            says = f"A patch that is wrong by {code.value} is refused."
            yield Law(f"refuses {code.value}", says, pairs.refused(rules, code), _judged)


def _twins(rules: Ruleset) -> Iterator[Law]:
    """A law for each way in which careless code takes another path for an allowed one."""
    for kind in TWISTS:
        says = f"A path that is not the allowed one, but {kind}, is refused."
        yield Law(f"no twin: {kind}", says, pairs.twins(rules, kind), _judged)


def _accepts(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if attempt.accepted or not evaluation(rules, patch, attempt.before).report.ok:
        return None
    return Difference("accepted", attempt.refusal)


def _result(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if not attempt.accepted or not evaluation(rules, patch, attempt.before).report.ok:
        return None
    return another(evaluation(rules, patch, attempt.before).referral, attempt.after, attempt.own)


def _carried_out(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    return _accepts(rules, patch, attempt) or _result(rules, patch, attempt)


def _judged(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    """Accepted or refused, as the rules say."""
    report = evaluation(rules, patch, attempt.before).report
    if report.ok == attempt.accepted and attempt.slip is None:
        return None
    expected = reasons(report.errors)
    return Difference("accepted" if report.ok else f"refused, for {listed(expected)}", _answer(attempt))


def _answer(attempt: Attempt) -> str:
    if not attempt.accepted:
        return attempt.refusal
    places = named(_changed(attempt))
    return f"accepted, and {places} changed" if places else "accepted"


def _changed(attempt: Attempt) -> list[str]:
    return list(differences(bare(attempt.before, attempt.own), bare(attempt.after, attempt.own)))


def _tells(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    report = evaluation(rules, patch, attempt.before).report
    expected = reasons(report.errors)
    if attempt.accepted or report.ok or attempt.errors is None or attempt.errors == expected:
        return None
    return Difference(listed(expected), listed(attempt.errors))


def _atomic(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    if attempt.accepted or equal(attempt.before, attempt.after):
        return None
    return Difference("the referral as it was", f"a change of {named(differences(attempt.before, attempt.after))}")


def _no_escape(rules: Ruleset, patch: Any, attempt: Attempt) -> Difference | None:
    if not attempt.accepted:
        return None
    written = [operation["path"].removesuffix("/-") for operation in _allowed(rules, patch)]
    escaped = [place for place in _changed(attempt) if not any(f"{place}/".startswith(f"{path}/") for path in written)]
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
    return Difference("an answer, or a refusal that is one", attempt.slip) if attempt.slip else None


def _discreet(_rules: Ruleset, _patch: Any, attempt: Attempt) -> Difference | None:
    before, mark, after = attempt.told.partition(pairs.MARK)
    if not mark:
        return None
    shown = " ".join(f"{before[-_SHOWN:]}{mark}{after[:_SHOWN]}".split())
    return Difference("nothing that the referral holds", f"{mark}, which it holds: {shown}")
