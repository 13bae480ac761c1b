"""Words for a status and a substatus that the transition table does not allow."""

from collections.abc import Collection

from referral_rules._messages.wording import Details, Words, any_of, quoted

_ABSENT = "(absent)"


def status_unknown(_: str | None, details: Details) -> Words:
    """The stored status has no row in the table."""
    stored = details["status"]
    subject = "the referral has no status" if stored == _ABSENT else f"the stored status is {_bare(stored)}"
    hint = "No patch can change it. Leave the status and the substatus as they are."
    # Of a stored referral there is no patch, and so no field that it writes.
    return f"{subject}; expected {any_of(details['allowed'])}", hint if details["field"] is not None else None


def transition_not_allowed(_: str | None, details: Details) -> Words:
    """The stored status has a row, and the new status is not in it."""
    field, allowed = details["field"], details["allowed"]
    if details["from"] is None:
        return f"no status can become {_bare(details['to'])}", f"Set {field} to {_values(allowed)}."
    others = [status for status in allowed if status != details["from"]]
    if details["to"] == details["from"]:
        return (
            f"status {details['from']} cannot stay as it is",
            f"Set {field} to {_values(others)}." if others else None,
        )
    message = f"status {details['from']} cannot become {_bare(details['to'])}"
    return message, f"Leave {field} as it is" + (f", or set it to {_values(others)}." if others else ".")


def substatus_not_allowed(_: str | None, details: Details) -> Words:
    """The new substatus does not go with the new status."""
    status, substatus, field, allowed = (details[name] for name in ("status", "substatus", "field", "allowed"))
    if details["needs"] is not None:
        message = f"substatus {substatus} needs status {details['needs']}, but the status stays {status}"
        return message, _set(details, field, [details["needs"]]) if field is not None else None
    if not allowed:
        return f"status {status} has no allowed substatus, so no patch can set it", None
    stays = "stays" if field is not None and not details["written"] else "is"
    message = f"status {status} needs substatus {any_of(allowed)}, but the substatus {stays} {_bare(substatus)}"
    return message, _set(details, field, allowed) if field is not None else None


def _set(details: Details, field: str, values: Collection[str]) -> str:
    # A patch that writes the field already must write something else there; another operation would not help.
    return (
        f"Set {field} to {_values(values)} instead."
        if details["written"]
        else f"Also set {field} to {_values(values)}."
    )


def _values(names: Collection[str]) -> str:
    return any_of([quoted(name) for name in names])


def _bare(status: str) -> str:
    """A status, or what it is if it is not a string: (absent) -> absent."""
    return status.removeprefix("(").removesuffix(")")
