"""Find films that neither vectors nor words find alone, in an Amazon S3 Vectors in this process.

To run it::

    pip install "mock_s3vectors[examples]" "botocore>=1.44.5"
    python examples/hybrid_search.py

A hybrid search is one call of ``query_vectors`` with a ``queryVector`` and ``queryTexts``. Below, the
same sentence is embedded and searched for word by word: first each way alone, then both ways at once.
``movie_search.py`` explains how the films are stored.

Full-text search needs botocore 1.44.5 or newer. Where aiobotocore is installed, botocore may be older: use an
environment without it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import botocore
from rich import box
from rich.console import Console
from rich.table import Table

from mock_s3vectors import mock_s3vectors
from movie_data import load_movies
from movie_search import BUCKET, INDEX, put_movies

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient

    from movie_data import MovieData

SHOWN = 5  # rows of a table
DEPTH = 100  # how far down an answer to look for the wanted film; topK=5 has the same first five

console = Console(highlight=False)


class Search(NamedTuple):
    """A sentence that somebody might type, and the film that it means."""

    sentence: str
    wanted: str  # the key of the film
    why: str


SEARCHES = [
    Search(
        "an iceberg, by Cameron",
        "titanic-1997",
        "No record says 'iceberg'. Vectors know what that is, but films with ice in their titles are "
        "nearer. Words find 'Cameron' in the records of eleven films by two directors, and can tell no "
        "more. Titanic alone is in both rankings: two middling places outweigh one first place.",
    ),
    Search(
        "the headless horseman, by Burton",
        "sleepy-hollow-1999",
        "Vectors find horses and riders, by anybody. Words find the twelve films by Tim Burton, the "
        "shortest record first, as no record has the horseman. Seven of the twelve are also among the "
        "hundred nearest vectors, and of the seven Sleepy Hollow is the nearest.",
    ),
]


def require_text_search(client: S3VectorsClient) -> None:
    """End the program with one sentence if the installed botocore cannot ask for full-text search."""
    query: Any = client.meta.service_model.operation_model("QueryVectors").input_shape
    if "queryTexts" not in query.members:
        sys.exit(
            "This example needs botocore 1.44.5 or newer, which knows full-text search; "
            f"{botocore.__version__} is installed."
        )


def create_index(client: S3VectorsClient, dimension: int) -> None:
    """Make an index in which two metadata keys can be searched by their words."""
    # Any, here and below, because type stubs may be older than full-text search.
    configuration: Any = {
        # These two lists are independent: "text" cannot be filtered by, and saves its bytes for keys
        # that can, but it can be searched. "title" can be both.
        "nonFilterableMetadataKeys": ["text"],
        "textSearchConfigurations": [
            # English: "weddings" is "wedding", and words such as "the" and "by" do not count.
            {"metadataKey": "text", "language": "en"},
            # No language: every word counts exactly as written, except for capitals.
            {"metadataKey": "title"},
        ],
    }
    client.create_vector_bucket(vectorBucketName=BUCKET)
    client.create_index(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        dataType="float32",
        dimension=dimension,
        distanceMetric="cosine",
        metadataConfiguration=configuration,
    )
    index = client.get_index(vectorBucketName=BUCKET, indexName=INDEX)["index"]
    made: Any = index["metadataConfiguration"]
    for key in made["textSearchConfigurations"]:
        filterable = "no" if key["metadataKey"] in made["nonFilterableMetadataKeys"] else "yes"
        console.print(
            f"{key['metadataKey']}: searchable ({key['status']}), "
            f"language {key.get('language', 'none')}, filterable {filterable}"
        )


def search(client: S3VectorsClient, **what: Any) -> list[Any]:
    """Return the best hundred hits of a query, with their metadata, distances and scores."""
    request: dict[str, Any] = {
        "vectorBucketName": BUCKET,
        "indexName": INDEX,
        "topK": DEPTH,
        "returnMetadata": True,
        # A search by vector alone returns a distance; the others return scores.
        "returnDistance": True,
        "returnScores": True,
        **what,
    }
    return client.query_vectors(**request)["vectors"]


def scores_of(hit: dict[str, Any]) -> dict[str, float]:
    """Return the numbers that rank a hit, by column heading."""
    scores = hit.get("scores", {})
    # A hybrid hit has a BM25 score for each key in which a word was found, perhaps for none.
    numbers = {f"BM25\n{score['metadataKey']}": score["score"] for score in scores.get("bm25Scores", [])}
    if "fused" in scores:
        numbers["Fused"] = scores["fused"]
    # It has a distance only if it is among the nearest vectors. A search by vector alone has no scores,
    # but a distance of its own.
    distance = hit.get("distance", scores.get("vectorDistance"))
    if distance is not None:
        numbers["Distance"] = distance
    return numbers


def print_hits(title: str, hits: list[Any], wanted: str | None = None) -> None:
    """Print the first hits of an answer and, where it comes later, the wanted film."""
    ranked = [(rank, hit) for rank, hit in enumerate(hits, 1) if rank <= SHOWN or hit["key"] == wanted]
    present = {name for _, hit in ranked for name in scores_of(hit)}
    names = [name for name in ("Fused", "BM25\ntext", "BM25\ntitle", "Distance") if name in present]

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE)
    for name in ("Rank", *names):
        table.add_column(name, justify="right", vertical="bottom")
    for name in ("Film", "Director"):
        table.add_column(name, no_wrap=True)
    for rank, hit in ranked:
        numbers, facts = scores_of(hit), hit["metadata"]
        cells = [f"{numbers[name]:.4f}" if name in numbers else "-" for name in names]
        style = "bold green" if hit["key"] == wanted else None
        table.add_row(str(rank), *cells, facts["title"], facts.get("director", "-"), style=style)
    console.print(table)


def show_hybrid(client: S3VectorsClient, data: MovieData) -> None:
    """Search by meaning, by words, and by both."""
    for sentence, wanted, why in SEARCHES:
        vector = {"float32": data.query_vector(sentence)}
        texts = [{"metadataKey": "text", "text": sentence}]
        vectors_alone = search(client, queryVector=vector)
        words_alone = search(client, queryTexts=texts)
        both = search(client, queryVector=vector, queryTexts=texts)
        print_hits(f'"{sentence}": vectors alone', vectors_alone, wanted)
        print_hits(f'"{sentence}": words alone', words_alone, wanted)
        print_hits(f'"{sentence}": hybrid', both, wanted)
        console.print(f"{why}\n")


def show_analyzers(client: S3VectorsClient) -> None:
    """Search two keys at once, among well-rated films only, and rank by the sum of both scores."""
    hits = search(
        client,
        queryTexts=[{"metadataKey": key, "text": "weddings"} for key in ("text", "title")],
        filter={"rating": {"$gte": 6}},
    )
    print_hits('"weddings" in text and title, rated 6 or better', hits)
    console.print(
        'Only one title has this very word. The text is read as English, where "wedding" matches too.'
    )


def main() -> None:
    """Run the demonstration."""
    data = load_movies()
    with mock_s3vectors():
        client = boto3.client("s3vectors", region_name="us-east-1")
        require_text_search(client)
        create_index(client, data.dimension)
        put_movies(client, data)
        console.print()
        show_hybrid(client, data)
        show_analyzers(client)


if __name__ == "__main__":
    main()
