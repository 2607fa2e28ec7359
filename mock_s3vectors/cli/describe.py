"""`mock-s3vectors describe PLACE`: what there is in a data file, in a state file, on a server or on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import plural, show
from mock_s3vectors.cli.arguments import count_of
from mock_s3vectors.cli.output import tell
from mock_s3vectors.cli.progress import say
from mock_s3vectors.transfer.describing import outline_of
from mock_s3vectors.transfer.places import Access, open_place

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from mock_s3vectors.cli.command_parser import CommandParser
    from mock_s3vectors.transfer.describing import IndexOutline, MetadataKey, Outline

_SAMPLE = 1_000
# How many metadata keys the text has; JSON has all.
_MOST_KEYS = 50
_EXAMPLES = (
    "mock-s3vectors describe films.db",
    "mock-s3vectors describe http://127.0.0.1:7380/films/plots --json",
)


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        "Shows the vector buckets and indexes of a place, how many vectors they have, their "
        "settings and their metadata keys. Nothing is changed.",
        *_EXAMPLES,
    )
    parser.add_argument(
        "place",
        metavar="PLACE",
        help="films.jsonl, films.npz, films.parquet, state.db, state.db::films, state.db::films/plots, "
        "http://127.0.0.1:7380/films/plots or s3vectors://films/plots",
    )
    parser.add_argument("--region", metavar="REGION", help="the Region to look in (default: all of a file's)")
    parser.add_argument("--account", metavar="ID", help="the account in a state file (default: all)")
    parser.add_argument(
        "--profile", metavar="NAME", help="the profile of AWS's configuration, for s3vectors://"
    )
    parser.add_argument(
        "--sample",
        type=count_of,
        default=_SAMPLE,
        metavar="N",
        help="at how many vectors of each index to look for metadata keys (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="write JSON (default: text)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write what there is at a place to standard output.

    Raises:
        UsageError: the place does not exist, or cannot be read.
    """
    access = Access(region=arguments.region, account=arguments.account, profile=arguments.profile, notice=say)
    outline = outline_of(open_place(arguments.place, access), arguments.sample)
    if arguments.json:
        tell(json.dumps(_document(outline), indent=2))  # in ASCII, which all encodings have
    else:
        tell(*_lines(outline))


def _document(outline: Outline) -> dict[str, Any]:
    return {
        "place": outline.text,
        "kind": outline.kind,
        "bytes": outline.bytes,
        "vectorBuckets": [
            {"account": bucket.account, "region": bucket.region, "vectorBucketName": bucket.bucket}
            for bucket in outline.buckets
        ],
        "indexes": [_index_document(index) for index in outline.indexes],
    }


def _index_document(index: IndexOutline) -> dict[str, Any]:
    settings, location = index.settings, index.location
    return {
        "account": location.account,
        "region": location.region,
        "vectorBucketName": location.bucket,
        "indexName": location.index,
        "vectors": index.vectors,
        "dimension": settings.dimension,
        "distanceMetric": settings.distance_metric,
        "indexMode": settings.mode,
        "nonFilterableMetadataKeys": settings.non_filterable_keys,
        "textSearch": settings.text_search,
        "sampled": index.sampled,
        "metadataKeys": [
            {"key": key.key, "vectors": key.vectors, "types": key.types} for key in index.metadata_keys
        ],
    }


def _lines(outline: Outline) -> Iterator[str]:
    size = "" if outline.bytes is None else f" of {plural(outline.bytes, 'byte')}"
    kind = {"server": "a server", "aws": "AWS"}.get(outline.kind, f"a {outline.kind}")
    yield f"{outline.text}: {kind}{size}"
    having = {(place.account, place.region, place.bucket) for place in (i.location for i in outline.indexes)}
    for bucket in outline.buckets:
        if (bucket.account, bucket.region, bucket.bucket) not in having:
            yield ""
            yield f"{bucket}{_where(bucket)}: no indexes"
    for index in outline.indexes:
        yield ""
        yield from _index_lines(index)
    if not outline.buckets and not outline.indexes:
        yield "There are no vector buckets."


def _where(location: Any) -> str:
    parts = [
        f"{name} {value}"
        for name, value in (("Region", location.region), ("account", location.account))
        if value is not None
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _index_lines(index: IndexOutline) -> Iterator[str]:
    name = f"{index.location}{_where(index.location)}: " if index.location.index else ""
    yield f"{name}{', '.join(_facts(index))}"
    settings = index.settings
    if settings.non_filterable_keys:
        yield f"  not filterable: {', '.join(map(_shown, settings.non_filterable_keys))}"
    if settings.text_search:
        texts = (
            _shown(key) + (f" ({language})" if language else "")
            for key, language in settings.text_search.items()
        )
        yield f"  text search: {', '.join(texts)}"
    if index.metadata_keys:
        whole = index.sampled == index.vectors
        yield f"  metadata keys of {'all' if whole else f'the first {index.sampled:,}'} vectors:"
        yield from _key_lines(index.metadata_keys)


def _facts(index: IndexOutline) -> Iterator[str]:
    settings = index.settings
    yield "vectors not counted" if index.vectors is None else plural(index.vectors, "vector")
    if settings.dimension is not None:
        yield plural(settings.dimension, "dimension")
    yield from filter(None, (settings.distance_metric, settings.mode))


def _key_lines(keys: tuple[MetadataKey, ...]) -> Iterator[str]:
    shown = keys[:_MOST_KEYS]
    names = [_shown(key.key) for key in shown]
    width = max(map(len, names))
    counts = [f"{key.vectors:,}" for key in shown]
    for name, count, key in zip(names, counts, shown, strict=True):
        yield f"    {name.ljust(width)}  {count.rjust(len(counts[0]))}  {' or '.join(key.types)}"
    if len(keys) > len(shown):
        yield f"    and {len(keys) - len(shown):,} more"


def _shown(key: str) -> str:
    """Return a key; one that is empty, or that a terminal would obey, appears as Python writes it."""
    return key if key.isprintable() and key.strip() == key and key else show(key)
