"""The same judgement by hand, for the paths of the scenarios only: a lower bound for the time of ``apply``.

It gives a verdict without a report and without a ruleset. It is not an engine: it does not check that a date is in the
calendar, has few of the currencies, and expects a valid pair of status and substatus in the referral.
"""

import re
from collections.abc import Callable
from typing import Any

_amount = re.compile(r"(0|[1-9][0-9]{0,27})(\.[0-9]{1,28})?\Z").match
_moment = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?Z\Z").match
_OPERATIONS = 10_000
_MOST = 79228162514264337593543950335
_TEXT_OF_MEMBER = frozenset({"firstName", "lastName", "phoneNumber", "email", "title"})
_TEXT_OF_SOLUTION = frozenset({"id", "name", "type"})
_STATUSES = frozenset({"None", "New", "Active", "Closed"})
_SUBSTATUSES = frozenset({"None", "Pending", "Received", "Accepted", "Won", "Lost", "Declined", "Expired", "Error"})
_CURRENCIES = frozenset({"USD", "EUR", "GBP", "CHF", "JPY"})
_ROWS = {
    "New": ({"New", "Active", "Closed"}, {"Pending", "Received"}),
    "Active": ({"Active", "Closed"}, {"Accepted"}),
    "Closed": ({"Closed"}, {"Won", "Lost", "Declined", "Expired"}),
}
_TRANSITIONS = frozenset(
    (status, new, substatus) for status, (to, _) in _ROWS.items() for new in to for substatus in _ROWS[new][1]
)

Document = dict[str, Any]
Write = Callable[[Document, set[str], str, Any], bool]


def _text(value: Any) -> bool:
    return value is None or type(value) is str


def _is_amount(value: Any) -> bool:
    if type(value) is str:
        return _amount(value) is not None
    return (type(value) is int or type(value) is float) and 0 <= value <= _MOST


def _is_moment(value: Any) -> bool:
    return type(value) is str and _moment(value) is not None


def _one_of(names: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and value in names


def _top(name: str, accepts: Callable[[Any], bool]) -> Write:
    def write(document: Document, _: set[str], op: str, value: Any) -> bool:
        if not accepts(value) or (op != "add" and (op != "replace" or name not in document)):
            return False
        document[name] = value
        return True

    return write


def _inside(parent: str, name: str, accepts: Callable[[Any], bool]) -> Write:
    def write(document: Document, copied: set[str], op: str, value: Any) -> bool:
        if not accepts(value):
            return False
        container = document.get(parent)
        if type(container) is not dict:
            return False
        if parent not in copied:
            copied.add(parent)
            container = document[parent] = {**container}
        if op != "add" and (op != "replace" or name not in container):
            return False
        container[name] = value
        return True

    return write


def _is_flat(value: Any, names: frozenset[str]) -> bool:
    if type(value) is not dict:
        return False
    for item in value.values():
        if type(item) is not str and item is not None:
            return False
    return names.issuperset(value)


def _append_top(name: str, names: frozenset[str]) -> Write:
    def write(document: Document, copied: set[str], op: str, value: Any) -> bool:
        if op != "add" or not _is_flat(value, names):
            return False
        array = document.get(name)
        if type(array) is not list:
            return False
        if name not in copied:
            copied.add(name)
            array = document[name] = array[:]
        array.append({**value})
        return True

    return write


def _replace_array(name: str, names: frozenset[str]) -> Write:
    def write(document: Document, copied: set[str], op: str, value: Any) -> bool:
        if type(value) is not list or not all(_is_flat(item, names) for item in value) or op not in ("add", "replace"):
            return False
        copied.add(name)
        document[name] = [{**item} for item in value]
        return True

    return write


def _own(document: Document, copied: set[str], *names: Any) -> Any:
    container: Any = document
    path = ""
    for name in names:
        path = f"{path}/{name}"
        child = container[name]
        if path not in copied:
            copied.add(path)
            child = container[name] = {**child} if type(child) is dict else child[:]
        container = child
    return container


def _deep(parents: tuple[Any, ...], name: str, accepts: Callable[[Any], bool]) -> Write:
    def write(document: Document, copied: set[str], op: str, value: Any) -> bool:
        container = _own(document, copied, *parents)
        if not accepts(value) or (op != "add" and (op != "replace" or name not in container)):
            return False
        container[name] = value
        return True

    return write


def _deep_array(parents: tuple[Any, ...], name: str, names: frozenset[str]) -> Write:
    def write(document: Document, copied: set[str], op: str, value: Any) -> bool:
        if type(value) is not list or not all(_is_flat(item, names) for item in value) or op not in ("add", "replace"):
            return False
        _own(document, copied, *parents)[name] = [{**item} for item in value]
        return True

    return write


def _deep_append(parents: tuple[Any, ...], names: frozenset[str]) -> Write:
    def write(document: Document, copied: set[str], op: str, value: Any) -> bool:
        if op != "add" or not _is_flat(value, names):
            return False
        _own(document, copied, *parents).append({**value})
        return True

    return write


_WRITES: dict[str, Write] = {
    "/campaignId": _top("campaignId", _text),
    "/consent/consentToShareReferralWithMicrosoftSellers": _inside(
        "consent", "consentToShareReferralWithMicrosoftSellers", lambda value: type(value) is bool
    ),
    "/customerProfile/team": _deep_array(("customerProfile",), "team", _TEXT_OF_MEMBER),
    "/customerProfile/team/-": _deep_append(("customerProfile", "team"), _TEXT_OF_MEMBER),
    "/details/closingDateTime": _inside("details", "closingDateTime", _is_moment),
    "/details/currency": _inside("details", "currency", _one_of(_CURRENCIES)),
    "/details/dealValue": _inside("details", "dealValue", _is_amount),
    "/details/notes": _inside("details", "notes", _text),
    "/details/requirements/solutions": _deep_array(("details", "requirements"), "solutions", _TEXT_OF_SOLUTION),
    "/details/requirements/solutions/-": _deep_append(("details", "requirements", "solutions"), _TEXT_OF_SOLUTION),
    "/externalReferenceId": _top("externalReferenceId", _text),
    "/referralProgram": _top("referralProgram", _text),
    "/salesStage": _top("salesStage", _text),
    "/status": _top("status", _one_of(_STATUSES)),
    "/statusReason": _top("statusReason", _text),
    "/substatus": _top("substatus", _one_of(_SUBSTATUSES)),
    "/team": _replace_array("team", _TEXT_OF_MEMBER),
    "/team/-": _append_top("team", _TEXT_OF_MEMBER),
    "/registrations/0/contract/term": _deep(
        ("registrations", 0, "contract"), "term", _one_of(frozenset({"Perpetual", "Finite"}))
    ),
    "/registrations/0/contract/value": _deep(("registrations", 0, "contract"), "value", _is_amount),
}


def apply(patch: list[dict[str, Any]], referral: Document) -> Document | None:
    """The patched referral; None if it is refused."""
    if type(patch) is not list or len(patch) > _OPERATIONS or type(referral) is not dict:
        return None
    document = {**referral}
    copied: set[str] = set()
    try:
        for operation in patch:
            if type(operation) is not dict:
                return None
            write = _WRITES[operation["path"]]
            if not write(document, copied, operation["op"], operation["value"]):
                return None
    except (LookupError, TypeError):
        return None
    status, substatus = document.get("status"), document.get("substatus")
    if status is referral.get("status") and substatus is referral.get("substatus"):
        return document
    return document if (referral.get("status"), status, substatus) in _TRANSITIONS else None
