"""Answers as a report shows them: the same for everybody, and without anything of who has asked."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_s3vectors.parity.asking import Asking

_LONGEST_TEXT = 400
_KEPT_TEXT = 80
_MOST_ITEMS = 20
_KEPT_ITEMS = 3
# What may be of the caller, wherever it stands. Each pattern is bounded, so that it takes linear time.
_PATTERNS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"parity-[0-9a-f]{8}-", "<run>-"),
        (r"\b(user|role|assumed-role|federated-user)/[^\s\"'\\]{1,700}", r"\1/<caller>"),
        (r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,124}\b", "<access key>"),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
        (r"\bAuthorization=[A-Za-z0-9+/]{43}=", "Authorization=<hash>"),
        (r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,18}(?:Z|[+-][0-9:]{4,6})?", "<time>"),
        (r"\b20[0-9]{6}(?:T[0-9]{6}Z)?\b", "<time>"),
        (r"(?<![0-9.])[0-9]{12}(?![0-9])", "<account>"),
    )
)


class Normalizer:
    """Makes the answers of one fact plain values of JSON.

    Args:
        asking: the calls of the fact; None if there were none.
        secrets: texts that must not be seen, such as the access key, and what is seen instead.
    """

    def __init__(self, asking: Asking | None, secrets: Mapping[str, str] | None = None) -> None:
        self._words: list[tuple[re.Pattern[str], str]] = [
            (re.compile(re.escape(secret)), seen) for secret, seen in (secrets or {}).items()
        ]
        if asking is not None:
            home = asking.home
            self._words += [
                (re.compile(f"{re.escape(asking.prefix)}-([0-9]+)"), r"<name-\1>"),
                (re.compile(re.escape(asking.prefix)), "<prefix>"),
                (re.compile(re.escape(asking.shared_bucket)), "<shared>"),
                (re.compile(f"arn:{re.escape(home.partition)}:"), "arn:aws:"),
                (re.compile(rf"(?<![0-9]){home.account}(?![0-9])"), "<account>"),
                (re.compile(rf"(?<!\w){re.escape(home.region)}(?!\w)"), "<region>"),
            ]

    def plain(self, value: Any) -> Any:
        """Return a value as JSON has it; a matcher is its text."""
        if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and isfinite(value)):
            return value
        if isinstance(value, datetime):
            return "<time>"
        if isinstance(value, dict):
            return {self.text(str(name)): self._member(name, member) for name, member in value.items()}
        if isinstance(value, (list, tuple)):
            return self._items(list(value))
        return self.text(value if isinstance(value, str) else repr(value))

    def text(self, text: str) -> str:
        """Return a text without names, accounts, Regions, times, ids and keys; one that is long is cut."""
        for pattern, replacement in (*self._words, *_PATTERNS):
            text = pattern.sub(replacement, text)
        if len(text) > _LONGEST_TEXT:
            return f"{text[:_KEPT_TEXT]}... <{len(text):,} characters>"
        return text

    def _member(self, name: object, member: Any) -> Any:
        return "<token>" if name == "nextToken" and isinstance(member, str) else self.plain(member)

    def _items(self, items: list[Any]) -> list[Any]:
        if len(items) <= _MOST_ITEMS:
            return [self.plain(item) for item in items]
        return [*(self.plain(item) for item in items[:_KEPT_ITEMS]), f"<{len(items):,} items>"]
