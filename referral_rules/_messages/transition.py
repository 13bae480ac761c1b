"""Words for a status and a substatus that the transition table does not allow."""

from referral_rules._messages.wording import Details, Words, any_of

__all__ = ["status_unknown", "substatus_not_allowed", "transition_not_allowed"]


def status_unknown(_: str | None, details: Details) -> Words:
    """The stored status has no row in the table."""
    message = f"the stored status {details['status']} is not in the transition table"
    return message, f"Only {any_of(details['allowed'])} can be moved by a patch."


def transition_not_allowed(_: str | None, details: Details) -> Words:
    """The stored status has a row, and the new status is not in it."""
    field, allowed = details["field"], details["allowed"]
    if details["from"] is None:
        return f"no status can become {details['to']}", f"Set {field} to {any_of(allowed)}."
    others = [status for status in allowed if status != details["from"]]
    message = f"status {details['from']} cannot become {details['to']}"
    return message, f"Leave {field} as it is" + (f", or set it to {any_of(others)}." if others else ".")


def substatus_not_allowed(_: str | None, details: Details) -> Words:
    """The new substatus does not go with the new status."""
    status, substatus, field, allowed = (details[name] for name in ("status", "substatus", "field", "allowed"))
    if details["needs"] is not None:
        message = f"substatus {substatus} needs status {details['needs']}, but the status stays {status}"
        return message, _set(details, field, f'"{details["needs"]}"')
    message = f"status {status} goes with substatus {any_of(allowed)}, not with {substatus}"
    return message, _set(details, field, any_of(allowed)) if allowed and field is not None else None


def _set(details: Details, field: str, value: str) -> str:
    # A patch that writes the field already must write something else there; another operation would not help.
    return f"Set {field} to {value} instead." if details["written"] else f"Also set {field} to {value}."
