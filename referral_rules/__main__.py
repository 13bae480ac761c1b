"""``python -m referral_rules``, and the script ``referral-rules``: the command line, if its extra is installed."""

import io
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line; without its extra, say how to install it.

    Raises:
        SystemExit: always; 0 accepted, 1 refused, 2 a usage error, an unreadable file or a broken ruleset.
    """
    try:
        from referral_rules._cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich", "simplejson"):
            raise
        sys.exit(_unusable("the command line needs an extra: pip install 'referral-rules[cli]'"))
    if sys.stdout is None:
        sys.exit(_unusable("standard output: is closed"))
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a pipe may not have every letter; it gets an escape for those that it lacks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="referral-rules")
    except OSError as error:
        sys.exit(_cannot_write(error))


def _cannot_write(error: OSError) -> int:
    """Standard output is full: say so, and keep Python from trying again at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return _unusable(f"standard output: cannot be written: {error.strerror}")


def _unusable(problem: str) -> int:
    # Where even standard error cannot be written, the exit status still tells.
    with suppress(OSError, AttributeError):
        sys.stderr.write(f"error: {problem}\n")
    return 2


if __name__ == "__main__":
    main()
