"""Did you mean ...? The known name that is nearest to an unknown one."""

from collections.abc import Iterable

_CUTOFF = 0.55
_LONGEST = 200


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one most likely stands for.

    Args:
        word: what was written; one of more than 200 characters has no nearest name.
        known: the names that exist.
    Returns:
        the nearest of them, in its own spelling; None if none is near.

    >>> nearest("emailAddress", ["email", "title"])
    'email'
    """
    if len(word) > _LONGEST:
        return None
    spellings = {_fold(name): name for name in known}
    if _fold(word) in spellings:
        return spellings[_fold(word)]
    from difflib import get_close_matches

    close = get_close_matches(_fold(word), spellings, cutoff=_CUTOFF)
    return spellings[close[0]] if close else None


def _fold(name: str) -> str:
    """The same for names that differ only in case, in empty tokens, or in the slashes around them."""
    return "/".join(token for token in name.casefold().split("/") if token)
