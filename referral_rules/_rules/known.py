"""What a ruleset has near a path that no rule is about: the one that was meant, and those that lead further."""

from collections.abc import Collection, Sequence
from functools import cache

from referral_rules._json import END
from referral_rules._rules.names import Names
from referral_rules._rules.resource import ITEM


class KnownPaths:
    """The paths of a ruleset, prepared so that none of them is looked at for each mistake.

    Args:
        paths: the paths.

    >>> KnownPaths(["/details/notes", "/team/-"]).nearest("/detials/notes")
    '/details/notes'
    """

    def __init__(self, paths: Collection[str]) -> None:
        self._same: dict[str, list[str]] = {}
        self._beside: dict[str, dict[str, str]] = {}
        self._below: dict[str, list[str]] = {}
        self._beginnings: dict[str, dict[str, None]] = {}
        for known in paths:
            path = known
            above, _, last = path.rpartition("/")
            self._same.setdefault(_tail(path), []).append(path)
            self._beside.setdefault(above, {})[last] = path
            while path:
                above = path.rpartition("/")[0]
                self._beginnings.setdefault(above, {})[path] = None
                if above:
                    self._below.setdefault(above, []).append(known)
                path = above
        self._known = frozenset(paths)
        self._every = Names(paths)
        self._siblings = cache(lambda above: Names(self._beside[above]))

    def __contains__(self, path: object) -> bool:
        return path in self._known

    def below(self, path: str) -> Sequence[str]:
        """The paths that lead further than another one.

        >>> KnownPaths(["/details/notes", "/team/-"]).below("/details")
        ['/details/notes']
        """
        return self._below.get(path, ())

    def beginnings(self, path: str) -> list[str]:
        """How the paths that lead further than another one go on.

        >>> KnownPaths(["/a/b/c", "/a/b/d", "/e"]).beginnings("/a"), KnownPaths(["/a/b", "/e"]).beginnings("")
        (['/a/b'], ['/a', '/e'])
        """
        return [*self._beginnings.get(path, ())]

    def nearest(self, path: str) -> str | None:
        """The path that is nearest: the same name elsewhere, or a name beside it, or else any.

        Args:
            path: a path with a star for each index.

        >>> paths = KnownPaths(["/details/notes", "/details/currency"])
        >>> paths.nearest("/notes"), paths.nearest("/details/curency"), paths.nearest("/details/zzz")
        ('/details/notes', '/details/currency', None)
        """
        same = self._same.get(_tail(path))
        if same:
            return Names(same).nearest(path, 0)
        above, _, last = path.rpartition("/")
        sibling = self._siblings(above).nearest(last) if above in self._beside else None
        if sibling is not None:
            return self._beside[above][sibling]
        near = self._every.nearest(path)
        # What two paths begin with makes them alike, however different their last names are.
        return None if near is not None and above and near.startswith(f"{above}/") else near

    def nearest_of_all(self, path: str) -> str | None:
        """The path that is nearest, whatever its last name is.

        >>> KnownPaths(["/details/notes"]).nearest_of_all("details/notes")
        '/details/notes'
        """
        return self._every.nearest(path)


def _tail(path: str) -> str:
    """A path from its last name on, with the index or the end that follows: /details/solutions/- -> /solutions/-."""
    return path[path.rstrip(f"/{ITEM}{END}").rfind("/") :]
