"""Any header fields and any body as a request: ``python fuzz/exchange.py -max_total_time=600 CORPUS_DIR``.

The laws: the status and the header fields are documented, a refusal has the API's error object and no value out of the
stored referral, and an accepted patch has the same result as ``apply_json``.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).parent.parent))

from fuzz import driver, seeds
from referral_rules import Ruleset, _catalog, apply_json, http

__all__ = ["inputs", "one_input"]

_ERROR = Draft202012Validator(_catalog.schema("error"))
_DOCUMENTED = http.openapi(Ruleset.load(_catalog.NEWEST))["paths"][http.PATH]["patch"]["responses"]
_SECRET, _TAG, _NEW = "Mrs Secret", '"secret-tag"', '"new"'
_PUBLIC = {"status", "substatus"}


def _marked(value: Any) -> Any:
    """The value with a secret in each string that no answer may show."""
    if isinstance(value, dict):
        return {name: item if name in _PUBLIC else _marked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return f"{value} {_SECRET}" if isinstance(value, str) else value


_STORED: dict[str, Any] = {**_marked(seeds.stored()), "eTag": _TAG}
_BEFORE = json.dumps(_STORED)


def inputs() -> Iterator[bytes]:
    """The seeds."""
    return seeds.exchange(_TAG)


def one_input(data: bytes) -> None:
    """Check the laws for one input.

    Args:
        data: one byte that says whether a referral is stored, header fields as lines, an empty line, and a body.
    """
    head, _, body = data[1:].partition(seeds.HEAD_END)
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n")]
    request = http.Request([(name, value) for name, _, value in lines], body)
    stored = None if data[:1] == seeds.NOTHING_STORED else _STORED
    outcome = http.exchange(request, stored, entity_tag=lambda: _NEW, now=lambda: datetime.now(UTC))
    _check_answer(outcome.response)
    if outcome.response.status >= 400:
        assert outcome.referral is None
        _check_secrets(outcome.response, data)
    else:
        _check_accepted(outcome, body)
    assert json.dumps(_STORED) == _BEFORE


def _check_answer(response: http.Response) -> None:
    documented = _DOCUMENTED[str(response.status)]
    assert response.headers.keys() <= documented["headers"].keys() | {"Content-Type"}
    assert all(re.fullmatch(r"[\x20-\x7e\x80-\xff]*", value) for value in response.headers.values())
    if response.status >= 400:
        _ERROR.validate(json.loads(response.body))


def _check_secrets(response: http.Response, data: bytes) -> None:
    sent = response.body + repr(response.headers).encode()
    for secret in (_SECRET.encode(), _TAG.strip('"').encode()):
        assert secret in data or secret not in sent


def _check_accepted(outcome: http.Outcome, body: bytes) -> None:
    assert outcome.report is not None
    assert outcome.report.ok
    current = _STORED if outcome.referral is None else outcome.referral
    stamped = {name: current[name] for name in ("eTag", "updatedDateTime")}
    assert current == {**apply_json(body, _STORED), **stamped}
    content = outcome.response.body
    assert json.loads(content) == current if outcome.response.status == 200 else content == b""


if __name__ == "__main__":
    driver.run("exchange")
