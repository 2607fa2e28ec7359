"""Calls, rules and the clock as JSON values, as the page shows them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import abridged
from mock_s3vectors.permissions.authorize import is_denied
from mock_s3vectors.workbench.call import Call
from mock_s3vectors.workbench.documents import document_of

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Record
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.world import Clock, World

# A longer message is whole in the detail of a call.
_LONGEST_MESSAGE = 300
# The bytes of parameters that the detail of a call shows.
_MOST_BYTES = 64 * 1024
# More rules are counted.
_MOST_RULES = 200


def call_row(record: Record, number: int) -> dict[str, Any]:
    """Return what a table shows of a call; the number is its place among all calls of its mock."""
    call = Call(record)
    decision, message = call.decision, call.message
    if message is not None and len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    return _as_text(
        {
            "number": number,
            "time": call.time,
            "operation": call.title(),
            "place": call.place(),
            "status": call.status,
            "error": call.error,
            "message": message,
            "milliseconds": _milliseconds(call),
            "delay": call.delay,
            "region": call.region,
            "account": call.account,
            "caller": call.caller,
            "attempt": call.attempt,
            "rule": None if call.rule is None else call.rule.id,
            "decision": None if decision is None else decision.kind,
            "why": None if decision is None or decision.allowed else decision.why,
            "denied": is_denied(record),
            "advice": len(record.advice),
        }
    )


def call_detail(record: Record, number: int, calls: Calls) -> dict[str, Any]:
    """Return all that is known of a call, with placeholders for vectors."""
    from mock_s3vectors.workbench.explaining import explain  # noqa: PLC0415 - it loads numpy

    call = Call(record)
    rule = call.rule
    return {
        **document_of(call),
        **call_row(record, number),
        "message": call.message,
        "params": abridged(call.params, _MOST_BYTES)[0],
        "rule": None if rule is None else {"id": rule.id, "words": rule.words},
        "explanation": str(explain(call, calls)),
        "advice": [str(warning) for warning in record.advice],
    }


def rules_document(world: World) -> dict[str, Any]:
    """Return the rules that hold, in the order in which they look at a call, and how many there are."""
    from mock_s3vectors.workbench.rules import Rule  # noqa: PLC0415 - it loads numpy

    rules = [rule for rule in world.rules.all() if isinstance(rule, Rule)]
    return {"rules": [rule.document() for rule in rules[:_MOST_RULES]], "count": len(rules)}


def clock_document(clock: Clock) -> dict[str, Any]:
    """Return the time, and how far it is ahead of that of the process, in seconds."""
    now = clock.now()
    # Without the moment between the two looks at the time, which would make each document another one.
    ahead = 0.0 if clock.is_frozen else round(now - time.time(), 1)
    return {"now": now, "frozen": clock.is_frozen, "ahead": ahead or 0.0}


def _milliseconds(call: Call) -> float | None:
    return None if call.duration is None else round(call.duration * 1_000, 3)


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose texts JSON can hold: a request may have halves of characters in its path."""
    return {
        name: value.encode(errors="replace").decode() if isinstance(value, str) else value
        for name, value in row.items()
    }
