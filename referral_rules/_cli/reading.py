"""What a command reads: rulesets, patches and referrals."""

import os
import sys
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from referral_rules import Ruleset, RulesetError, _catalog
from referral_rules._cli.problems import Problem
from referral_rules._json import NotJson, loads

STANDARD = "-"
"""Names standard input or standard output in place of a file."""


def read_ruleset(name: str) -> Ruleset:
    """The built-in ruleset of this name or, if there is none and it looks like the name of a file, the one in the file.

    Raises:
        Problem: there is no such ruleset, or something is wrong with it.
    """
    try:
        if _catalog.ruleset_path(name) or not (Path(name).exists() or Path(name).suffix or os.sep in name):
            return Ruleset.load(name)
        _content(name)  # A file that cannot be read is the same problem here as anywhere.
        return Ruleset.from_file(name)
    except RulesetError as error:
        raise Problem(str(error)) from None


def read(patch: str, referral: str | None) -> list[Any]:
    """The patch and, unless it is None, the referral.

    Numbers keep every digit: a referral that is written again must not lose any.

    Raises:
        Problem: a file cannot be read, or is not JSON.
    """
    if patch == referral == STANDARD:
        raise Problem("only one of PATCH and REFERRAL can be standard input")
    document = _parsed(patch, _number)
    return [document] if referral is None else [document, _parsed(referral, Decimal)]


def _number(digits: str) -> Decimal | float:
    """A number in a patch. One that is too large for a float is infinite to the library, and so it is here."""
    approximate = float(digits)
    return Decimal(digits) if isfinite(approximate) else approximate


def _parsed(name: str, parse_float: Callable[[str], Any]) -> Any:
    try:
        return loads(_content(name), parse_float)
    except NotJson as error:
        raise Problem(f"{'standard input' if name == STANDARD else name} is not valid JSON: {error}") from None


def _content(name: str) -> bytes:
    if name == STANDARD:
        if sys.stdin is None:
            raise Problem("standard input is closed")
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Problem(f"cannot read {name}: {error.strerror}") from None
