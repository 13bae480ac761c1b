"""Words for what is allowed, and yet probably a mistake."""

from referral_rules._messages.wording import Details, Words, all_of, quoted


def terminal_state(_: str | None, details: Details) -> Words:
    """A closed referral is changed."""
    message = f"the referral is {details['substatus']}, and normally cannot be changed any more"
    return message, "The service will probably refuse the patch."


def reason_expected(_: str | None, details: Details) -> Words:
    """A referral is closed without the reason that the portal asks for."""
    message = f"substatus {details['substatus']} needs a reason, and the referral has none"
    return message, f"Also write the reason to {details['reason']}."


def set_by_service(path: str | None, details: Details) -> Words:
    """A value is written that the service normally sets."""
    return f"normally only the service sets {path} to {details['value']}", "Check that you meant to set it."


def one_way(path: str | None, details: Details) -> Words:
    """A value is changed that normally stays."""
    return f"{path} is already {details['value']}, which normally cannot be undone", "Leave it as it is."


def unknown_member(_: str | None, details: Details) -> Words:
    """A value has members that the resource does not list."""
    names = [f"{quoted(each['place'])}{_meant(each['nearest'])}" for each in details["unknown"]]
    names += [f"{details['more']} more"] if details["more"] else []
    members = "a member that is" if len(names) == 1 else "members that are"
    return f"the value has {members} not documented: {all_of(names)}", "Check the spelling."


def _meant(nearest: str | None) -> str:
    return f" (did you mean {nearest}?)" if nearest else ""
