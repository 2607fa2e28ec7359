"""Answers in the form in which facts state them, and one beside the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Of classes of errors; all others have 400, or a fact says so.
_STATUSES = {
    "ServiceQuotaExceededException": 402,
    "AccessDeniedException": 403,
    "NotFoundException": 404,
    "ConflictException": 409,
}


def refusal(code: str, message: Any, *fields: tuple[str, str], status: int | None = None) -> dict[str, Any]:
    """Return the answer that a refused call gives.

    Args:
        code: the class of the error.
        message: its text, or an object that equals it.
        fields: path and message of each entry of `fieldList`; none if there is no such member.
        status: the HTTP status, unless the class tells it.
    """
    answer = {"error": code, "status": status or _STATUSES.get(code, 400), "message": message}
    if fields:
        answer["fieldList"] = [{"path": path, "message": text} for path, text in fields]
    return answer


def without_fields(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without its `fieldList`, for refusals of which nobody has published it."""
    return {name: value for name, value in answer.items() if name != "fieldList"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """An answer beside the one that the fact expects.

    Attributes:
        asked: the operation, or what of its answer is compared.
        expected: the answer by the fact.
        met: the answer that came.
    """

    asked: str
    expected: Any
    met: Any

    @property
    def holds(self) -> bool:
        """Whether they are equal."""
        return bool(self.expected == self.met)
