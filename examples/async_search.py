"""Ask an Amazon S3 Vectors in this process many questions at once, with aiobotocore.

To run it::

    pip install "mock_s3vectors[examples,aiobotocore]"
    python examples/async_search.py

Applications that give a language model facts to answer from (retrieval-augmented generation) often turn
one question into several searches, and have many users. Here a question about some 3,200 films becomes
four searches, all under way at the same time; their results are merged for the model, which is not part
of this example. Without the line ``async with mock_s3vectors():`` in `main` the same calls
would go to AWS.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from aiobotocore.session import get_session
from botocore.exceptions import ClientError
from rich.console import Console

from mock_s3vectors import mock_s3vectors
from movie_data import load_movies
from movie_search import BATCH, BUCKET, INDEX, metadata_of, print_films

if TYPE_CHECKING:
    from movie_data import MovieData

ADDRESS = {"vectorBucketName": BUCKET, "indexName": INDEX}
SEGMENTS = 4  # parts of the index that are listed at the same time; AWS allows up to 16
FACTS = 6  # how many films the model is told about

QUESTION = "It is Halloween and raining. Which films are worth our evening?"

console = Console(highlight=False)


class Search(NamedTuple):
    """One of the searches that a question becomes."""

    query: str
    condition: dict[str, Any] | None = None


GOOD = {"rating": {"$gte": 7}}
SEARCHES = [
    Search("a house haunted by ghosts", GOOD),
    Search("zombies rise from the grave", GOOD),
    Search("invaders from another planet", GOOD),
    Search("dragons and wizards", {"$and": [GOOD, {"year": {"$gte": 1980}}]}),
]


# Any, here and below, because aiobotocore brings no types.
async def put_movies(client: Any, data: MovieData) -> int:
    """Store all films, all batches at once; return the number of batches."""
    records = [
        {"key": movie["key"], "data": {"float32": embedding}, "metadata": metadata_of(movie)}
        for movie, embedding in zip(data.movies, data.embeddings.tolist(), strict=True)
    ]
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    await asyncio.gather(*(client.put_vectors(**ADDRESS, vectors=batch) for batch in batches))
    return len(batches)


async def list_segment(client: Any, segment: int) -> list[dict[str, Any]]:
    """Return the metadata of a segment's films, read page by page."""
    pages = client.get_paginator("list_vectors").paginate(
        **ADDRESS, segmentCount=SEGMENTS, segmentIndex=segment, returnMetadata=True
    )
    return [vector["metadata"] async for page in pages for vector in page["vectors"]]


async def show_films(client: Any, data: MovieData) -> None:
    """Fill the index and read it again, several calls at a time."""
    batches = await put_movies(client, data)
    segments = await asyncio.gather(*(list_segment(client, number) for number in range(SEGMENTS)))
    sizes = " + ".join(str(len(segment)) for segment in segments)
    console.print(f"{len(data.movies):,} films stored in {batches} batches, {sizes} listed in segments")
    genres = Counter(film.get("genre", "unknown") for segment in segments for film in segment)
    console.print(
        "Most are " + ", ".join(f"{name} ({count})" for name, count in genres.most_common(4)) + "\n"
    )


async def search(client: Any, data: MovieData, what: Search) -> list[Any]:
    """Return the five nearest films."""
    request = {
        "queryVector": {"float32": data.query_vector(what.query)},
        "topK": 5,
        "returnDistance": True,
        "returnMetadata": True,
    }
    if what.condition:  # an empty filter is an error, so without a condition, send none
        request["filter"] = what.condition
    answer = await client.query_vectors(**ADDRESS, **request)
    films: list[Any] = answer["vectors"]
    return films


def best_of(answers: list[list[Any]]) -> list[Any]:
    """Merge answers: each film once, the nearest first."""
    nearest: dict[str, Any] = {}
    for film in sorted((film for films in answers for film in films), key=lambda film: film["distance"]):
        nearest.setdefault(film["key"], film)
    return list(nearest.values())


async def show_retrieval(client: Any, data: MovieData) -> None:
    """Make all searches of the question at once, and print what a language model would be given."""
    answers = await asyncio.gather(*(search(client, data, what) for what in SEARCHES))
    for what, films in zip(SEARCHES, answers, strict=True):
        print_films(f'"{what.query}"', films[:3])

    console.print("[bold]What the model is given[/]")
    console.print("Answer from these facts alone, and name the films you speak of.")
    for number, film in enumerate(best_of(answers)[:FACTS], 1):
        console.print(f"\\[{number}] {film['metadata']['text']}", soft_wrap=True)
    console.print(f"Question: {QUESTION}\n")


async def show_refusal(client: Any, data: MovieData) -> None:
    """Make a mistake in one of three searches: the other two are answered all the same."""
    searches = [
        Search("robots and artificial intelligence"),
        Search("robots and artificial intelligence", {"genre": "Comedy", "year": 2010}),  # without $and
        Search("dinosaurs on the loose"),
    ]
    answers = await asyncio.gather(*(search(client, data, what) for what in searches), return_exceptions=True)
    console.print("[bold]Three searches at once, one of them wrong[/]")
    for answer in answers:
        if isinstance(answer, ClientError):
            error = answer.response["Error"]
            console.print(f"[red]{error['Code']}[/]: {error['Message']}")
        elif isinstance(answer, BaseException):
            raise answer
        else:
            console.print(answer[0]["metadata"]["title"])


async def main() -> None:
    """Run the demonstration."""
    data = load_movies()
    async with (
        mock_s3vectors(),
        get_session().create_client("s3vectors", region_name="us-east-1") as client,
    ):
        await client.create_vector_bucket(vectorBucketName=BUCKET)
        await client.create_index(
            **ADDRESS,
            dataType="float32",
            dimension=data.dimension,
            distanceMetric="cosine",
            # The embedded text is for reading only; no filter needs it.
            metadataConfiguration={"nonFilterableMetadataKeys": ["text"]},
        )
        await show_films(client, data)
        await show_retrieval(client, data)
        await show_refusal(client, data)


if __name__ == "__main__":
    asyncio.run(main())
