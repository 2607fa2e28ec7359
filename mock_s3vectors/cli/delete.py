"""`mock-s3vectors delete PLACE`: delete the vectors of an index by key, by metadata or by age."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mock_s3vectors.abridging import plural, show
from mock_s3vectors.cli.arguments import filter_of
from mock_s3vectors.cli.output import tell
from mock_s3vectors.cli.progress import ProgressLine, say
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import Location
from mock_s3vectors.transfer.files.opening import found_at
from mock_s3vectors.transfer.places import Access, open_place

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mock_s3vectors.cli.command_parser import CommandParser
    from mock_s3vectors.transfer.batches import Batch
    from mock_s3vectors.transfer.deletion.candidates import Deleted
    from mock_s3vectors.transfer.deletion.places import Deletion


_EXAMPLE = """'{"category": "old_docs"}'"""
_EXAMPLES = (
    "mock-s3vectors delete http://127.0.0.1:7380/films/plots --older-than created_at=30d --dry-run",
    f"mock-s3vectors delete films.db::films/plots --filter {_EXAMPLE} --backup old.jsonl",
)


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        "Deletes the vectors of an index that meet all conditions that are given. It says first "
        "how many they are, and shows a few. Real AWS is called only where the place begins with "
        "s3vectors://, and this is said before it starts. Ctrl+C leaves whole batches.",
        *_EXAMPLES,
    )
    parser.add_argument(
        "place",
        metavar="PLACE",
        help="state.db::films/plots, http://127.0.0.1:7380/films/plots or s3vectors://films/plots",
    )
    _add_conditions(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted (default: no)")
    parser.add_argument(
        "--backup",
        type=Path,
        metavar="FILE",
        help="a new data file (.jsonl, .npz or .parquet) that the vectors are copied to before; one that is "
        "changed after that is left alone (default: none)",
    )
    parser.add_argument("--yes", action="store_true", help="delete also on AWS (default: only say what)")
    parser.add_argument("--region", metavar="REGION", help="the Region of the index (default: any in a file)")
    parser.add_argument("--account", metavar="ID", help="the account of the index (default: any in a file)")
    parser.add_argument(
        "--profile", metavar="NAME", help="the profile of AWS's configuration to call with (default: none)"
    )
    parser.set_defaults(run=run)


def _add_conditions(parser: argparse.ArgumentParser) -> None:
    conditions = parser.add_argument_group("conditions, of which at least one must be given")
    conditions.add_argument(
        "--key",
        action="append",
        dest="keys",
        metavar="KEY",
        help="the key of a vector; may be given several times",
    )
    conditions.add_argument(
        "--filter",
        metavar="JSON",
        help=f"a filter in the grammar of S3 Vectors, such as {_EXAMPLE}. It is evaluated here, so it may "
        "also name metadata keys that are not filterable",
    )
    conditions.add_argument(
        "--older-than",
        action="append",
        metavar="KEY=AGE",
        help="the metadata key of a date, and the age that it must exceed, such as created_at=30d; may be "
        "given several times. Units are s, m (minutes), h, d and w. Dates are ISO 8601, in UTC unless they "
        "have a zone, or seconds (from 10**8 up to 10**11) or milliseconds (from there up to 10**14) since "
        "1970. A vector without such a date is left alone",
    )


def run(arguments: argparse.Namespace) -> None:
    """Delete the vectors of a place that meet the conditions, and say what is done.

    Raises:
        UsageError: there is no condition, the place or the backup cannot be used, or AWS needs `--yes`.
    """
    # They load numpy and boto3.
    from mock_s3vectors.transfer.deletion.places import deletion_from  # noqa: PLC0415 - see above
    from mock_s3vectors.transfer.selecting import selection  # noqa: PLC0415 - see above

    older_than = _ages(arguments.older_than or [])
    if arguments.keys is None and arguments.filter is None and not older_than:
        raise UsageError(
            "No condition is given, and without one all vectors would be deleted. Say which with --key, "
            "--filter or --older-than. To delete all, delete the index."
        )
    condition = None if arguments.filter is None else filter_of(arguments.filter)
    wanted = selection(keys=arguments.keys, filter=condition, older_than=older_than or None)
    access = Access(region=arguments.region, account=arguments.account, profile=arguments.profile, notice=say)
    place = open_place(arguments.place, access)
    if arguments.backup is not None:
        _check_backup(arguments.backup)
    with ProgressLine() as line:
        deletion = deletion_from(place, wanted, lambda read: line.show(read, None, "vectors read"))
        if not arguments.dry_run:
            deletion.check()
        deletion.find()
    found = deletion.candidates.so_far
    tell(*_matches(arguments.place, found, list(older_than)))
    if arguments.dry_run:
        tell("Nothing is deleted: this is a dry run.")
        return
    if place.address.kind == "aws" and found.matched and not arguments.yes:
        raise UsageError(f"{arguments.place} is on AWS, so nothing is deleted without --yes.")
    if found.matched and arguments.backup is not None:
        _back_up(deletion, arguments.backup)
    _delete(deletion)


def _ages(texts: Sequence[str]) -> dict[str, str]:
    ages: dict[str, str] = {}
    for text in texts:
        key, is_there, age = text.rpartition("=")
        if not is_there:
            raise UsageError(f"--older-than {text}: write a metadata key and an age, such as created_at=30d.")
        if key in ages:
            raise UsageError(f"--older-than names the metadata key {show(key)} twice.")
        ages[key] = age
    return ages


def _check_backup(path: Path) -> None:
    """Raise unless a new data file can be written.

    Raises:
        UsageError: it is there already, or would be no data file.
    """
    if open_place(str(path)).address.kind != "data file":
        raise UsageError(f"--backup {path}: a backup is a data file, .jsonl, .npz or .parquet.")
    if found_at(path) is not None:
        raise UsageError(f"--backup {path}: it exists already. Choose another name, and keep what it holds.")


def _matches(place: str, found: Deleted, dated: Sequence[str]) -> list[str]:
    """Return the lines of text about the vectors that match."""
    verb = "matches" if found.matched == 1 else "match"
    lines = [f"{place}: {plural(found.matched, 'vector')} {verb}{':' if found.sample else '.'}"]
    lines += [f"    {show(key)}  {show(metadata)}" for key, metadata in found.sample.items()]
    more = found.matched - len(found.sample)
    if more:
        lines.append(f"    and {more:,} more")
    if found.undated:
        names = " or ".join(map(show, dated))
        verb = "has" if found.undated == 1 else "have"
        lines.append(f"{plural(found.undated, 'vector')} {verb} no date under {names}: left alone.")
    return lines


def _back_up(deletion: Deletion, path: Path) -> None:
    """Copy the vectors that match to a file; if that fails, it is as if it had not begun.

    Raises:
        UsageError: the file cannot be written.
    """
    count, matched = 0, deletion.candidates.so_far.matched
    try:
        with ProgressLine() as line, open_place(str(path)).sink(Location()) as sink:

            def write(batch: Batch) -> None:
                nonlocal count
                sink.write(batch)
                count += len(batch)
                line.show(count, matched, "vectors copied")

            sink.prepare(deletion.source.settings())
            deletion.back_up(write)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    tell(f"{plural(count, 'vector')} copied to {path}.")


def _delete(deletion: Deletion) -> None:
    """Delete the vectors that match still, and say how many, also after an interruption."""
    try:
        with ProgressLine() as line:
            deletion.delete(
                lambda done: line.show(done.deleted + done.changed, done.matched, "vectors deleted")
            )
    except BaseException:
        deleted = deletion.candidates.so_far.deleted
        tell(f"{plural(deleted, 'vector')} deleted before this stopped. The same command deletes the rest.")
        raise
    done = deletion.candidates.so_far
    if done.changed:
        verb = "was" if done.changed == 1 else "were"
        tell(f"{plural(done.changed, 'vector')} {verb} changed meanwhile: left alone.")
    tell(f"{plural(done.deleted, 'vector')} deleted.")
