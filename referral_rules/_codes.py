"""The table of codes: every way in which a patch can be wrong. Start reading here.

A patch is judged in stages, in the order in which it meets them:

1. SHAPE: is this a patch document, a list of operations that each have op, path and value (RFC 6902)?
2. POLICY: does the ruleset allow this operation at this path?
3. VALUE: is the value JSON, and does it fit the schema of the resource at that path?
4. TARGET: does the place to write to exist in the stored referral?
5. TRANSITION: may the stored status and substatus change to the new ones? Checked once, after the last operation,
   because one patch may set status and substatus in either order.
6. WARNINGS: the patch may be applied, but is probably a mistake.

The rules of the table:

- It is total: each code has a row. The terminal, the HTTP answers, the OpenAPI document, the schema of reports and the
  laws of the test kit all read these rows. Only the test kit's strategies also have a function for each error code.
- Each operation goes through the stages in order and stops at the first one that finds an error, so that one mistake
  is reported once. The other operations are still checked, so that a report is complete.
- A code of the first three stages means that the patch is wrong for any stored referral, so sending it again cannot
  help: 400. A code of the next two depends on the referral, which may change: 409. A warning refuses nothing, so it
  has no answer.
- The culprit is the member of the operation to point at; None means the whole operation or the whole patch. A
  ``member`` in the details takes precedence over it.
- Words are made from a diagnostic's details when someone reads them. The code and the position are the API; the
  wording is not.

The engine that emits these codes is ``_engine/judgement.py``, with a module for each stage beside it.
"""

from collections.abc import Callable
from enum import StrEnum, auto
from typing import NamedTuple

from referral_rules._messages import Details, Words, policy, shape, target, transition, value, warnings


class Severity(StrEnum):
    """How serious a diagnostic is: an error refuses the patch, a warning does not.

    >>> Severity.ERROR.value
    'error'
    """

    ERROR = "error"
    WARNING = "warning"


class Stage(StrEnum):
    """The stage of the evaluation that a code belongs to.

    >>> [stage.value for stage in Stage]
    ['shape', 'policy', 'value', 'target', 'transition', 'warnings']
    """

    SHAPE = "shape"
    POLICY = "policy"
    VALUE = "value"
    TARGET = "target"
    TRANSITION = "transition"
    WARNINGS = "warnings"


class Answer(NamedTuple):
    """How the API answers a patch: a status code (RFC 9110 section 15) and the code of its error object."""

    status: int
    code: str


class Row(NamedTuple):
    """What the package knows about a code."""

    stage: Stage
    answer: Answer | None
    culprit: str | None
    words: Callable[[str | None, Details], Words]


class Code(StrEnum):
    """What is wrong with a patch: a closed set.

    >>> Code("path_not_allowed").stage, Code.PATH_NOT_ALLOWED.severity
    (<Stage.POLICY: 'policy'>, <Severity.ERROR: 'error'>)
    """

    INVALID_JSON = auto()
    NOT_AN_ARRAY = auto()
    NOT_AN_OBJECT = auto()
    MEMBER_MISSING = auto()
    MEMBER_TYPE = auto()
    LIMIT_EXCEEDED = auto()
    OP_NOT_SUPPORTED = auto()
    INVALID_POINTER = auto()
    PATH_NOT_ALLOWED = auto()
    OP_NOT_ALLOWED = auto()
    VALUE_INVALID = auto()
    NOT_JSON = auto()
    TARGET_MISSING = auto()
    TARGET_NOT_CONTAINER = auto()
    INDEX_OUT_OF_RANGE = auto()
    REFERRAL_NOT_AN_OBJECT = auto()
    STATUS_UNKNOWN = auto()
    TRANSITION_NOT_ALLOWED = auto()
    SUBSTATUS_NOT_ALLOWED = auto()
    TERMINAL_STATE = auto()
    REASON_EXPECTED = auto()
    SET_BY_SERVICE = auto()
    ONE_WAY = auto()
    UNKNOWN_MEMBER = auto()

    @property
    def stage(self) -> Stage:
        """The stage of the evaluation that it belongs to.

        >>> Code.NOT_JSON.stage.value
        'value'
        """
        return TABLE[self].stage

    @property
    def severity(self) -> Severity:
        """Whether it refuses the patch.

        >>> Code.ONE_WAY.severity.value
        'warning'
        """
        return Severity.WARNING if self.stage is Stage.WARNINGS else Severity.ERROR


_SHAPE, _POLICY, _VALUE, _TARGET, _TRANSITION, _WARNINGS = Stage
_400 = Answer(400, "invalidRequest")
_409 = Answer(409, "invalidRequest")

# fmt: off
TABLE: dict[Code, Row] = {
    # code                           stage        answer culprit  words
    Code.INVALID_JSON:           Row(_SHAPE,      _400, None,    shape.invalid_json),
    Code.NOT_AN_ARRAY:           Row(_SHAPE,      _400, None,    shape.not_an_array),
    Code.NOT_AN_OBJECT:          Row(_SHAPE,      _400, None,    shape.not_an_object),
    Code.MEMBER_MISSING:         Row(_SHAPE,      _400, None,    shape.member_missing),
    Code.MEMBER_TYPE:            Row(_SHAPE,      _400, None,    shape.member_type),
    Code.LIMIT_EXCEEDED:         Row(_SHAPE,      _400, None,    shape.limit_exceeded),
    Code.OP_NOT_SUPPORTED:       Row(_POLICY,     _400, "op",    policy.op_not_supported),
    Code.INVALID_POINTER:        Row(_POLICY,     _400, "path",  policy.invalid_pointer),
    Code.PATH_NOT_ALLOWED:       Row(_POLICY,     _400, "path",  policy.path_not_allowed),
    Code.OP_NOT_ALLOWED:         Row(_POLICY,     _400, "op",    policy.op_not_allowed),
    Code.VALUE_INVALID:          Row(_VALUE,      _400, "value", value.value_invalid),
    Code.NOT_JSON:               Row(_VALUE,      _400, "value", value.not_json),
    Code.TARGET_MISSING:         Row(_TARGET,     _409, "path",  target.target_missing),
    Code.TARGET_NOT_CONTAINER:   Row(_TARGET,     _409, "path",  target.target_not_container),
    Code.INDEX_OUT_OF_RANGE:     Row(_TARGET,     _409, "path",  target.index_out_of_range),
    Code.REFERRAL_NOT_AN_OBJECT: Row(_TARGET,     _409, None,    target.referral_not_an_object),
    Code.STATUS_UNKNOWN:         Row(_TRANSITION, _409, "value", transition.status_unknown),
    Code.TRANSITION_NOT_ALLOWED: Row(_TRANSITION, _409, "value", transition.transition_not_allowed),
    Code.SUBSTATUS_NOT_ALLOWED:  Row(_TRANSITION, _409, "value", transition.substatus_not_allowed),
    Code.TERMINAL_STATE:         Row(_WARNINGS,   None, "path",  warnings.terminal_state),
    Code.REASON_EXPECTED:        Row(_WARNINGS,   None, "value", warnings.reason_expected),
    Code.SET_BY_SERVICE:         Row(_WARNINGS,   None, "value", warnings.set_by_service),
    Code.ONE_WAY:                Row(_WARNINGS,   None, "value", warnings.one_way),
    Code.UNKNOWN_MEMBER:         Row(_WARNINGS,   None, "value", warnings.unknown_member),
}
# fmt: on
