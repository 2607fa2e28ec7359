"""Policy documents, compiled: all refusals are here, so that evaluating a policy cannot fail.

Choice: policy-grammar.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

# What a policy is attached to decides which elements it has, and how a denial names it.
PolicyKind = Literal["identity", "resource", "boundary", "session"]


class PolicyError(ValueError):
    """A document is no policy. The text says what is wrong, and where: `Statement[1] must be an object`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement.

    Attributes:
        effect: Allow or Deny.
        sid: its Sid, None if it has none.
        position: its place among the statements of its policy, from 0.
        source: the statement as it was given.
        policy_kind: that of its policy.
        policy_name: that of its policy.
        policy_arn: that of its policy.
    """

    effect: Literal["Allow", "Deny"]
    sid: str | None
    position: int
    source: Any
    policy_kind: PolicyKind
    policy_name: str
    policy_arn: str | None


@dataclass(frozen=True, eq=False)
class Policy:
    """A compiled policy document.

    Attributes:
        kind: what it is attached to.
        text: the document as it was given, in JSON.
        name: how texts for people call it, such as `policy reader`.
        arn: that of a managed policy or a boundary; None for inline and resource policies.
        statements: in the order of the document.
    """

    kind: PolicyKind
    text: str
    name: str
    arn: str | None
    statements: tuple[Statement, ...] = field(repr=False)


def compile_policy(document: Any, kind: PolicyKind, *, name: str = "", arn: str | None = None) -> Policy:
    """Return a policy, compiled.

    Args:
        document: JSON, as str or bytes, or what JSON would be parsed to.
        kind: what it is attached to; a resource policy needs a Principal, others must not have one.
        name: how texts for people call it.
        arn: that of a managed policy or a boundary.

    Raises:
        PolicyError: it is no such policy.
    """
    text = document if isinstance(document, str) else json.dumps(document)
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        raise PolicyError("it is not JSON") from None
    given = parsed.get("Statement") if isinstance(parsed, dict) else None
    if isinstance(given, dict):
        places = {"Statement": given}
    elif isinstance(given, list) and given:
        places = {f"Statement[{position}]": statement for position, statement in enumerate(given)}
    else:
        raise PolicyError("Statement must be an object or an array of objects")
    for place, statement in places.items():
        _check_statement(place, statement, kind)
    compiled = tuple(
        Statement(source["Effect"], source.get("Sid"), position, source, kind, name, arn)
        for position, source in enumerate(places.values())
    )
    return Policy(kind, text, name, arn, compiled)


def _check_statement(place: str, statement: Any, kind: PolicyKind) -> None:
    if not isinstance(statement, dict):
        raise PolicyError(f"{place} must be an object")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"{place} must have an Effect, which is Allow or Deny")
    for name, opposite, form, is_of_form in _ELEMENTS:
        if name == "Principal" and kind != "resource":
            continue
        present = [either for either in (name, opposite) if either in statement]
        if len(present) != 1:
            raise PolicyError(f"{place} must have either {name} or {opposite}")
        if not is_of_form(statement[present[0]]):
            raise PolicyError(f"{place}.{present[0]} must be {form}")


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)
    )


def _is_principal(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, dict) and bool(value) and all(map(_is_names, value.values()))
    )


_NAMES = ("a string or an array of strings, which is not empty", _is_names)
_PRINCIPAL = ("a string or an object of strings and arrays of strings, which are not empty", _is_principal)

# Each element that a statement needs besides its effect: its opposite, and its form in words and in code.
_ELEMENTS = (
    ("Principal", "NotPrincipal", *_PRINCIPAL),
    ("Action", "NotAction", *_NAMES),
    ("Resource", "NotResource", *_NAMES),
)
