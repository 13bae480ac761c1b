"""JSON as Python values: strict text, plain copies, pointers, and the two operations that write."""

from referral_rules._json.operations import NoTarget, Steps, Write, assume, writer
from referral_rules._json.plain import (
    SCALARS,
    NotPlain,
    TooDeep,
    among,
    bounded,
    equal,
    isolate,
    kind_of,
    plain,
    plain_text,
)
from referral_rules._json.pointers import END, InvalidPointer, is_index, join, read, shorten, tokens
from referral_rules._json.text import NotJson, TooNested, dumps, loads

__all__ = [
    "END",
    "SCALARS",
    "InvalidPointer",
    "NoTarget",
    "NotJson",
    "NotPlain",
    "Steps",
    "TooDeep",
    "TooNested",
    "Write",
    "among",
    "assume",
    "bounded",
    "dumps",
    "equal",
    "is_index",
    "isolate",
    "join",
    "kind_of",
    "loads",
    "plain",
    "plain_text",
    "read",
    "shorten",
    "tokens",
    "writer",
]
