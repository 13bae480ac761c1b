"""Diagnostics: what is wrong with a patch, one by one."""

from collections.abc import Mapping
from typing import Any

from referral_rules._codes import TABLE, Code, Severity
from referral_rules._frozen import Frozen, frozen, thawed
from referral_rules._json import kind_of, plain_text, shorten
from referral_rules._messages import Words

_MEMBERS: dict[str, Any] = {
    "code": str,
    "op_index": int | None,
    "path": str | None,
    "rule": str,
    "details": Mapping,
    "message": str,
    "hint": str | None,
}
"""The types of what a diagnostic has in JSON."""


class Diagnostic(Frozen):
    """One thing that is wrong with a patch, or probably a mistake, and where.

    The code and the other fields are public API; the wording of ``message`` and ``hint`` is not. No field contains a
    value from a referral or a patch, except a status or a substatus.

    Args:
        code: what is wrong.
        op_index: index of the operation, from 0; None for the patch as a whole.
        path: the operation's path, cut at 200 characters; None if there is none.
        source: what decides, such as ``"RFC 6902 section 4.3"``.
        details: JSON for programs, read-only: ``allowed``, ``nearest``, ``fix`` and so on; arrays are tuples. The
            words are made of it, so it must have what the engine gives for this code.

    >>> diagnostic = Diagnostic(Code.OP_NOT_ALLOWED, 0, "/team/-", "partner-center-2023-10: /team/-", {
    ...     "op": "replace", "rule": "/team/-", "allowed": ["add"]})
    >>> diagnostic.hint
    'Use add.'
    """

    code: Code
    op_index: int | None
    path: str | None
    source: str
    details: Mapping[str, Any]

    def __init__(
        self,
        code: Code,
        op_index: int | None,
        path: str | None,
        source: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.__dict__.update(
            code=code if type(code) is Code else Code(code),
            op_index=op_index,
            path=None if path is None else shorten(plain_text(path)),
            source=source,
            details=frozen(details or {}),
        )

    @property
    def severity(self) -> Severity:
        """Whether it refuses the patch.

        >>> Diagnostic(Code.ONE_WAY, 0, "/consent", "mine: advisories", {"value": "true"}).severity.value
        'warning'
        """
        return self.code.severity

    @property
    def message(self) -> str:
        """What is wrong and what is allowed, without the position.

        >>> Diagnostic(Code.ONE_WAY, 0, "/a", "mine: advisories", {"value": "true"}).message
        '/a is already true, which normally cannot be undone'
        """
        return self._words()[0]

    @property
    def hint(self) -> str | None:
        """What to do instead, as a sentence, or None.

        >>> Diagnostic(Code.MEMBER_TYPE, 0, "/a", "RFC 6902 section 4", {"member": "op", "got": "null"}).hint is None
        True
        """
        return self._words()[1]

    def _words(self) -> Words:
        words: Words | None = self.__dict__.get("_said")
        if words is None:
            words = self.__dict__["_said"] = TABLE[self.code].words(self.path, self.details)
        return words

    @property
    def culprit(self) -> str | None:
        """The member of the operation that is wrong: ``"op"``, ``"path"`` or ``"value"``; None for the whole.

        >>> Diagnostic(Code.MEMBER_TYPE, 0, "/a", "RFC 6902 section 4", {"member": "op", "got": "null"}).culprit
        'op'
        """
        if self.op_index is None:
            return None
        member: str | None = self.details.get("member", TABLE[self.code].culprit)
        return member

    def __str__(self) -> str:
        message, hint = self._words()
        position = "" if self.op_index is None else f"operation {self.op_index}: "
        return f"{position}{message}." + (f" {hint}" if hint else "")

    def __repr__(self) -> str:
        return f"<Diagnostic {self.code}: op_index={self.op_index}, path={self.path!r}>"

    def to_dict(self) -> dict[str, Any]:
        """The diagnostic as JSON that fits ``report.schema.json``.

        >>> Diagnostic(Code.ONE_WAY, 0, "/a", "mine: advisories", {"value": "true"}).to_dict()["code"]
        'one_way'
        """
        return {
            "code": self.code.value,
            "severity": self.severity.value,
            "message": self.message,
            "op_index": self.op_index,
            "path": self.path,
            "rule": self.source,
            "details": thawed(self.details),
            "hint": self.hint,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Diagnostic":
        """Read a diagnostic that ``to_dict`` wrote, for example from the body of a refusal.

        It keeps the message and the hint that were written, which do not count when diagnostics are compared.

        Raises:
            ValueError: it is not such a document, or it has a code that this version does not know.

        >>> written = Diagnostic(Code.ONE_WAY, 0, "/a", "mine: advisories", {"value": "true"}).to_dict()
        >>> Diagnostic.from_dict(written).message
        '/a is already true, which normally cannot be undone'
        """
        check_members("diagnostic", document, _MEMBERS)
        read = cls(*(document[name] for name in ("code", "op_index", "path", "rule", "details")))
        read.__dict__["_said"] = (document["message"], document["hint"])
        return read


def check_members(noun: str, document: object, members: Mapping[str, Any]) -> None:
    if not isinstance(document, Mapping):
        raise ValueError(f"a {noun} must be an object, not {kind_of(document)}")
    for name, kind in members.items():
        if not isinstance(document.get(name, ...), kind):
            wrong = f"must not be {kind_of(document[name])}" if name in document else "is missing"
            raise ValueError(f"{name!r} of a {noun} {wrong}; see report.schema.json")
