"""Questions of the page about calls, rules and the state, besides what it is told as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.serving.page.live_documents import call_detail
from mock_s3vectors.serving.page.questions import Question
from mock_s3vectors.workbench.describe import describe
from mock_s3vectors.workbench.matching import members_of, models
from mock_s3vectors.workbench.rule_words import LOST
from mock_s3vectors.workbench.steered import calls_of

if TYPE_CHECKING:
    from mock_s3vectors.mocking.levels import Level

# More digits are no number of a call.
_LONGEST_NUMBER = 15


def _call(level: Level, document: Any) -> Any:
    """Return all that is known of a call, by its number and the mock that answered it.

    Raises:
        UsageError: it is not kept any more, or another mock is on.
    """
    journal, number = level.world.journal, document.get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER):
        raise UsageError(f"number={number[:100]!r}: give the number of a call.")
    if document.get("mock", journal.id) != journal.id:
        raise UsageError(f"Call {number} was answered by another mock than the one that is on.")
    records, dropped = journal.since(int(number) - 1)
    if not records or dropped:
        raise UsageError(f"Call {number} is not kept. The option calls_kept says how many calls are.")
    return call_detail(records[0], int(number), calls_of(level))


def _operations(*_: Any) -> Any:
    """Return the operations, each with its members and errors, for whoever writes a rule."""
    return {
        "operations": [
            {
                "name": name,
                "members": sorted(members_of(name)),
                "errors": sorted(shape.name for shape in model.error_shapes),
            }
            for name, model in models().items()
        ],
        "disconnects": LOST,
    }


def _holdings(level: Level, _: Any) -> Any:
    """Return how much a mock holds, for whoever is asked whether to lose it."""
    world = level.world
    rows = describe(world).rows
    buckets = {(row.account, row.region, row.vector_bucket) for row in rows}
    return {
        "vectorBuckets": len(buckets),
        "indexes": sum(row.index is not None for row in rows),
        "vectors": sum(row.vectors or 0 for row in rows),
        "identities": len(world.identities.own()),
        "keys": len(world.keys.own()),
        "rules": len(world.rules.all()),
        "calls": world.journal.added - level.calls_before,
    }


LIVE: tuple[Question, ...] = (
    Question("GET", "/call", _call),
    Question("GET", "/operations", _operations),
    Question("GET", "/holdings", _holdings),
)
