"""Expectations that many facts share: broken constraints, and texts that nobody has published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking


def violation(path: str, rule: str, *, length: int | None = None) -> str:
    """Return what the service says of a broken constraint.

    Args:
        path: the member that breaks it, such as `/dimension`.
        rule: what the member must be, such as `be between 1 and 4096, inclusive`.
        length: that of the value, where the length breaks the constraint.
    """
    value = "Value" if length is None else f"Value with length {length}"
    return f"{value} at '{path}' failed to satisfy constraint: Member must {rule}"


def expect_violation(
    ask: Asking, path: str, rule: str, operation: str, *, length: int | None = None, **parameters: Any
) -> None:
    """Make a call, and compare its answer with the refusal of a broken constraint, but for a `fieldList`."""
    ask.expect(broken(path, rule, length=length), operation, **parameters)


def broken(path: str, rule: str, *, length: int | None = None) -> dict[str, Any]:
    """Return the refusal of a broken constraint without a `fieldList`; see `violation`."""
    text = violation(path, rule, length=length)
    return refusal("ValidationException", f"1 validation error detected. {text}")


def expect_own_text(ask: Asking, code: str, text: Any, operation: str, **parameters: Any) -> None:
    """Make a call, and compare the class of its refusal, and then its text, which is the mock's own."""
    compare_own_text(ask, refusal(code, text), operation, ask(operation, **parameters))


def compare_own_text(ask: Asking, expected: dict[str, Any], operation: str, answer: dict[str, Any]) -> None:
    """Compare the class of a refusal, and then its text, which is the mock's own."""
    ask.compare(operation, {**expected, "message": ANYTHING}, without_fields(answer))
    ask.compare(f"{operation}: the text", expected["message"], answer.get("message"))


def expect_accepted(ask: Asking, operation: str, **parameters: Any) -> bool:
    """Make a call, and compare that it was not refused; return whether that is so."""
    answer = ask(operation, **parameters)
    ask.compare(f"{operation}: the refusal", None, answer if "error" in answer else None)
    return "error" not in answer
