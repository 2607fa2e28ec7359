"""Copying vectors from place to place: one function behind the command `copy`.

All is checked before anything is touched. Then each index is copied in whole batches, which an interruption
leaves whole.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import told_apart
from mock_s3vectors.transfer.places import target_of
from mock_s3vectors.transfer.regrouping import regrouped
from mock_s3vectors.transfer.selecting import selection

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from mock_s3vectors.transfer.batches import Batch, Location, Settings, Sink, Source
    from mock_s3vectors.transfer.places import Place
    from mock_s3vectors.transfer.selecting import Selection


# How many indexes an error names.
_SHOWN = 10


@dataclass(frozen=True)
class Copied:
    """The outcome of copying one index, so far or in the end.

    Attributes:
        source: the name of the index that is read.
        target: the name of the index, or file, that is written.
        vectors: how many vectors were copied; in a dry run, how many would be.
        known: how many were left out because the target has their keys already.
        total: how many there are to go through, None if only reading them tells.
        is_new: whether the target is made; None until that is known.
    """

    source: str
    target: str
    vectors: int = 0
    known: int = 0
    total: int | None = None
    is_new: bool | None = None


def copy(  # noqa: PLR0913 - one for each option
    source: Place,
    target: Place,
    *,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - as S3 Vectors calls it
    limit: int | None = None,
    distance_metric: str | None = None,
    non_filterable: Sequence[str] | None = None,
    resume: bool = False,
    dry_run: bool = False,
    confirmed: bool = False,
    progress: Callable[[Copied], None] = lambda _: None,
) -> list[Copied]:
    """Copy vectors with their metadata; vectors that are there under the same keys are overwritten.

    An index that is missing is made, with the dimension, the distance metric, the non-filterable keys and the
    text search of the source. Nothing else travels: no mode, encryption, tag or policy.

    Args:
        source: an index, or all of a vector bucket, a state file or a server.
        target: where to write them, under their own names unless it has others.
        filter: only vectors whose metadata matches are copied.
        limit: how many vectors of each index at most; None for all.
        distance_metric: that of a new index; None for that of the source or, if that has none, `cosine`.
        non_filterable: the metadata keys of a new index that filters must not name; None for those of the
            source.
        resume: whether to leave out vectors whose keys the target has already.
        dry_run: whether to read only, and change nothing.
        confirmed: whether real AWS may be written to.
        progress: called after each batch.

    Returns:
        The outcome for each index.

    Raises:
        UsageError: the places do not go together, the filter is refused, the target does not fit or is on AWS
            and not confirmed, or a vector is refused. The text says what, and where in a file.
    """
    options = _Options(
        wanted=None if filter is None else selection(filter=filter),
        limit=limit,
        distance_metric=distance_metric,
        non_filterable_keys=None if non_filterable is None else tuple(non_filterable),
        resume=resume,
        dry_run=dry_run,
        progress=progress,
    )
    jobs = _jobs(source, target, options)
    if target.address.kind == "aws" and not (confirmed or dry_run):
        raise UsageError(
            " ".join([*(job.announced() for job in jobs), "Nothing was written: confirm it with --yes."])
        )
    return [job.run() for job in jobs]


@dataclass(frozen=True, kw_only=True)
class _Options:
    """The options of `copy`."""

    wanted: Selection | None
    limit: int | None
    distance_metric: str | None
    non_filterable_keys: tuple[str, ...] | None
    resume: bool
    dry_run: bool
    progress: Callable[[Copied], None]

    def over(self, settings: Settings) -> Settings:
        """Return the settings of a new index, for vectors from one with these settings."""
        metric, keys = self.distance_metric, self.non_filterable_keys
        return replace(
            settings,
            distance_metric=settings.distance_metric if metric is None else metric,
            non_filterable_keys=settings.non_filterable_keys if keys is None else keys,
        )

    def total(self, count: int | None) -> int | None:
        """Return how many of so many vectors there are to go through; None if only reading them tells."""
        if count is None or self.wanted is not None:
            return None
        return count if self.limit is None else min(count, self.limit)

    def chosen(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield the vectors that match, as many as are wanted."""
        left = self.limit
        for batch in batches:
            wanted = self.wanted
            chosen = batch if wanted is None else batch.rows(wanted.matches(batch.metadata).rows)
            if left is not None and len(chosen) >= left:
                yield chosen.part(0, left)
                return
            yield chosen
            left = None if left is None else left - len(chosen)


def _jobs(source: Place, target: Place, options: _Options) -> list[_Job]:
    """Return a job for each index to copy.

    Raises:
        UsageError: there is nothing, several indexes would go to one, or one to itself.
    """
    sources = list(source.sources())
    if not sources:
        raise UsageError(f"{source.address.text!r} has no indexes: there is nothing to copy.")
    is_one = target.address.kind == "data file" or target.address.location.index is not None
    if is_one and len(sources) > 1:
        raise _several(source, target, [each.location for each in sources])
    jobs: dict[Location | str, _Job] = {}
    for each in sources:
        location = target_of(target.address, each.location)
        there = target.destination(location)
        if _is_same(source, each.location, target, there):
            raise UsageError(f"{target.named(there)} is the source and the target of the copy.")
        name = target.named(there)
        if there in jobs:
            raise _several(source, target, [jobs[there].source.location, each.location])
        outcome = Copied(source.named(each.location), name, total=options.total(each.count()))
        jobs[there] = _Job(each, target, location, options, outcome)
    return list(jobs.values())


def _several(source: Place, target: Place, locations: Sequence[Location]) -> UsageError:
    names = told_apart(locations)
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return UsageError(
        f"{target.address.text!r} would be written from several indexes of {source.address.text!r}: "
        f"{', '.join(names[:_SHOWN])}{more}. Name one of them as the source."
    )


def _is_same(source: Place, location: Location, target: Place, there: Location) -> bool:
    """Return whether an index would be copied to itself; an unknown account or Region may be any."""
    one, other = source.address, target.address
    if one.kind != other.kind or one.endpoint != other.endpoint:
        return False
    if one.path is not None and other.path is not None and one.path.resolve() != other.path.resolve():
        return False
    pairs = zip(astuple(location), astuple(there), strict=True)
    return all(given == found or None in (given, found) for given, found in pairs)


@dataclass(frozen=True)
class _Job:
    """One index to copy."""

    source: Source
    target: Place
    location: Location
    options: _Options
    outcome: Copied

    def announced(self) -> str:
        """Return what would be written where.

        Raises:
            UsageError: the target would not take it.
        """
        is_there = self._sink().check(self._settings())
        what = "All vectors" if self.options.wanted is None else "The vectors that match"
        which = "an index that exists" if is_there else "a new index"
        return f"{what} of {self.outcome.source} would be written to {self.outcome.target}, {which}."

    def run(self) -> Copied:
        """Copy it, or find out what would be copied."""
        sink, settings = self._sink(), self._settings()
        if self.options.dry_run:
            is_there = sink.check(settings)
            return self._pour(sink.known, lambda _: None, replace(self.outcome, is_new=not is_there))
        with sink:
            sink.prepare(settings)
            outcome = self._pour(sink.known, sink.write, self.outcome)
        # Only now the account is known if it had no vector bucket.
        return replace(outcome, target=self.target.named(self.target.destination(self.location)))

    def _sink(self) -> Sink:
        return self.target.sink(self.location, resume=self.options.resume)

    def _settings(self) -> Settings:
        return self.options.over(self.source.settings())

    def _pour(
        self, known: Callable[[Sequence[str]], set[str]], write: Callable[[Batch], None], outcome: Copied
    ) -> Copied:
        """Give all batches to a function, and return the outcome."""
        skipped = 0

        def unknown(batches: Iterable[Batch]) -> Iterator[Batch]:
            nonlocal skipped
            for batch in batches:
                there = known(batch.keys)
                skipped += len(there)
                yield batch.rows([row for row, key in enumerate(batch.keys) if key not in there])

        # An error, or an interruption, ends threads that read.
        with closing(cast("Generator[Batch, None, None]", self.source.batches())) as batches:
            chosen = self.options.chosen(batches)
            for batch in regrouped(unknown(chosen) if self.options.resume else chosen):
                write(batch)
                outcome = replace(outcome, vectors=outcome.vectors + len(batch), known=skipped)
                self.options.progress(outcome)
        return replace(outcome, known=skipped)
