"""What a command writes: JSON, to a stream or to a file."""

import os
import secrets
import shutil
import stat
import sys
from pathlib import Path
from typing import Any, TextIO

import simplejson

from referral_rules._cli.problems import Problem
from referral_rules._cli.reading import STANDARD


def json_text(value: Any) -> str:
    """A JSON value on indented lines, its numbers with every digit."""
    return f"{simplejson.dumps(value, indent=2, ensure_ascii=False, use_decimal=True)}\n"


def json_line(value: Any) -> str:
    """A JSON value on one line; an infinite number, which only a refused patch has, is Infinity."""
    return simplejson.dumps(value, ensure_ascii=False, use_decimal=True, allow_nan=True)


def write(text: str, stream: TextIO) -> None:
    """Write text to a stream in UTF-8, whatever its own encoding is."""
    stream.buffer.write(_encoded(text))
    stream.flush()


def write_to(name: str, text: str) -> None:
    """Write a file, in one step: it has all of the text, or what it had before.

    Args:
        name: the file; ``-`` is standard output.
        text: the text.
    Raises:
        Problem: the file cannot be written.
    """
    if name == STANDARD:
        write(text, sys.stdout)
        return
    try:
        if _is_special(Path(name)):
            Path(name).write_bytes(_encoded(text))  # A device or a pipe cannot be replaced.
        else:
            _replace(Path(name).resolve(), _encoded(text))
    except OSError as error:
        raise Problem(f"cannot write {name}: {error.strerror}") from None


def _encoded(text: str) -> bytes:
    """UTF-8; a surrogate without its other half, which UTF-8 cannot hold, is escaped as JSON escapes it."""
    return text.encode("utf-8", "backslashreplace")


def _is_special(file: Path) -> bool:
    try:
        return not stat.S_ISREG(file.stat().st_mode)
    except FileNotFoundError:
        return False


def _replace(file: Path, content: bytes) -> None:
    draft = file.with_name(f".referral-{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as stream:
            if file.exists():
                shutil.copymode(file, draft)  # Before the content is there, so that nobody else can read it.
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
