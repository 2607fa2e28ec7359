"""The report of a run: what it says, the same for everybody, and nothing of who has asked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import mock_s3vectors as package
from mock_s3vectors.arns import Arn
from mock_s3vectors.choices.registry import CHOICES
from mock_s3vectors.parity.asking import Asking
from mock_s3vectors.parity.comparing import Comparison
from mock_s3vectors.parity.matchers import ANYTHING, About
from mock_s3vectors.parity.normalising import Normalizer
from mock_s3vectors.parity.page import page_of
from mock_s3vectors.parity.report import Environment, report_of
from mock_s3vectors.parity.running import Outcome
from mock_s3vectors.parity.target import target_of_mock
from mock_s3vectors.parity.verdicts import line_of, verdicts_of
from tests.asking.conftest import FACTS

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.parity.running import Run

REPLACED = "Names, accounts, Regions, times, tokens and ids are replaced."
SERVICE = Environment("AWS us-east-1", "2026-11-26", {"testing": "<access key>"})


@pytest.fixture
def report(run: Run, s3vectors_mock: MockS3Vectors) -> dict[str, Any]:
    """Of a service that lists buckets in another order."""
    run.open()
    listed = [
        {"vectorBucketName": name, "vectorBucketArn": "arn", "creationTime": 0} for name in ("bbb", "aaa")
    ]
    s3vectors_mock.on("ListVectorBuckets").answer({"vectorBuckets": listed}, times=1)
    outcomes = [run.ask(fact) for fact in FACTS[:2]]
    run.close()
    return report_of([*outcomes, Outcome(FACTS[2], "not asked", reason="the run was interrupted")], SERVICE)


def test_the_whole(report: dict[str, Any]) -> None:
    refused = {
        "error": "ConflictException",
        "status": 409,
        "message": "An index with the specified name already exists",
    }
    assert report.pop("choices")
    assert report.pop("environment").keys() == {"service", "date", "mock_s3vectors", "botocore", "python"}
    assert report == {
        "format": "mock_s3vectors parity report",
        "version": 1,
        "counts": {
            "facts": {"holds": 1, "differs": 1, "not asked": 1},
            "choices": {"confirmed": 0, "refuted": 1, "not asked": len(CHOICES) - 1},
        },
        "facts": [
            {
                "id": "index-is-new",
                "topic": "Films",
                "source": "seen",
                "sentence": "The name of an index is free once.",
                "choices": [],
                "result": "holds",
                "comparisons": [{"asked": "CreateIndex", "holds": True, "expected": refused, "met": refused}],
            },
            {
                "id": "list-order",
                "topic": "Films",
                "source": "choice",
                "sentence": "Buckets are listed by name.",
                "choices": ["list-order"],
                "result": "differs",
                "comparisons": [
                    {
                        "asked": "the names",
                        "holds": False,
                        "expected": ["<name-1>", "<name-2>"],
                        "met": ["bbb", "aaa"],
                    }
                ],
            },
            {
                "id": "shared-index",
                "topic": "Films",
                "source": "documented",
                "sentence": "An index has an ARN.",
                "choices": [],
                "result": "not asked",
                "reason": "the run was interrupted",
                "comparisons": [],
            },
        ],
    }


def test_a_choice_that_is_refuted_says_which_line_to_change(report: dict[str, Any]) -> None:
    (entry,) = [choice for choice in report["choices"] if choice["result"] == "refuted"]
    choice = next(choice for choice in CHOICES if choice.id == "list-order")
    assert entry == {
        "id": "list-order",
        "section": choice.section,
        "sentence": choice.sentence,
        "result": "refuted",
        "facts": {"list-order": "differs"},
        "change": line_of(choice),
    }
    file, _, number = entry["change"].rpartition(":")
    lines = (Path(package.__file__).parents[1] / file).read_text(encoding="utf-8").splitlines()
    assert "Choice: list-order" in lines[int(number) - 1]


def test_every_choice_has_a_line() -> None:
    for choice in CHOICES:
        file, _, number = line_of(choice).rpartition(":")
        lines = (Path(package.__file__).parents[1] / file).read_text(encoding="utf-8").splitlines()
        assert re.search(rf"\bChoice: {choice.id}(?![\w-])", lines[int(number) - 1]), choice.id


def test_the_page(report: dict[str, Any]) -> None:
    report["choices"] = [choice for choice in report["choices"] if choice["id"] == "list-order"]
    report["environment"] = {**report["environment"], "mock_s3vectors": "1", "botocore": "2", "python": "3"}
    line, sentence = report["choices"][0]["change"], report["choices"][0]["sentence"]
    section, count = report["choices"][0]["section"], len(CHOICES) - 1
    assert (
        page_of(report)
        == f"""\
# Facts of S3 Vectors, asked of AWS us-east-1

Asked on 2026-11-26 with mock_s3vectors 1, botocore 2 and Python 3. {REPLACED}

- Facts: 1 hold, 1 differ, 1 not asked.
- Choices: 0 confirmed, 1 refuted, {count} not asked.

## Different answers

### `list-order`

Buckets are listed by name.

the names: the answer expected, and the answer met:

```json
[
  "<name-1>",
  "<name-2>"
]
```

```json
[
  "bbb",
  "aaa"
]
```

## Refuted choices

- `list-order` (`list-order`), decided in `{line}`: {sentence}

## Facts

### Facts: Films

- `index-is-new`: **holds**. The name of an index is free once.
- `list-order`: **differs**. Buckets are listed by name.
- `shared-index`: **not asked** (the run was interrupted). An index has an ARN.

## Choices

### Choices: {section}

- `list-order`: **refuted**. {sentence}
"""
    )


def test_the_environment_of_today() -> None:
    told = Environment.now(replace(target_of_mock(), region="eu-west-1")).as_json()
    assert re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", told.pop("date"))
    assert told.pop("service") == "AWS eu-west-1"
    assert told["mock_s3vectors"] == package.__version__


def test_two_runs_give_equal_reports(s3vectors_mock: MockS3Vectors) -> None:
    from mock_s3vectors.parity.running import Run, new_prefix
    from tests.asking.conftest import PAUSES, bounds

    def once() -> str:
        run = Run(target_of_mock(), new_prefix(), bounds(FACTS), PAUSES)
        run.open()
        outcomes = [run.ask(fact) for fact in FACTS]
        run.close()
        return json.dumps(report_of(outcomes, SERVICE))

    assert once() == once()
    assert len(s3vectors_mock.calls) > 0


# --- choices


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["holds"], "confirmed"),
        (["holds", "not asked"], "confirmed"),
        (["differs"], "refuted"),
        (["holds", "differs"], "refuted"),
        (["not asked", "differs"], "refuted"),
        (["not asked"], "not asked"),
    ],
)
def test_several_facts_of_a_choice(results: list[Any], verdict: str) -> None:
    choice = next(choice for choice in CHOICES if choice.id == "list-order")
    outcomes = [Outcome(replace(FACTS[1], id=f"fact-{n}"), result) for n, result in enumerate(results)]
    (found,) = verdicts_of(outcomes, [choice])
    assert found.result == verdict
    assert list(found.facts.values()) == results
    assert found.reason == ("not asked: fact-0" if verdict == "not asked" else "")


def test_choices_that_are_not_asked() -> None:
    choice = next(choice for choice in CHOICES if choice.id == "list-order")
    reasons = [
        verdicts_of([], [each])[0].reason for each in (choice, replace(choice, unasked="No client can."))
    ]
    assert reasons == ["no fact that was asked is about it", "No client can."]


# --- what is the same for everybody

HOME = Arn("aws-cn", "cn-north-1", "210987654321", "parity-00c0ffee-shared")
ASKING = Asking(None, None, "parity-00c0ffee-007", HOME.bucket, HOME)
SECRETS = {"mykey": "<access key>", "my/token+": "<token>", "host.corp:7380": "<server>"}
PLAIN = Normalizer(ASKING, SECRETS).plain


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("parity-00c0ffee-007-1 and parity-00c0ffee-007-12", "<name-1> and <name-12>"),
        ("parity-00c0ffee-007", "<prefix>"),
        ("parity-00c0ffee-shared", "<shared>"),
        ("parity-12345678-003-1", "<run>-003-1"),
        (
            "arn:aws-cn:s3vectors:cn-north-1:210987654321:bucket/parity-00c0ffee-007-1/index/i",
            "arn:aws:s3vectors:<region>:<account>:bucket/<name-1>/index/i",
        ),
        (
            "User: arn:aws-cn:iam::210987654321:user/team/bob is not authorized",
            "User: arn:aws:iam::<account>:user/<caller> is not authorized",
        ),
        (
            '"arn:aws:sts::111122223333:assumed-role/Admin/bob@example.com"',
            '"arn:aws:sts::<account>:assumed-role/<caller>"',
        ),
        ("account 111122223333, not 1111222233334", "account <account>, not 1111222233334"),
        ("key AKIAIOSFODNN7EXAMPLE or mykey", "key <access key> or <access key>"),
        ("host:host.corp:7380 token:my/token+", "host:<server> token:<token>"),
        (f"user/{'team/' * 60}bob is", "user/<caller> is"),
        ("films-cn-north-1, cn-north-10", "films-<region>, cn-north-10"),
        (f"Authorization={'a/+' * 14}b= has none", "Authorization=<hash> has none"),
        ("id 14165432-cebf-8c7a-ac10-d71a19d6def6", "id <id>"),
        ("at 2026-11-26T22:00:01.5Z and 20261126T220001Z/20261126/", "at <time> and <time>/<time>/"),
        (datetime(2026, 1, 1, tzinfo=timezone.utc), "<time>"),
        ({"nextToken": "abc", "name": "abc"}, {"nextToken": "<token>", "name": "abc"}),
        ({"nextToken": None}, {"nextToken": None}),
        ({"parity-00c0ffee-007-1": 1}, {"<name-1>": 1}),
        ([1, 2.5, True, None, (1,)], [1, 2.5, True, None, [1]]),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (b"x", "b'x'"),
        ([ANYTHING, About(0.5, 0.1)], ["<any>", "<0.5 within 0.1>"]),
        ("x" * 401, f"{'x' * 80}... <401 characters>"),
        (list(range(21)), [0, 1, 2, "<21 items>"]),
    ],
)
def test_normalised(value: Any, shown: Any) -> None:
    assert PLAIN(value) == shown


def test_a_reason_is_normalised() -> None:
    outcome = Outcome(FACTS[0], "not asked", (Comparison("a", 1, 2),), "for 111122223333", asking=ASKING)
    assert report_of([outcome], SERVICE)["facts"][0]["reason"] == "for <account>"


def test_a_page_shows_what_stands_for_an_account() -> None:
    outcome = Outcome(FACTS[0], "not asked", reason="for 111122223333")
    assert r"**not asked** (for \<account>)." in page_of(report_of([outcome], SERVICE))


def test_the_documentation_shows_a_whole_report(report: dict[str, Any]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "parity-report.md").read_text(encoding="utf-8")
    shown = json.loads(page.partition("```json\n")[2].partition("```")[0])
    refuted = {
        name: [entry for entry in report[name] if entry["result"] in {"differs", "refuted"}]
        for name in ("facts", "choices")
    }
    for entry in (*shown["choices"], *refuted["choices"]):
        entry["facts"] = {}  # names of facts
    assert shape_of(shown) == shape_of({**report, **refuted})
    reasoned = [entry for name in refuted for entry in report[name] if "reason" in entry]
    assert all(f"`{name}`" in page for entry in reasoned for name in entry)


def shape_of(value: Any) -> Any:
    """The names of all members, in their order."""
    if isinstance(value, dict):
        return [(name, shape_of(member)) for name, member in value.items()]
    return [shape_of(member) for member in value[:1]] if isinstance(value, list) else None
