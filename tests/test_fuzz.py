"""The fuzz targets pass for each of their seeds and fail if a law is broken; atheris is not needed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import ValidationError

from fuzz import check, driver, exchange, seeds
from referral_rules import PatchRejected, Report, http

from .casefiles import cases
from .exchanges import exchanges

TARGETS = [check, exchange]
SEEDS = [(target, data) for target in TARGETS for data in target.inputs()]
HEAD = b"+Content-Type: application/json" + seeds.HEAD_END
CHANGE = b'[{"op": "add", "path": "/statusReason", "value": "x"}]'
ACCEPTED, REFUSED = b"\0\0" + CHANGE, b"\0\0[7]"


@pytest.mark.parametrize(("target", "data"), SEEDS, ids=range(len(SEEDS)))
def test_a_target_passes_for_its_seed(target: ModuleType, data: bytes) -> None:
    target.one_input(data)


def test_each_case_is_a_seed() -> None:
    patches = {data[seeds.SELECTOR_BYTES :] for data in check.inputs()}
    texts = (json.dumps(case.patch) if case.text is None else case.text for case in cases())
    assert patches == {text.encode("utf-8", "surrogatepass") for text in texts}
    bodies = {data.partition(seeds.HEAD_END)[2] for data in exchange.inputs()}
    assert bodies == {case.body for case in exchanges()}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.__name__)
@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xff", b"-\r\n\r\n", b"+:\r\n\r\n\r\n"], ids=repr)
def test_a_target_takes_any_bytes(target: ModuleType, data: bytes) -> None:
    target.one_input(data)


def write_into_the_referral(_: object, referral: dict[str, Any]) -> dict[str, Any]:
    return {**referral, "statusReason": referral.setdefault("statusReason", "x")}


def refuse(*_: object) -> Any:
    raise PatchRejected(Report())


@pytest.mark.parametrize(
    ("name", "broken", "data"),
    [
        ("apply_json", lambda *_: {}, ACCEPTED),
        ("apply_json", lambda *_: {}, REFUSED),
        ("apply_json", refuse, REFUSED),
        ("apply_json", write_into_the_referral, ACCEPTED),
        ("check_json", lambda *_: Report(), REFUSED),
        ("check_json", lambda *_: refuse, ACCEPTED),
    ],
    ids=range(6),
)
def test_the_target_check_fails_if_a_law_is_broken(
    name: str, broken: Callable[..., Any], data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    check.one_input(data)
    monkeypatch.setattr(check, "_REFERRALS", [{}])
    monkeypatch.setattr(check, name, broken)
    with pytest.raises((AssertionError, AttributeError)):
        check.one_input(data)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"status": 500}, CHANGE),
        ({"status": 200, "body": b"{}"}, CHANGE),
        ({"headers": {"ETag": "a\r\nb"}}, CHANGE),
        ({"headers": {"Server": "a"}}, CHANGE),
        ({"headers": {"Accept-Patch": "Mrs Secret"}}, b"{}"),
        ({"body": b"{}"}, b"{}"),
        ({"body": http.error(400, "invalidRequest", "No, Mrs Secret").body}, b"{}"),
    ],
    ids=range(7),
)
def test_the_target_exchange_fails_if_a_law_is_broken(
    change: dict[str, Any], body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = http.exchange

    def broken(*arguments: Any, **options: Any) -> http.Outcome:
        outcome = original(*arguments, **options)
        answer = {name: getattr(outcome.response, name) for name in ("status", "headers", "body")}
        return http.Outcome(http.Response(**{**answer, **change}), outcome.referral, outcome.report)

    exchange.one_input(HEAD + body)
    monkeypatch.setattr(http, "exchange", broken)
    with pytest.raises((AssertionError, KeyError, ValidationError)):
        exchange.one_input(HEAD + body)


def test_the_seeds_are_written_into_the_first_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["check.py", "-runs=1", str(tmp_path / "corpus"), str(tmp_path / "other")])
    driver.write_seeds([b"a", b"b", b"a"])
    assert {path.read_bytes() for path in (tmp_path / "corpus").iterdir()} == {b"a", b"b"}
    assert not (tmp_path / "other").exists()
    monkeypatch.setattr(sys, "argv", ["check.py", "-runs=1"])
    driver.write_seeds([b"c"])
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
