"""Mistakes that mypy and pyright report: each comment names the error, and is itself an error if there is none."""

from referral_rules import Code, Diagnostic, Report, Ruleset, State, apply, check, check_json, evaluate


def arguments(rules: Ruleset) -> None:
    check("[]")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    evaluate(b"[]")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    apply([], [])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    apply([])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    check_json([])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rules.explain(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rules.transitions.reachable(("New", "Pending"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Ruleset({"name": "mine"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    State("New")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def assignments(diagnostic: Diagnostic, report: Report, rules: Ruleset, state: State) -> None:
    diagnostic.code = Code.NOT_JSON  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    diagnostic.message = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    diagnostic.details["allowed"] = ()  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    report.diagnostics = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    rules.name = "mine"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    rules.limits.depth = 1  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    state.status = "New"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def tuples(state: State, report: Report) -> None:
    list(state)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    _, _ = state  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
    state[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    len(report)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    report[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


def absent(rules: Ruleset) -> tuple[str, ...]:
    rules.evaluate([]).referral["status"]  # type: ignore[index]  # pyright: ignore[reportOptionalSubscript]
    return rules.explain("/team").operations  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
