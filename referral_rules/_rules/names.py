"""Did you mean ...? The known name that is nearest to an unknown one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

_LONGEST = 200
_MOST_BYTES = 2**23
"""How much memory the letters of all names may take; if they need more, only equal names are found."""

_SURE = 5
"""How many letters a name must have for one wrong letter not to make another name of it, as with currencies."""

_ONES = bytes(byte.bit_count() for byte in range(256))


class Names:
    """Known names, prepared so that one pass over the letters of a word compares it with all of them.

    How much two names are alike is twice the length of their longest common subsequence, divided by the sum of their
    lengths: 1 for equal names, 0 for names without a common letter. The subsequences with all names are found at once,
    as bits of one integer (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004): each name has whole bytes of
    its own, a bit for each letter and at least one more, which takes the carry of the addition.

    Args:
        names: the names, which are compared without regard to case.

    >>> Names(["email", "title"]).nearest("emailAddress")
    'email'
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._spellings = {_fold(name): name for name in names}
        self._groups: list[tuple[int, int, list[str]]] = []
        self._size = 0
        for length, group in groupby(sorted(self._spellings, key=len), key=len):
            self._groups.append((length, self._size, [*group]))
            self._size += _width(length) * len(self._groups[-1][2])
        letters = len(set().union(*self._spellings))
        if letters * self._size > _MOST_BYTES:
            self._groups = []
        bits: dict[str, bytearray] = defaultdict(lambda: bytearray(self._size))
        for length, start, folded in self._groups:
            for number, name in enumerate(folded):
                for bit, letter in enumerate(name, 8 * (start + number * _width(length))):
                    bits[letter][bit // 8] |= 1 << bit % 8
        self._letters = {letter: int.from_bytes(places, "little") for letter, places in bits.items()}
        self._every = sum(self._letters.values())

    def nearest(self, word: str, cutoff: float = 0.55) -> str | None:
        """The name that a misspelt one most likely stands for.

        Args:
            word: what was written; one of more than 200 characters has no nearest name.
            cutoff: how much the two must be alike, from 0 to 1.
        Returns:
            the nearest of the names, in its own spelling; None if none is near.

        >>> Names(["Won", "Lost"]).nearest("WON", 1), Names(["Won", "Lost"]).nearest("Declined")
        ('Won', None)
        """
        if len(word) > _LONGEST:
            return None
        folded = _fold(word)
        if folded in self._spellings:
            return self._spellings[folded]
        best, chosen, common = cutoff, "", b""
        for length, start, names in self._groups:
            letters = len(folded) + length
            if 2 * min(len(folded), length) < best * letters:
                continue
            common = common or self._common(folded)
            counts = _counts(common, start, length, len(names))
            most = max(counts)
            alike = 2 * most / letters
            if alike > best or (alike == best and not chosen):
                best, chosen = alike, names[counts.index(most)]
        return self._spellings[chosen] if chosen else None

    def _common(self, word: str) -> bytes:
        """For each byte, how many letters of the longest common subsequences with the names it has."""
        every = unmatched = self._every
        for letter in word:
            matched = unmatched & self._letters.get(letter, 0)
            unmatched = ((unmatched + matched) | (unmatched - matched)) & every
        return (every ^ unmatched).to_bytes(self._size, "little").translate(_ONES)


def _counts(common: bytes, start: int, length: int, names: int) -> Sequence[int]:
    width = _width(length)
    counts = common[start : start + width * names]
    return counts if width == 1 else [*map(sum, zip(*[iter(counts)] * width, strict=True))]


def _width(length: int) -> int:
    """How many bytes a name of this length takes."""
    return length // 8 + 1


def is_slip(word: str, name: str) -> bool:
    """Return True if a word surely stands for a name: they differ only in case, in separators or in one letter.

    >>> is_slip("usd", "USD"), is_slip("/details.note", "/details/notes"), is_slip("US", "UZS")
    (True, True, False)
    """
    if word.casefold() == name.casefold():
        return True
    one, other = _letters(word), _letters(name)
    if not one or not other:
        return word == name
    if _number(word) != _number(name):
        return False
    if len(other) < _SURE or abs(len(one) - len(other)) > 1:
        return one == other
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
    # A letter too many, one too few, another one, or two in the wrong order.
    too_many, too_few = one[same + 1 :] == other[same:], one[same:] == other[same + 1 :]
    another = one[same + 1 :] == other[same + 1 :]
    swapped = one[same : same + 2] == other[same : same + 2][::-1] and one[same + 2 :] == other[same + 2 :]
    return too_many or too_few or another or swapped


def _number(name: str) -> str:
    """The digits of a name, and a sign before it: another one is never a slip."""
    return ("-" if name.startswith("-") else "") + "".join(filter(str.isdigit, name))


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _fold(name: str) -> str:
    """The same for names that differ only in case, in empty tokens, or in the slashes around them."""
    folded = name.casefold()
    return "/".join([token for token in folded.split("/") if token]) if "/" in folded else folded
