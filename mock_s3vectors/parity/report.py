"""The report of a run, as an object of JSON, which `docs/reference/parity-report.md` describes.

It says nothing of who has asked. Two runs with equal answers on one day give equal reports.
"""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import botocore

import mock_s3vectors
from mock_s3vectors.parity.normalising import Normalizer
from mock_s3vectors.parity.verdicts import line_of, verdicts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_s3vectors.parity.running import Outcome
    from mock_s3vectors.parity.target import Target
    from mock_s3vectors.parity.verdicts import Verdict

FORMAT = "mock_s3vectors parity report"
# It grows by one when a member goes, or means something else.
VERSION = 1
_OF_FACTS = ("holds", "differs", "not asked")
_OF_CHOICES = ("confirmed", "refuted", "not asked")


@dataclass(frozen=True, slots=True)
class Environment:
    """The service that the facts were asked of, and the versions that asked.

    Attributes:
        service: `AWS` and the Region, or `a server`.
        date: the day, in UTC.
        secrets: the texts that must not get into the report, and what stands for each there.
    """

    service: str
    date: str
    secrets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def now(cls, target: Target) -> Environment:
        """Return the environment of a run today."""
        return cls(target.name, datetime.now(timezone.utc).date().isoformat(), target.secrets)

    def as_json(self) -> dict[str, str]:
        """Return it as the report has it."""
        return {
            "service": self.service,
            "date": self.date,
            "mock_s3vectors": mock_s3vectors.__version__,
            "botocore": botocore.__version__,
            "python": platform.python_version(),
        }


def report_of(outcomes: Sequence[Outcome], environment: Environment) -> dict[str, Any]:
    """Return the report of a run."""
    verdicts = verdicts_of(outcomes)
    return {
        "format": FORMAT,
        "version": VERSION,
        "counts": {
            "facts": _counts((outcome.result for outcome in outcomes), _OF_FACTS),
            "choices": _counts((verdict.result for verdict in verdicts), _OF_CHOICES),
        },
        "environment": environment.as_json(),
        "facts": [_fact(outcome, environment.secrets) for outcome in outcomes],
        "choices": [_choice(verdict) for verdict in verdicts],
    }


def _counts(results: Iterable[str], names: Sequence[str]) -> dict[str, int]:
    counted = Counter(results)
    return {name: counted[name] for name in names}


def _fact(outcome: Outcome, secrets: Mapping[str, str]) -> dict[str, Any]:
    fact, normalizer = outcome.fact, Normalizer(outcome.asking, secrets)
    entry: dict[str, Any] = {
        "id": fact.id,
        "topic": fact.topic,
        "source": fact.source,
        "sentence": fact.sentence,
        "choices": list(fact.choices),
        "result": outcome.result,
    }
    if outcome.reason:
        entry["reason"] = normalizer.text(outcome.reason)
    entry["comparisons"] = [
        {
            "asked": each.asked,
            "holds": each.holds,
            "expected": normalizer.plain(each.expected),
            "met": normalizer.plain(each.met),
        }
        for each in outcome.comparisons
    ]
    return entry


def _choice(verdict: Verdict) -> dict[str, Any]:
    choice = verdict.choice
    entry: dict[str, Any] = {
        "id": choice.id,
        "section": choice.section,
        "sentence": choice.sentence,
        "result": verdict.result,
        "facts": dict(verdict.facts),
    }
    if verdict.reason:
        entry["reason"] = verdict.reason
    if verdict.result == "refuted":
        entry["change"] = line_of(choice)
    return entry
