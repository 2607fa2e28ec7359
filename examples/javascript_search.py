"""Search films from JavaScript, in an Amazon S3 Vectors that lives in this process.

To run it, with Node.js 20 or newer and its npm on the path::

    pip install "mock_s3vectors[server,examples]"
    python examples/javascript_search.py

`javascript/search.mjs` is an ordinary program for the AWS SDK for JavaScript. It finds the server in its
environment, and boto3 finds what it has written: both call the same mock.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from rich.console import Console

from mock_s3vectors import s3vectors_server
from movie_data import load_movies

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient

    from movie_data import MovieData

BUCKET = "films"
INDEX = "movies"
QUERY = "dragons and wizards"
BATCH = 500  # the most vectors that one PutVectors takes
REGION = "us-east-1"
JAVASCRIPT = Path(__file__).with_name("javascript")

console = Console(highlight=False)


def program(name: str) -> str:
    """Return the path of a Node.js program."""
    path = shutil.which(name)
    if path is None:
        raise SystemExit(f"This example needs Node.js, and there is no {name} on the path.")
    return path


def install_sdk() -> None:
    """Have npm install the AWS SDK for JavaScript beside the script, the first time."""
    if not (JAVASCRIPT / "node_modules").exists():
        command = [program("npm"), "install", "--no-package-lock", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=JAVASCRIPT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - no input


def films_for_javascript(data: MovieData) -> str:
    """Return the films with the most votes, as JSON."""
    ranked = sorted(range(len(data.movies)), key=lambda row: -data.movies[row].get("votes", 0))
    films: list[dict[str, Any]] = [
        # Embeddings go into the vector, everything else becomes metadata; the text is too long to filter by.
        {**data.movies[row], "embedding": data.embeddings[row].tolist()}
        for row in ranked[:BATCH]
    ]
    for film in films:
        del film["text"]
    query = {"text": QUERY, "embedding": data.query_vector(QUERY)}
    return json.dumps({"bucket": BUCKET, "index": INDEX, "films": films, "query": query})


def run_javascript(data: MovieData) -> None:
    """Run the script and show what it prints."""
    # The server's URL and fake credentials are in the environment while it is on.
    environment = {**os.environ, "AWS_REGION": REGION}
    script = subprocess.run(  # noqa: S603 - the script beside this file
        [program("node"), str(JAVASCRIPT / "search.mjs")],
        env=environment,
        input=films_for_javascript(data),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    console.print(script.stdout, markup=False, soft_wrap=True)


def show_from_python(client: S3VectorsClient, data: MovieData) -> None:
    """Read with boto3 what JavaScript has written."""
    pages = client.get_paginator("list_vectors").paginate(vectorBucketName=BUCKET, indexName=INDEX)
    console.print(f"boto3 lists {sum(len(page['vectors']) for page in pages)} films that JavaScript put")
    best = client.query_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        queryVector={"float32": data.query_vector(QUERY)},
        topK=1,
        returnMetadata=True,
    )["vectors"][0]
    console.print(f'and finds {best["metadata"]["title"]} for "{QUERY}"')


def main() -> None:
    """Run the demonstration."""
    install_sdk()
    data = load_movies()
    with s3vectors_server() as server:
        console.print(f"The server answers at {server.url}\n")
        run_javascript(data)
        show_from_python(boto3.client("s3vectors", region_name=REGION), data)


if __name__ == "__main__":
    main()
