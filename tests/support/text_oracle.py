"""The answers to text and hybrid queries, by definition: plain loops over all records, rounded at the end.

Scores are decimals of 50 digits and fused scores are fractions, so that what is mathematically equal
is equal here too. Only texts of the few words below are understood, in ASCII or of Han characters.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any

Matches = Callable[[dict[str, Any]], bool]

# What is left of English words; those that are not here are terms as they are.
ENGLISH = {
    "the": None,
    "were": None,
    "boats": "boat",
    "boating": "boat",
    "running": "run",
    "runs": "run",
    "flies": "fli",
    "fly": "fli",
}
K1, B = Decimal("1.2"), Decimal("0.75")
EXACT = Context(prec=50)


def float32(number: Any) -> float:
    """The nearest number that four bytes can hold."""
    [rounded] = struct.unpack("<f", struct.pack("<f", float(number)))
    return float(rounded)


def words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", text.lower())


def terms_of_record(text: str, language: str | None) -> list[str]:
    if language == "en":
        return [term for word in words(text) if (term := ENGLISH.get(word, word))]
    if language == "zh":
        runs = re.findall(r"[^\W\da-z]+", text.lower())
        return words(text) + [run[at:end] for run in runs for at, end in parts(len(run))]
    return words(text)


def parts(length: int) -> list[tuple[int, int]]:
    """Every single character and every pair of neighbours."""
    return [(at, at + size) for size in (1, 2) for at in range(length - size + 1)]


def terms_of_query(text: str, language: str | None) -> list[str]:
    if language != "zh":
        return terms_of_record(text, language)
    runs = re.findall(r"[^\W\da-z]+", text.lower())
    pairs = [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]
    return words(text) + pairs


@cache
def idf(records: int, containing: int) -> Decimal:
    half = Decimal("0.5")
    with localcontext(EXACT):
        return (1 + (records - containing + half) / (containing + half)).ln()


def bm25(texts: dict[str, str], language: str | None, query: str) -> dict[str, Decimal]:
    """The scores of the matching texts, by the names that the texts have."""
    documents = {name: terms_of_record(text, language) for name, text in texts.items()}
    documents = {name: terms for name, terms in documents.items() if terms}
    scores: dict[str, Decimal] = {}
    with localcontext(EXACT):
        average = Decimal(sum(len(terms) for terms in documents.values())) / max(1, len(documents))
        for term in set(terms_of_query(query, language)):
            containing = [name for name, terms in documents.items() if term in terms]
            for name in containing:
                count = documents[name].count(term)
                damped = K1 * (1 - B + B * len(documents[name]) / average)
                weight = idf(len(documents), len(containing)) * count * (K1 + 1) / (count + damped)
                scores[name] = scores.get(name, Decimal(0)) + weight
    return scores


@dataclass
class Corpus:
    """An index: its settings and its records, by key a vector of small whole numbers and metadata."""

    metric: str
    languages: dict[str, str | None]
    records: dict[str, tuple[list[int], dict[str, Any]]] = field(default_factory=dict)

    def distance(self, key: str, query: list[int]) -> Decimal:
        data, _ = self.records[key]
        if self.metric == "euclidean":
            return Decimal(sum((x - y) ** 2 for x, y in zip(data, query, strict=True)))
        dot = sum(x * y for x, y in zip(data, query, strict=True))
        with localcontext(EXACT):
            cosine = dot / Decimal(sum(x * x for x in data) * sum(y * y for y in query)).sqrt()
            return (1 - cosine).quantize(Decimal("1e-30"))

    def text_scores(self, key: str, text: str) -> dict[str, Decimal]:
        stored = {name: metadata.get(key) for name, (_, metadata) in self.records.items()}
        texts = {name: value for name, value in stored.items() if isinstance(value, str)}
        return bm25(texts, self.languages[key], text)

    def query(
        self, vector: list[int] | None, texts: dict[str, str], top_k: int, matches: Matches = lambda _: True
    ) -> list[dict[str, Any]]:
        """The hits with all that can be asked for; `texts` is by metadata key, and not empty."""
        allowed = {name for name, (_, metadata) in self.records.items() if matches(metadata)}
        by_key = {key: self.text_scores(key, text) for key, text in texts.items()}
        by_key = {key: {n: s for n, s in scores.items() if n in allowed} for key, scores in by_key.items()}
        near: list[str] = []
        fused: dict[str, Any] = {}
        if vector is None:
            for scores in by_key.values():
                for name, score in scores.items():
                    fused[name] = fused.get(name, Decimal(0)) + score
        else:
            depth = max(top_k, 100)
            near = sorted(allowed, key=lambda name: (self.distance(name, vector), name))[:depth]
            for ranking in near, *(ranked(scores)[:depth] for scores in by_key.values()):
                for rank, name in enumerate(ranking, 1):
                    fused[name] = fused.get(name, 0) + Fraction(1, 60 + rank)

        hits = []
        for name in ranked(fused)[:top_k]:
            entries = [
                {"metadataKey": key, "score": float32(scores[name])}
                for key, scores in by_key.items()
                if name in scores
            ]
            hit: dict[str, Any] = {
                "key": name,
                "metadata": self.records[name][1],
                "scores": {"bm25Scores": entries},
            }
            if vector is not None:
                hit["scores"]["fused"] = float32(fused[name])
                if name in near:
                    hit["distance"] = float32(self.distance(name, vector))
                    hit["scores"]["vectorDistance"] = hit["distance"]
            hits.append(hit)
        return hits


def ranked(scores: dict[str, Any]) -> list[str]:
    """The names, best first; equal scores by name."""
    values = {name: _without_last_digits(score) for name, score in scores.items()}
    return sorted(values, key=lambda name: (-values[name], name))


def _without_last_digits(score: Any) -> Any:
    """Round a score: the last digits of decimals may differ with the order of additions."""
    return score.quantize(Decimal("1e-40"), context=EXACT) if isinstance(score, Decimal) else score
