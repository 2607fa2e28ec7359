"""The README's recipes: its blocks of code, by the language that they are in."""

from __future__ import annotations

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

# Clients that want an environment of their own; their recipes run in tests/clients.
ELSEWHERE = ("aiobotocore", "langchain_aws")


def blocks(language: str) -> list[str]:
    """All blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def script_of_init() -> str:
    """The script for the server's folder of such."""
    (script,) = [block for block in blocks("python") if "an earlier start has made it" in block]
    return script


def recipe_of(library: str) -> str:
    """The one recipe in Python that imports from a library."""
    (recipe,) = [block for block in blocks("python") if f"\nfrom {library}" in f"\n{block}"]
    return recipe
