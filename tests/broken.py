"""A second, simple engine, and engines and services that are each broken in one known way."""

import copy
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple
from unicodedata import normalize

from jsonschema import Draft202012Validator

from referral_rules import PatchRejected, Ruleset, State, _json, http
from referral_rules.testing import InMemoryService

LATEST = Ruleset.load("partner-center")
ODD_NAMES = Ruleset.from_dict(
    {
        "name": "odd-names",
        "extends": "partner-center",
        "resource": {
            **LATEST.document["resource"],
            "properties": {**LATEST.document["resource"]["properties"], "~1": {"type": "string"}},
        },
        "paths": {"/~01": {"operations": ["add", "replace"]}},
    }
)


class Refused(Exception):
    """The patch is refused."""


class PlainEngine:
    """Checks and applies patches in the simplest way: deep copies, jsonschema, one check after the other."""

    def __init__(self, rules: Ruleset = LATEST) -> None:
        document = rules.document
        self.rules, self.limits, self.resource = rules, document["limits"], document["resource"]
        self.paths = {tuple(self.decode(path)): rule for path, rule in document["paths"].items() if rule is not None}
        self.table = document["transitions"]["table"]

    def apply(self, patch: Any, referral: Any) -> Any:
        operations = self.operations(patch)
        if not isinstance(referral, dict):
            raise Refused("the referral is not an object")
        document = self.copied(referral)
        for operation in operations:
            self.carry_out(operation, document)
            self.after_each(referral, document)
        if any(operation["path"] in ("/status", "/substatus") for operation in operations):
            self.check_move(self.pair(referral), self.pair(document))
        return document

    def copied(self, value: Any) -> Any:
        return copy.deepcopy(value)

    def after_each(self, before: Any, after: Any) -> None:
        """Nothing is checked between operations."""

    def apply_json(self, text: str, referral: Any) -> Any:
        try:
            return self.apply(_json.loads(text), referral)
        except ValueError:
            raise Refused("not JSON") from None

    def operations(self, patch: Any) -> list[dict[str, Any]]:
        if not isinstance(patch, list) or len(patch) > self.limits["operations"]:
            raise Refused("not an array, or too long")
        return patch

    def carry_out(self, operation: Any, document: Any) -> None:
        if not isinstance(operation, dict) or not {"op", "path", "value"} <= operation.keys():
            raise Refused("not an operation")
        op, path, value = operation["op"], operation["path"], operation["value"]
        if not isinstance(op, str) or not isinstance(path, str) or op not in self.supported():
            raise Refused("op or path is wrong")
        tokens = self.decode(path)
        rule = self.match(path, tokens)
        if rule is None or op not in self.paths[rule]["operations"]:
            raise Refused("not allowed")
        if (
            not finite(value)
            or not self.fits(rule, value)
            or len(path) > self.limits["pathLength"]
            or depth(value) > self.limits["depth"]
        ):
            raise Refused("the value is wrong")
        self.write(op, tokens, self.copied(value), document)

    def supported(self) -> tuple[str, ...]:
        return ("add", "replace")

    def decode(self, path: str) -> list[str]:
        if (path and not path.startswith("/")) or re.search("~(?![01])", path):
            raise Refused("not a pointer")
        return [self.unescape(token) for token in path.split("/")[1:]]

    def unescape(self, token: str) -> str:
        return token.replace("~1", "/").replace("~0", "~")

    def match(self, path: str, tokens: list[str]) -> tuple[str, ...] | None:
        return next((rule for rule in self.paths if self.covers(rule, tokens)), None)

    def covers(self, rule: tuple[str, ...], tokens: list[str]) -> bool:
        return len(rule) == len(tokens) and all(
            self.is_index(token) if step == "*" else step == token for step, token in zip(rule, tokens, strict=True)
        )

    def is_index(self, token: str) -> bool:
        return re.fullmatch("0|[1-9][0-9]*", token, re.ASCII) is not None

    def fits(self, rule: tuple[str, ...], value: Any) -> bool:
        path = next(path for path in self.rules.document["paths"] if tuple(self.decode(path)) == rule)
        found = self.rules.explain(path)
        assert found is not None
        schema = {**found.schema, "$defs": self.resource["$defs"]}
        return bool(Draft202012Validator(schema).is_valid(value))

    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        container = document
        for token in tokens[:-1]:
            container = self.step(container, token)
        last = tokens[-1]
        if last == "-" and isinstance(container, list):
            container.append(value)
        elif isinstance(container, dict) and last != "-" and (op == "add" or last in container):
            container[last] = value
        else:
            raise Refused("no such target")

    def step(self, container: Any, token: str) -> Any:
        if isinstance(container, dict) and token in container and not token.isdigit():
            return container[token]
        if isinstance(container, list) and token.isdigit() and len(token) < 9 and int(token) < len(container):
            return container[int(token)]
        raise Refused("no such place")

    def pair(self, document: Any) -> State:
        return State(document.get("status"), document.get("substatus"))

    def row(self, status: Any) -> Any:
        return self.table.get(status) if isinstance(status, str) else None

    def check_move(self, before: State, after: State) -> None:
        row, new = self.row(before.status), self.row(after.status)
        if row is None or new is None or after.status not in row["to"] or after.substatus not in new["substatuses"]:
            raise Refused("no such move")


def finite(value: Any) -> bool:
    try:
        _json.dumps(value)
    except ValueError:
        return False
    return True


def depth(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


class AllowsAncestors(PlainEngine):
    def match(self, path: str, tokens: list[str]) -> Any:
        inside = (rule for rule in self.paths if tokens and list(rule[: len(tokens)]) == tokens)
        return super().match(path, tokens) or next(inside, None)

    def fits(self, rule: Any, value: Any) -> bool:
        return True


class MatchesPrefixes(PlainEngine):
    def match(self, path: str, tokens: list[str]) -> Any:
        known = (rule for rule in self.paths if path.startswith("/" + "/".join(rule)))
        return super().match(path, tokens) or next(known, None)


class IgnoresCase(PlainEngine):
    def covers(self, rule: Any, tokens: list[str]) -> bool:
        lowered = tuple(step.lower() for step in rule)
        return super().covers(lowered, [token.lower() for token in tokens])


class DropsEmptyTokens(PlainEngine):
    def decode(self, path: str) -> list[str]:
        return [token for token in super().decode(path) if token]


class DecodesBeforeSplitting(PlainEngine):
    def decode(self, path: str) -> list[str]:
        return super().decode(path.replace("~1", "/"))


class CreatesByReplace(PlainEngine):
    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write("add", tokens, value, document)


class RefusesAddOnExistingMembers(PlainEngine):
    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        before = copy.deepcopy(document)
        super().write(op, tokens, value, document)
        if op == "add" and tokens[-1] != "-" and tokens[-1] in str(before) and len(tokens) == 1 and tokens[0] in before:
            raise Refused("it is there already")


class JudgesThePairAfterEachOperation(PlainEngine):
    def after_each(self, before: Any, after: Any) -> None:
        if self.pair(before) != self.pair(after):
            self.check_move(self.pair(before), self.pair(after))


class IgnoresTheSubstatus(PlainEngine):
    def check_move(self, before: State, after: State) -> None:
        if after.status not in self.table.get(before.status, {"to": []})["to"]:
            raise Refused("no such move")


class JudgesTheNewPairAlone(PlainEngine):
    def check_move(self, before: State, after: State) -> None:
        if after.substatus not in self.table.get(after.status, {"substatuses": []})["substatuses"]:
            raise Refused("no such pair")


class JudgesTheNewSubstatusAlone(PlainEngine):
    def check_move(self, before: State, after: State) -> None:
        if not any(after.substatus in row["substatuses"] for row in self.table.values()):
            raise Refused("no such substatus")


class AppliesBackwards(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        return super().operations(patch)[::-1]


class DropsRepeatedOperations(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        found = super().operations(patch)
        return [each for index, each in enumerate(found) if each not in found[:index]]


class AppendsAfterAllElse(PlainEngine):
    """Appends to arrays after all other operations."""

    def operations(self, patch: Any) -> list[dict[str, Any]]:
        return sorted(
            super().operations(patch), key=lambda each: isinstance(each, dict) and str(each.get("path"))[-2:] == "/-"
        )


class AllowsOneOperationLess(PlainEngine):
    def __init__(self) -> None:
        super().__init__()
        self.limits = {**self.limits, "operations": self.limits["operations"] - 1}


class RefusesReceivedToActive(PlainEngine):
    def check_move(self, before: State, after: State) -> None:
        super().check_move(before, after)
        if before.substatus == "Received" and after.status == "Active":
            raise Refused("no such move")


class WritesTheDate(PlainEngine):
    def apply(self, patch: Any, referral: Any) -> Any:
        return {**super().apply(patch, referral), "updatedDateTime": "2026-01-01T00:00:00Z"}


class TakesIndex1For0(PlainEngine):
    def step(self, container: Any, token: str) -> Any:
        place = token if isinstance(container, dict) else token.replace("1", "0")
        return super().step(container, place)


class AppendsAtTheFront(PlainEngine):
    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write(op, tokens, value, document)
        if tokens[-1] == "-":
            array = document
            for token in tokens[:-1]:
                array = self.step(array, token)
            array.insert(0, array.pop())


class AllowsLeadingZeros(PlainEngine):
    def is_index(self, token: str) -> bool:
        return token.isdigit()


class UnescapesTilde0First(PlainEngine):
    def unescape(self, token: str) -> str:
        return token.replace("~0", "~").replace("~1", "/")


class TakesTrueFor1(PlainEngine):
    def fits(self, rule: Any, value: Any) -> bool:
        twin = bool(value) if value in (0, 1) and type(value) is int else int(value) if type(value) is bool else value
        return super().fits(rule, value) or super().fits(rule, twin)


class IgnoresValues(PlainEngine):
    def fits(self, rule: Any, value: Any) -> bool:
        return True


class IgnoresLimits(PlainEngine):
    def __init__(self) -> None:
        super().__init__()
        self.limits = {"operations": 10**9, "pathLength": 10**9, "depth": 10**9}


class AcceptsRemove(PlainEngine):
    def carry_out(self, operation: Any, document: Any) -> None:
        if isinstance(operation, dict) and operation.get("op") == "remove":
            return
        super().carry_out(operation, document)


class WritesTheName(PlainEngine):
    """Writes the name with each operation."""

    def carry_out(self, operation: Any, document: Any) -> None:
        super().carry_out(operation, document)
        document["name"] = operation["op"]


class MutatesTheReferral(PlainEngine):
    def copied(self, value: Any) -> Any:
        return value

    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write(op, tokens, copy.deepcopy(value), document)


class ChangesTexts(PlainEngine):
    """Stores what a function makes of each string."""

    def __init__(self, change: Callable[[str], str | None]) -> None:
        super().__init__()
        self.change = change

    def carry_out(self, operation: Any, document: Any) -> None:
        has_value = isinstance(operation, dict) and "value" in operation
        super().carry_out({**operation, "value": self.kept(operation["value"])} if has_value else operation, document)

    def kept(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.change(value)
        if isinstance(value, dict):
            return {name: self.kept(item) for name, item in value.items()}
        return [self.kept(item) for item in value] if isinstance(value, list) else value


class LeavesHalfOfARefusedPatch(MutatesTheReferral):
    def apply(self, patch: Any, referral: Any) -> Any:
        original = copy.deepcopy(referral)
        document = super().apply(patch, referral)
        result = copy.deepcopy(document)
        document.clear()
        document.update(original)
        return result


class SharesThePatch(PlainEngine):
    def carry_out(self, operation: Any, document: Any) -> None:
        self.value = operation["value"] if isinstance(operation, dict) and "value" in operation else None
        super().carry_out(operation, document)

    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write(op, tokens, self.value, document)


class SharesPartsOfThePatch(SharesThePatch):
    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        self.value = {**self.value} if isinstance(self.value, dict) else copy.deepcopy(self.value)
        super().write(op, tokens, value, document)


class MutatesThePatch(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        found = super().operations(patch)
        for operation in found:
            if isinstance(operation, dict):
                operation.setdefault("from", None)
        return found


class RaisesTypeErrors(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        return [operation for operation in patch if operation["op"]]


class ShowsTheReferral(PlainEngine):
    def apply(self, patch: Any, referral: Any) -> Any:
        try:
            return super().apply(patch, referral)
        except Refused as refused:
            raise Refused(f"{refused}: {referral}") from None


class ShowsTheReferralInANote(PlainEngine):
    def apply(self, patch: Any, referral: Any) -> Any:
        try:
            return super().apply(patch, referral)
        except Refused as refused:
            refused.add_note(f"The referral was {referral}.")
            raise


class ReportsOtherErrors:
    """The package's own engine, with other errors in its report."""

    def __init__(self, change: Callable[[list[Any]], list[Any]]) -> None:
        self.change = change

    def apply(self, patch: Any, referral: Any) -> Any:
        try:
            return LATEST.apply(patch, referral)
        except PatchRejected as rejected:
            refused = Refused("refused")
            refused.report = SimpleNamespace(errors=self.change(list(rejected.report.errors)))  # type: ignore[attr-defined]
            raise refused from None


def first_only(errors: list[Any]) -> list[Any]:
    return errors[:1]


def counting_from_one(errors: list[Any]) -> list[Any]:
    return [error.__replace__(op_index=None if error.op_index is None else error.op_index + 1) for error in errors]


class Broken(NamedTuple):
    """A broken engine or service, and the law that finds it."""

    name: str
    candidate: Callable[[], Any]
    law: str
    rules: Ruleset = LATEST


def answering(change: Callable[..., http.Outcome]) -> Callable[[], InMemoryService]:
    """A service whose answers are changed."""
    return lambda: InMemoryService(exchange=lambda request, stored, **makers: change(request, stored, makers))


def sent(request: http.Request) -> dict[str, str]:
    """The header fields of a request, as the kit sends them."""
    return {str(name).title(): str(value) for name, value in dict(request.headers).items()}


def changed(
    outcome: http.Outcome,
    *,
    status: int | None = None,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    referral: dict[str, Any] | None = None,
) -> http.Outcome:
    """The outcome with other parts."""
    old = outcome.response
    response = http.Response(
        old.status if status is None else status,
        {**old.headers, **(headers or {})},
        old.body if body is None else body,
    )
    return http.Outcome(response, outcome.referral if referral is None else referral, outcome.report)


def without(request: http.Request, *names: str) -> http.Request:
    return http.Request({name: value for name, value in sent(request).items() if name not in names}, request.body)


def ignoring(*names: str) -> Callable[..., http.Outcome]:
    return lambda request, stored, makers: http.exchange(without(request, *names), stored, **makers)


def accepting_weak_tags(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    headers = {name: value.replace("W/", "") for name, value in sent(request).items()}
    return http.exchange(http.Request(headers, request.body), stored, **makers)


def comparing_the_first_tag(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    headers = {name: value.split(",")[0] if name == "If-Match" else value for name, value in sent(request).items()}
    return http.exchange(http.Request(headers, request.body), stored, **makers)


class AcceptingOldTags:
    """Takes each tag that a referral ever had for the present one."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def __call__(self, request: http.Request, stored: Any, makers: Any) -> http.Outcome:
        self.known.add(str((stored or {}).get("eTag")))
        unknown = sent(request).get("If-Match") not in self.known
        return http.exchange(request if unknown else without(request, "If-Match"), stored, **makers)


def sending_a_body(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    return changed(outcome, body=outcome.response.body or b"{}")


def renewing_every_tag(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    if outcome.referral is not None or outcome.response.status >= 400:
        return outcome
    tag = makers["entity_tag"]()
    return changed(outcome, headers={"ETag": tag}, referral={**stored, "eTag": tag})


def keeping_every_tag(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    if outcome.referral is None:
        return outcome
    tag = stored["eTag"]
    return changed(outcome, headers={"ETag": tag}, referral={**outcome.referral, "eTag": tag})


def storing_half_of_a_refused_patch(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    if outcome.report is None or outcome.report.ok:
        return outcome
    try:
        operations = _json.loads(request.body)
        return changed(outcome, referral={**stored, **LATEST.apply(operations[:1], stored)})
    except (PatchRejected, ValueError, TypeError):
        return outcome


def refusing_in_plain_text(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    return changed(outcome, body=b"Bad Request") if outcome.response.status >= 400 else outcome


def sending_500_for_409(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    return changed(outcome, status=500) if outcome.response.status == 409 else outcome


BROKEN = (
    Broken("ancestors may be written", AllowsAncestors, "other path: ancestor"),
    Broken("a prefix of a path is enough", MatchesPrefixes, "other path: longer or shorter name"),
    Broken("letter case is ignored", IgnoresCase, "other path: letter case"),
    Broken("empty tokens are dropped", DropsEmptyTokens, "other path: empty tokens"),
    Broken("~1 is decoded before the path is split", DecodesBeforeSplitting, "other path: escapes"),
    Broken("an index may have leading zeros", AllowsLeadingZeros, "other path: leading zeros"),
    Broken("~0 is decoded before ~1", lambda: UnescapesTilde0First(ODD_NAMES), "result", ODD_NAMES),
    Broken("replace creates", CreatesByReplace, "refuses target_missing"),
    Broken("add is refused on an existing member", RefusesAddOnExistingMembers, "accepts"),
    Broken("add at the end writes to the front", AppendsAtTheFront, "order"),
    Broken("the pair is checked after each operation", JudgesThePairAfterEachOperation, "moves"),
    Broken("the substatus is not checked", IgnoresTheSubstatus, "refuses substatus_not_allowed"),
    Broken("only the new pair is checked", JudgesTheNewPairAlone, "refuses transition_not_allowed"),
    Broken("only the new substatus is checked", JudgesTheNewSubstatusAlone, "refuses transition_not_allowed"),
    Broken("operations are applied backwards", AppliesBackwards, "sequence"),
    Broken("repeated operations are dropped", DropsRepeatedOperations, "order"),
    Broken("elements are appended after all other operations", AppendsAfterAllElse, "sequence"),
    Broken("a move of the table is refused", RefusesReceivedToActive, "table"),
    Broken("the limit is one operation too low", AllowsOneOperationLess, "limits"),
    Broken("the time of the change is written", WritesTheDate, "result"),
    Broken("an empty string is taken for null", lambda: ChangesTexts(lambda text: text or None), "texts"),
    Broken("index 1 is taken for 0", TakesIndex1For0, "indices"),
    Broken("long strings are truncated", lambda: ChangesTexts(lambda text: text[:255]), "texts"),
    Broken("strings are normalized", lambda: ChangesTexts(lambda text: normalize("NFC", text)), "texts"),
    Broken("strings are trimmed", lambda: ChangesTexts(str.strip), "texts"),
    Broken("true is taken for 1", TakesTrueFor1, "refuses value_invalid"),
    Broken("values are not checked", IgnoresValues, "refuses value_invalid"),
    Broken("there are no limits", IgnoresLimits, "refuses limit_exceeded"),
    Broken("remove is accepted and ignored", AcceptsRemove, "refuses op_not_supported"),
    Broken("another member is written", WritesTheName, "no escape"),
    Broken("the referral passed in is changed", MutatesTheReferral, "purity"),
    Broken("a failure leaves half of the patch", LeavesHalfOfARefusedPatch, "atomicity"),
    Broken("the patch passed in is changed", MutatesThePatch, "purity"),
    Broken("the result shares a value with the patch", SharesThePatch, "isolation"),
    Broken("the result shares a part of a value with the patch", SharesPartsOfThePatch, "isolation"),
    Broken("malformed patches raise a TypeError", RaisesTypeErrors, "totality"),
    Broken("a refusal shows the referral", ShowsTheReferral, "confidentiality"),
    Broken("a note of a refusal shows the referral", ShowsTheReferralInANote, "confidentiality"),
    Broken("only the first error is reported", lambda: ReportsOtherErrors(first_only), "reports"),
    Broken("operations are counted from 1", lambda: ReportsOtherErrors(counting_from_one), "reports"),
    Broken("If-Match is ignored", answering(ignoring("If-Match")), "lifecycle"),
    Broken("Prefer is ignored", answering(ignoring("Prefer")), "lifecycle"),
    Broken("an old tag matches", answering(AcceptingOldTags()), "lifecycle"),
    Broken("a weak tag matches", answering(accepting_weak_tags), "lifecycle"),
    Broken("only the first tag of a list is compared", answering(comparing_the_first_tag), "lifecycle"),
    Broken("204 has a body", answering(sending_a_body), "lifecycle"),
    Broken("a patch that changes nothing renews the eTag", answering(renewing_every_tag), "lifecycle"),
    Broken("a change keeps the eTag", answering(keeping_every_tag), "lifecycle"),
    Broken("half of a refused patch is stored", answering(storing_half_of_a_refused_patch), "atomicity"),
    Broken("a refusal is plain text", answering(refusing_in_plain_text), "lifecycle"),
    Broken("a conflict is answered with 500", answering(sending_500_for_409), "totality"),
)
