"""Did you mean ...? The known name that is nearest to an unknown one."""

from collections.abc import Iterable

_LONGEST = 200
_SURE = 5
"""How many letters a name must have for one wrong letter not to make another name of it, as with currencies."""


def nearest(word: str, known: Iterable[str], cutoff: float = 0.55) -> str | None:
    """The known name that a misspelt one most likely stands for.

    Args:
        word: what was written; one of more than 200 characters has no nearest name.
        known: the names that exist.
        cutoff: how much of the two must be alike, from 0 to 1.
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

    close = get_close_matches(_fold(word), spellings, cutoff=cutoff)
    return spellings[close[0]] if close else None


def is_slip(word: str, name: str) -> bool:
    """Return True if a word surely stands for a name: they differ only in case, in separators or in one letter.

    >>> is_slip("usd", "USD"), is_slip("/details.note", "/details/notes"), is_slip("US", "UZS")
    (True, True, False)
    """
    one, other = _letters(word), _letters(name)
    if not one or not other:
        return word == name
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
    # A letter too many, one too few, another one, or two in the wrong order.
    too_many, too_few = one[same + 1 :] == other[same:], one[same:] == other[same + 1 :]
    another = one[same + 1 :] == other[same + 1 :]
    swapped = one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]
    return one == other or (len(other) >= _SURE and (too_many or too_few or another or swapped))


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _fold(name: str) -> str:
    """The same for names that differ only in case, in empty tokens, or in the slashes around them."""
    return "/".join(token for token in name.casefold().split("/") if token)
