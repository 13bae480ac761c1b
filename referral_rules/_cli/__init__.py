"""The command line: ``referral-rules``, or ``python -m referral_rules``. It needs the extra ``cli``."""

import io
import os
import sys

from referral_rules._cli.problems import Problem, stop

__all__ = ["main"]

_EXTRA = ("rich", "simplejson", "typer")


def main() -> None:
    """Run the command line; without its extra, say how to install it.

    Raises:
        SystemExit: always; 0 accepted, 1 refused, 2 a usage error, an unreadable file or an invalid ruleset.
    """
    try:
        from referral_rules._cli.commands import app
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        stop("the command line needs an extra: pip install 'referral-rules[cli]'")
    try:
        _prepare_streams()
        app(prog_name="referral-rules")
    except Problem as problem:
        stop(str(problem))
    except OSError as error:
        # Standard output is full. Python must not try again, and fail, when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        stop(f"cannot write to standard output: {error.strerror}")


def _prepare_streams() -> None:
    if sys.stdout is None:
        raise Problem("standard output is closed")
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.BytesIO())  # Nobody will read it, but it can be written to.
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a pipe may not have every letter; it gets an escape for those that it lacks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
