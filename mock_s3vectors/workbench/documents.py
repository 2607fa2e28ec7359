"""Calls and rules as JSON, for tests in other languages: the HTTP server reads and writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.abridging import show, without_token
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.workbench.matching import members_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_s3vectors.authorization import Decision
    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.rules import On, Rule
    from mock_s3vectors.workbench.workbench import Workbench

_CONDITIONS = ("operation", "region", "account", "members")
_OCCASIONS = ("times", "after", "probability", "seed", "optional")
# Members of a rule that was read, which a new one of the same document gets anew.
_OF_ITS_OWN = ("id", "hits", "words")
# How each verb takes what a document says: the value of the member that has its name.
_VERBS: Mapping[str, Callable[[On, Any, dict[str, Any]], Rule]] = {
    # Without a code, `fail` gets None, and says what it wants.
    "fail": lambda on, value, occasions: on.fail(
        **{"code": None, **_arguments("fail", value, "code", "message")}, **occasions
    ),
    "delay": lambda on, value, occasions: on.delay(_seconds(value), **occasions),
    "limit": lambda on, value, occasions: on.limit(
        **_arguments("limit", value, "requests", "vectors", "per"), **occasions
    ),
    "disconnect": lambda on, value, occasions: on.disconnect(
        **_arguments("disconnect", value, "kind", "applied"), **occasions
    ),
    "answer": lambda on, value, occasions: on.answer(value, **occasions),
}


def rule_from(mock: Workbench, document: Any) -> Rule:
    """Make the rule that a document describes. It is optional unless the document says otherwise.

    Args:
        mock: that on which it is made.
        document: for instance `{"operation": "PutVectors", "members": {"indexName": "plots"},
            "fail": "TooManyRequestsException", "times": 2}`; also one that was read from a rule.

    Raises:
        UsageError: it does not describe a rule.
    """
    if isinstance(document, dict):
        document = {name: value for name, value in document.items() if name not in _OF_ITS_OWN}
    check_names(document, "a rule", (*_CONDITIONS, *_VERBS, *_OCCASIONS))
    verbs = [name for name in _VERBS if name in document]
    if len(verbs) != 1:
        raise UsageError(
            f"{show(document)}: a rule has one of {', '.join(_VERBS)}; this one has "
            f"{' and '.join(verbs) or 'none of them'}."
        )
    occasions = {"optional": True, **{name: document[name] for name in _OCCASIONS if name in document}}
    return _VERBS[verbs[0]](mock.on(**_conditions(document)), document[verbs[0]], occasions)


def calls_like(calls: Calls, document: Any) -> Calls:
    """Return the calls that a document describes.

    Raises:
        UsageError: it does not describe any.
    """
    check_names(document, "a search for calls", _CONDITIONS)
    return calls.of(**_conditions(document))


def document_of(call: Call) -> dict[str, Any]:
    """Return a call as JSON values, for orjson."""
    body = call.body
    return {
        "operation": call.operation,
        "method": call.request.method,
        "path": call.request.path,
        "query": without_token(call.request.query),
        "params": orjson.Fragment(body) if body else call.params,
        "caller": call.caller,
        "region": call.region,
        "account": call.account,
        "status": call.status,
        "error": call.error,
        "message": call.message,
        "time": call.time,
        "duration": call.duration,
        "attempt": call.attempt,
        "delay": call.delay,
        "rule": None if call.rule is None else call.rule.id,
        "requestId": call.request_id,
        "decision": None if call.decision is None else _decision(call.decision),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    """Return the decision of policies about a call as JSON values."""
    statement = decision.statement
    return {
        "allowed": decision.allowed,
        "kind": decision.kind,
        "statement": None
        if statement is None
        else {
            "policy": statement.policy_name,
            "policyArn": statement.policy_arn,
            "position": statement.position,
            "sid": statement.sid,
            "source": statement.source,
        },
        "why": decision.why,
    }


def _conditions(document: Mapping[str, Any]) -> dict[str, Any]:
    members = document.get("members", {})
    if not isinstance(members, dict):
        raise UsageError(f"members={show(members)}: give an object, the value of each member by its name.")
    for name in members:
        # Here, so that none of them is taken for an argument of another name.
        if name not in members_of(None):
            raise UsageError(f"No operation has a member {name!r}.{near(name, members_of(None))}")
    given = {name: document[name] for name in ("operation", "region", "account") if name in document}
    return {**members, **given}


def _arguments(verb: str, value: Any, first: str, *others: str) -> dict[str, Any]:
    """Return the arguments of a verb; a value that is no object is the first one."""
    if not isinstance(value, dict):
        return {first: value}
    check_names(value, f"{verb!r}", (first, *others))
    return value


def _seconds(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def check_names(document: Any, what: str, known: Sequence[str]) -> None:
    """Raise unless a document is an object with members of these names.

    Raises:
        UsageError: it is not.
    """
    if document is None:
        raise UsageError(f"No document was given: {what} is an object with {', '.join(known)}.")
    if not isinstance(document, dict):
        raise UsageError(f"{show(document)}: {what} is an object with {', '.join(known)}.")
    for name in document:
        if name not in known:
            raise UsageError(
                f"{what[0].upper()}{what[1:]} has no {name!r}.{near(name, known)} "
                f"It may have {', '.join(known)}."
            )
