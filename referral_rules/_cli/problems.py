"""What stops a command: a file, a stream or a ruleset that it cannot use."""

import sys
from contextlib import suppress
from typing import NoReturn


class Problem(Exception):
    """The command cannot go on; the message says why, in one line or more."""


def stop(message: str) -> NoReturn:
    """End the program with status 2 and a message on standard error.

    Raises:
        SystemExit: always.
    """
    # If not even standard error can be written to, the exit status must do.
    with suppress(OSError, AttributeError):
        for line in message.splitlines():
            sys.stderr.write(f"error: {printable(line)}\n")
    sys.exit(2)


def printable(text: str) -> str:
    """Text that cannot move the cursor or change the direction of writing: what is not printable is escaped.

    >>> printable("a\\x1b[2J")
    'a\\\\u001b[2J'
    """
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
