"""``python -m referral_rules``, and the script ``referral-rules``: the command line, if its extra is installed."""

import sys


def main() -> None:
    """Run the command line; without its extra, say how to install it.

    Raises:
        SystemExit: always; 0 accepted, 1 refused, 2 a usage error, an unreadable file or a broken ruleset.
    """
    try:
        from referral_rules.cli import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich", "simplejson"):
            raise
        sys.exit(_missing_extra())
    app(prog_name="referral-rules")


def _missing_extra() -> int:
    sys.stderr.write("The command line needs an extra: pip install 'referral-rules[cli]'\n")
    return 2


if __name__ == "__main__":
    main()
