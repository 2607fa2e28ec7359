"""A table of all that a mock holds, for people: as text, in a notebook, and for rich.

Names, tags and metadata keys are data: none of them can act as markup, or control a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from mock_s3vectors.world import Index, VectorBucket, World

_EMPTY = "There are no vector buckets."
# The headings of the columns, by the fields of a row.
_TITLES = {
    "account": "Account",
    "region": "Region",
    "vector_bucket": "Bucket",
    "index": "Index",
    "vectors": "Vectors",
    "dimension": "Dimension",
    "distance_metric": "Metric",
    "mode": "Mode",
    "bytes": "Bytes",
    "text_search": "Text search",
    "tags": "Tags",
}
_NUMERIC = frozenset({"vectors", "dimension", "bytes"})
# Columns that appear only if a row has something in them.
_OPTIONAL = frozenset({"text_search", "tags"})
_GAP = "  "


@dataclass(frozen=True)
class DescribedRow:
    """An index; or a vector bucket without indexes, for which the fields of an index are None.

    Attributes:
        account: 12 digits.
        region: the Region.
        vector_bucket: the name of the vector bucket.
        index: the name of the index.
        vectors: how many vectors it has.
        dimension: how many floats each of them has.
        distance_metric: `cosine` or `euclidean`.
        mode: `CLASSIC` or `ENHANCED`.
        bytes: those of keys, vectors and metadata, as AWS counts them.
        text_search: the metadata keys that texts are searched in, with their languages; empty if there are
            none.
        tags: those of the index, or of a bucket without indexes; empty if there are none.
    """

    account: str
    region: str
    vector_bucket: str
    index: str | None = None
    vectors: int | None = None
    dimension: int | None = None
    distance_metric: str | None = None
    mode: str | None = None
    bytes: int | None = None
    text_search: str = ""
    tags: str = ""


class Description:
    """A table of all vector buckets and indexes, as they were when it was made.

    Attributes:
        rows: a row for each index, and for each vector bucket without indexes; in the order of accounts,
            Regions and names.
    """

    def __init__(self, rows: Sequence[DescribedRow]) -> None:
        self.rows = tuple(rows)

    def __str__(self) -> str:
        if not self.rows:
            return _EMPTY
        names, cells = self._columns(), self._cells()
        titles = [_TITLES[name] for name in names]
        widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
        lines = [titles, ["-" * width for width in widths], *cells]
        return "\n".join(
            _GAP.join(
                cell.rjust(width) if name in _NUMERIC else cell.ljust(width)
                for name, cell, width in zip(names, line, widths, strict=True)
            ).rstrip()
            for line in lines
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        if not self.rows:
            return f"<p>{_EMPTY}</p>"
        head = "".join(f"<th>{_TITLES[name]}</th>" for name in self._columns())
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in self._cells()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __rich__(self) -> Table | str:
        """Return the table for rich."""
        # Only rich calls this, so it is loaded already; no other caller needs it.
        from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - the reason is above
        from rich.table import Table  # noqa: PLC0415 - the same
        from rich.text import Text  # noqa: PLC0415 - the same

        if not self.rows:
            return _EMPTY
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        for name in self._columns():
            table.add_column(
                _TITLES[name],
                justify="right" if name in _NUMERIC else "left",
                overflow="fold",
            )
        for line in self._cells():
            table.add_row(*map(Text, line))  # as Text, brackets are no markup
        return table

    def _columns(self) -> list[str]:
        return [
            name for name in _TITLES if name not in _OPTIONAL or any(getattr(row, name) for row in self.rows)
        ]

    def _cells(self) -> list[list[str]]:
        names = self._columns()
        return [[_shown(getattr(row, name)) for name in names] for row in self.rows]


def describe(world: World) -> Description:
    """Return a table of all vector buckets and indexes, of all accounts and Regions.

    The bytes are those of keys, vectors and metadata, as AWS counts them. The tags are those of the index, or
    of a bucket without indexes.
    """
    rows: list[DescribedRow] = []
    for (account, region), store in sorted(world.stores.all().items()):
        with store.lock:
            for _, bucket in sorted(store.vector_buckets.items()):
                rows += _rows_of(bucket, account, region)
    return Description(rows)


def _rows_of(bucket: VectorBucket, account: str, region: str) -> Iterator[DescribedRow]:
    place = account, region, bucket.name
    if not bucket.indexes:
        yield DescribedRow(*place, tags=_pairs(bucket.tags))
    for _, index in sorted(bucket.indexes.items()):
        yield _row_of(index, place)


def _row_of(index: Index, place: tuple[str, str, str]) -> DescribedRow:
    languages = {key: text.language for key, text in index.text_search.items()}
    with index.lock:
        table = index.vectors
        return DescribedRow(
            *place,
            index=index.name,
            vectors=len(table),
            dimension=index.dimension,
            distance_metric=index.distance_metric,
            mode=index.mode,
            bytes=table.total_size.stored,
            text_search=", ".join(f"{key} ({name})" if name else key for key, name in languages.items()),
            tags=_pairs(index.tags),
        )


def _pairs(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in tags.items())


def _shown(value: str | int | None) -> str:
    """Return a cell; characters that a terminal would obey appear as escapes."""
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in value)
