"""An engine that was written a second time, plainly, and engines and services that are broken in one known way each."""

import copy
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple
from unicodedata import normalize

from jsonschema import Draft202012Validator

from referral_rules import PatchRejected, Ruleset, State, http
from referral_rules import _json
from referral_rules.fields import unite
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
    """Judges and applies patches in the most obvious way: deep copies, jsonschema, one question after the other."""

    def __init__(self, rules: Ruleset = LATEST) -> None:
        document = rules.document
        self.rules, self.limits, self.resource = rules, document["limits"], document["resource"]
        self.paths = {tuple(self.decode(path)): rule for path, rule in document["paths"].items() if rule is not None}
        self.table = document["transitions"]["table"]

    def apply(self, patch: Any, referral: Any) -> Any:
        operations = self.operations(patch)
        if not isinstance(referral, dict):
            raise Refused("the referral is no object")
        document = self.copied(referral)
        for operation in operations:
            self.carry_out(operation, document)
            self.after_each(referral, document)
        if any(operation["path"] in ("/status", "/substatus") for operation in operations):
            self.judge_move(self.pair(referral), self.pair(document))
        return document

    def copied(self, value: Any) -> Any:
        return copy.deepcopy(value)

    def after_each(self, before: Any, after: Any) -> None:
        """Nothing is judged between operations."""

    def operations(self, patch: Any) -> list[dict[str, Any]]:
        try:
            parsed = _json.loads(patch) if isinstance(patch, str) else patch
        except ValueError:
            raise Refused("no JSON") from None
        if not isinstance(parsed, list) or len(parsed) > self.limits["operations"]:
            raise Refused("no array, or too long a one")
        return parsed

    def carry_out(self, operation: Any, document: Any) -> None:
        if not isinstance(operation, dict) or not {"op", "path", "value"} <= operation.keys():
            raise Refused("no operation")
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
            raise Refused("no pointer")
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

    def judge_move(self, before: State, after: State) -> None:
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


class AncestorAllowed(PlainEngine):
    def match(self, path: str, tokens: list[str]) -> Any:
        inside = (rule for rule in self.paths if tokens and list(rule[: len(tokens)]) == tokens)
        return super().match(path, tokens) or next(inside, None)

    def fits(self, rule: Any, value: Any) -> bool:
        return True


class PrefixMatch(PlainEngine):
    def match(self, path: str, tokens: list[str]) -> Any:
        known = (rule for rule in self.paths if path.startswith("/" + "/".join(rule)))
        return super().match(path, tokens) or next(known, None)


class CaseFolded(PlainEngine):
    def covers(self, rule: Any, tokens: list[str]) -> bool:
        lowered = tuple(step.lower() for step in rule)
        return super().covers(lowered, [token.lower() for token in tokens])


class EmptyTokensDropped(PlainEngine):
    def decode(self, path: str) -> list[str]:
        return [token for token in super().decode(path) if token]


class DecodedBeforeSplitting(PlainEngine):
    def decode(self, path: str) -> list[str]:
        return super().decode(path.replace("~1", "/"))


class ReplaceCreates(PlainEngine):
    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write("add", tokens, value, document)


class AddNeedsAbsence(PlainEngine):
    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        before = copy.deepcopy(document)
        super().write(op, tokens, value, document)
        if op == "add" and tokens[-1] != "-" and tokens[-1] in str(before) and len(tokens) == 1 and tokens[0] in before:
            raise Refused("it is there already")


class PairJudgedAfterEach(PlainEngine):
    def after_each(self, before: Any, after: Any) -> None:
        if self.pair(before) != self.pair(after):
            self.judge_move(self.pair(before), self.pair(after))


class SubstatusNotJudged(PlainEngine):
    def judge_move(self, before: State, after: State) -> None:
        if after.status not in self.table.get(before.status, {"to": []})["to"]:
            raise Refused("no such move")


class MoveNotJudged(PlainEngine):
    def judge_move(self, before: State, after: State) -> None:
        if after.substatus not in self.table.get(after.status, {"substatuses": []})["substatuses"]:
            raise Refused("no such pair")


class MoveJudgedBySubstatus(PlainEngine):
    def judge_move(self, before: State, after: State) -> None:
        if not any(after.substatus in row["substatuses"] for row in self.table.values()):
            raise Refused("no such substatus")


class AppliedBackwards(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        return super().operations(patch)[::-1]


class SaidTwiceDoneOnce(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        found = super().operations(patch)
        return [each for index, each in enumerate(found) if each not in found[:index]]


class AddedAtTheEnd(PlainEngine):
    """Adds what comes at the end of an array after all else."""

    def operations(self, patch: Any) -> list[dict[str, Any]]:
        return sorted(
            super().operations(patch), key=lambda each: isinstance(each, dict) and str(each.get("path"))[-2:] == "/-"
        )


class Impatient(PlainEngine):
    def __init__(self) -> None:
        super().__init__()
        self.limits = {**self.limits, "operations": self.limits["operations"] - 1}


class ReceivedForgotten(PlainEngine):
    def judge_move(self, before: State, after: State) -> None:
        super().judge_move(before, after)
        if before.substatus == "Received" and after.status == "Active":
            raise Refused("no such move")


class WritesTheDate(PlainEngine):
    def apply(self, patch: Any, referral: Any) -> Any:
        return {**super().apply(patch, referral), "updatedDateTime": "2026-01-01T00:00:00Z"}


class AlwaysTheFirst(PlainEngine):
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


class LeadingZeros(PlainEngine):
    def is_index(self, token: str) -> bool:
        return token.isdigit()


class TildesBackwards(PlainEngine):
    def unescape(self, token: str) -> str:
        return token.replace("~0", "~").replace("~1", "/")


class TrueIsOne(PlainEngine):
    def fits(self, rule: Any, value: Any) -> bool:
        twin = bool(value) if value in (0, 1) and type(value) is int else int(value) if type(value) is bool else value
        return super().fits(rule, value) or super().fits(rule, twin)


class ValuesUnjudged(PlainEngine):
    def fits(self, rule: Any, value: Any) -> bool:
        return True


class Unlimited(PlainEngine):
    def __init__(self) -> None:
        super().__init__()
        self.limits = {"operations": 10**9, "pathLength": 10**9, "depth": 10**9}


class RemoveSupported(PlainEngine):
    def carry_out(self, operation: Any, document: Any) -> None:
        if isinstance(operation, dict) and operation.get("op") == "remove":
            return
        super().carry_out(operation, document)


class WritesElsewhere(PlainEngine):
    """Makes the name what no patch asked for, when it writes anything at all."""

    def carry_out(self, operation: Any, document: Any) -> None:
        super().carry_out(operation, document)
        document["name"] = operation["op"]


class MutatesTheReferral(PlainEngine):
    def copied(self, value: Any) -> Any:
        return value

    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write(op, tokens, copy.deepcopy(value), document)


class TextsChanged(PlainEngine):
    """Keeps of each text what a function makes of it."""

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


class HalfAppliedOnFailure(MutatesTheReferral):
    def apply(self, patch: Any, referral: Any) -> Any:
        original = copy.deepcopy(referral)
        document = super().apply(patch, referral)
        result = copy.deepcopy(document)
        document.clear()
        document.update(original)
        return result


class AliasesThePatch(PlainEngine):
    def carry_out(self, operation: Any, document: Any) -> None:
        self.value = operation["value"] if isinstance(operation, dict) and "value" in operation else None
        super().carry_out(operation, document)

    def write(self, op: str, tokens: list[str], value: Any, document: Any) -> None:
        super().write(op, tokens, self.value, document)


class AliasesWhatIsInside(AliasesThePatch):
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


class Raw(PlainEngine):
    def operations(self, patch: Any) -> list[dict[str, Any]]:
        return [operation for operation in patch if operation["op"]]


class TellsWhatIsStored(PlainEngine):
    def apply(self, patch: Any, referral: Any) -> Any:
        try:
            return super().apply(patch, referral)
        except Refused as refused:
            raise Refused(f"{refused}: {referral}") from None


class TellsInANote(PlainEngine):
    def apply(self, patch: Any, referral: Any) -> Any:
        try:
            return super().apply(patch, referral)
        except Refused as refused:
            refused.add_note(f"The referral was {referral}.")
            raise


class Telling:
    """The real engine, with another report."""

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


def counted_from_one(errors: list[Any]) -> list[Any]:
    return [error._replace(op_index=None if error.op_index is None else error.op_index + 1) for error in errors]


class Broken(NamedTuple):
    """A broken engine or service, and what of the kit is to find it."""

    name: str
    candidate: Callable[[], Any]
    law: str
    rules: Ruleset = LATEST


def answering(change: Callable[..., http.Outcome]) -> Callable[[], InMemoryService]:
    """A service whose answers are changed."""
    return lambda: InMemoryService(exchange=lambda request, stored, **makers: change(request, stored, makers))


def sent(request: http.Request) -> dict[str, str]:
    return {name.title(): value for name, value in unite(request.headers).items()}


def _without(request: http.Request, *names: str) -> http.Request:
    kept = {name: value for name, value in sent(request).items() if name not in names}
    return request._replace(headers=kept)


def ignoring(*names: str) -> Callable[..., http.Outcome]:
    return lambda request, stored, makers: http.exchange(_without(request, *names), stored, **makers)


def matching_weakly(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    headers = {name: value.replace("W/", "") for name, value in sent(request).items()}
    return http.exchange(request._replace(headers=headers), stored, **makers)


def matching_one_tag(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    tags = sent(request).get("If-Match", "").split(",")
    return http.exchange(
        request._replace(headers={**sent(request), "If-Match": tags[0]}) if tags[0] else request,
        stored,
        **makers,
    )


class MatchingOldTags:
    """Takes each tag that a referral ever had for the present one."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def __call__(self, request: http.Request, stored: Any, makers: Any) -> http.Outcome:
        self.known.add(str((stored or {}).get("eTag")))
        present = sent(request).get("If-Match") not in self.known
        return http.exchange(request if present else _without(request, "If-Match"), stored, **makers)


def with_a_body(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    body = outcome.response.body or b"{}"
    return outcome._replace(response=outcome.response._replace(body=body))


def with_a_new_tag(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    if outcome.referral is not None or outcome.response.status >= 400:
        return outcome
    referral = {**stored, "eTag": makers["entity_tag"]()}
    response = outcome.response._replace(headers={**outcome.response.headers, "ETag": referral["eTag"]})
    return outcome._replace(referral=referral, response=response)


def with_the_old_tag(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    if outcome.referral is None:
        return outcome
    response = outcome.response._replace(headers={**outcome.response.headers, "ETag": stored["eTag"]})
    return outcome._replace(referral={**outcome.referral, "eTag": stored["eTag"]}, response=response)


def with_half_of_it(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    if outcome.report is None or outcome.report.ok:
        return outcome
    try:
        operations = _json.loads(request.body)
        return outcome._replace(referral={**stored, **LATEST.apply(operations[:1], stored)})
    except (PatchRejected, ValueError, TypeError):
        return outcome


def with_a_plain_text(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    body = b"Bad Request" if outcome.response.status >= 400 else outcome.response.body
    return outcome._replace(response=outcome.response._replace(body=body))


def with_another_status(request: http.Request, stored: Any, makers: Any) -> http.Outcome:
    outcome = http.exchange(request, stored, **makers)
    status = 500 if outcome.response.status == 409 else outcome.response.status
    return outcome._replace(response=outcome.response._replace(status=status))


BROKEN = (
    Broken("an ancestor may be written", AncestorAllowed, "no twin: an ancestor"),
    Broken("a prefix is enough", PrefixMatch, "no twin: a longer or a shorter name"),
    Broken("paths are compared without case", CaseFolded, "no twin: another case"),
    Broken("empty tokens are dropped", EmptyTokensDropped, "no twin: empty tokens"),
    Broken("~1 is decoded before the path is split", DecodedBeforeSplitting, "no twin: other escapes"),
    Broken("an index may have leading zeros", LeadingZeros, "no twin: leading zeros"),
    Broken("~0 is decoded before ~1", lambda: TildesBackwards(ODD_NAMES), "result", ODD_NAMES),
    Broken("replace creates", ReplaceCreates, "refuses target_missing"),
    Broken("add is refused on an existing member", AddNeedsAbsence, "accepts"),
    Broken("add at the end writes to the front", AppendsAtTheFront, "order"),
    Broken("the pair is judged after each operation", PairJudgedAfterEach, "moves"),
    Broken("the substatus is not judged", SubstatusNotJudged, "refuses substatus_not_allowed"),
    Broken("the move is judged on the new pair alone", MoveNotJudged, "refuses transition_not_allowed"),
    Broken("the move is judged by the substatus alone", MoveJudgedBySubstatus, "refuses transition_not_allowed"),
    Broken("operations are applied backwards", AppliedBackwards, "sequence"),
    Broken("what is said twice is done once", SaidTwiceDoneOnce, "order"),
    Broken("what is added at the end waits for the rest", AddedAtTheEnd, "sequence"),
    Broken("a pair of the table is forgotten", ReceivedForgotten, "table"),
    Broken("one operation less than the limit is the most", Impatient, "limits"),
    Broken("the time of the change is written, too", WritesTheDate, "result"),
    Broken("an empty text is taken for none", lambda: TextsChanged(lambda text: text or None), "texts"),
    Broken("index 1 is taken for 0", AlwaysTheFirst, "indices"),
    Broken("long texts are cut short", lambda: TextsChanged(lambda text: text[:255]), "texts"),
    Broken("texts are composed", lambda: TextsChanged(lambda text: normalize("NFC", text)), "texts"),
    Broken("texts are trimmed", lambda: TextsChanged(str.strip), "texts"),
    Broken("true is taken for 1", TrueIsOne, "refuses value_invalid"),
    Broken("values are not judged", ValuesUnjudged, "refuses value_invalid"),
    Broken("there are no limits", Unlimited, "refuses limit_exceeded"),
    Broken("remove is taken, and ignored", RemoveSupported, "refuses op_not_supported"),
    Broken("another member is written, too", WritesElsewhere, "no escape"),
    Broken("the referral passed in is changed", MutatesTheReferral, "purity"),
    Broken("a failure leaves half of the patch", HalfAppliedOnFailure, "atomicity"),
    Broken("the patch passed in is changed", MutatesThePatch, "purity"),
    Broken("the result holds parts of the patch", AliasesThePatch, "isolation"),
    Broken("the result holds what is inside a part of the patch", AliasesWhatIsInside, "isolation"),
    Broken("odd input meets a raw error", Raw, "totality"),
    Broken("a refusal tells what is stored", TellsWhatIsStored, "discretion"),
    Broken("a note of a refusal tells what is stored", TellsInANote, "discretion"),
    Broken("only the first error is told", lambda: Telling(first_only), "tells"),
    Broken("operations are counted from 1", lambda: Telling(counted_from_one), "tells"),
    Broken("If-Match is ignored", answering(ignoring("If-Match")), "lifecycle"),
    Broken("Prefer is ignored", answering(ignoring("Prefer")), "lifecycle"),
    Broken("a tag of long ago matches", answering(MatchingOldTags()), "lifecycle"),
    Broken("a weak tag matches", answering(matching_weakly), "lifecycle"),
    Broken("only the first tag of a list is compared", answering(matching_one_tag), "lifecycle"),
    Broken("204 has a body", answering(with_a_body), "lifecycle"),
    Broken("what changes nothing gets a new eTag", answering(with_a_new_tag), "lifecycle"),
    Broken("what changes keeps its eTag", answering(with_the_old_tag), "lifecycle"),
    Broken("a refused patch is stored by half", answering(with_half_of_it), "atomicity"),
    Broken("a refusal is plain text", answering(with_a_plain_text), "lifecycle"),
    Broken("a conflict is an error of the server", answering(with_another_status), "totality"),
)
