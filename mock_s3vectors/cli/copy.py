"""`mock-s3vectors copy SOURCE TARGET`: vectors from a file, a server or AWS to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import plural
from mock_s3vectors.cli.arguments import count_of, filter_of
from mock_s3vectors.cli.output import tell
from mock_s3vectors.cli.progress import ProgressLine, say
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.places import Access, open_place, parse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from mock_s3vectors.cli.command_parser import CommandParser
    from mock_s3vectors.transfer.copying import Copied
    from mock_s3vectors.transfer.places import Place

_DESCRIPTION = (
    "Copies vectors with their metadata: one index, or all of a vector bucket, a state file or a server. An "
    "index that is missing is made, with the dimension, distance metric, non-filterable keys and text search "
    "of the source; mode, encryption, tags and policies do not travel. Vectors with the same keys are "
    "overwritten. Real AWS is read or written only where a place begins with s3vectors://, and this is said "
    "before it starts. Ctrl+C leaves whole batches."
)
_PLACES = (
    "films.jsonl, films.npz, films.parquet, state.db, state.db::films, state.db::films/plots, "
    "http://127.0.0.1:7380/films/plots or s3vectors://films/plots"
)
# Options that say more about a place: value, meaning and default of each.
_ACCESS = {
    "region": (
        "REGION",
        "the Region of the indexes",
        "all in a file; that of the profile or the environment elsewhere",
    ),
    "account": ("ID", "the account of the indexes", "all in a file; that of the credentials elsewhere"),
    "profile": (
        "NAME",
        "the profile of AWS's configuration to call with",
        "the credentials of the environment",
    ),
}
# A clock may tell no shorter time.
_INSTANT = 0.001
_METRICS = ("cosine", "euclidean")
_EXAMPLES = (
    "mock-s3vectors copy films.jsonl http://127.0.0.1:7380/films/plots --distance-metric cosine",
    "mock-s3vectors copy s3vectors://films/plots films.db --region us-east-1 --limit 1000",
    "mock-s3vectors copy films.db::films/plots --tsv projector",
)


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        _DESCRIPTION,
        *_EXAMPLES,
    )
    parser.add_argument("source", metavar="SOURCE", help=f"where the vectors are: {_PLACES}")
    parser.add_argument(
        "target",
        metavar="TARGET",
        nargs="?",
        help="where to write them; names that it lacks are those of the source (default: none, if --tsv is "
        "given)",
    )
    _add_options_of_copy(parser)
    _add_options_of_places(parser)
    parser.set_defaults(run=run)


def _add_options_of_copy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be copied, and change nothing (default: no)"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="leave out vectors whose keys are there already, as after an interruption (default: no)",
    )
    parser.add_argument(
        "--filter",
        metavar="JSON",
        help="copy vectors whose metadata matches, in the grammar of QueryVectors: "
        """'{"year": {"$gte": 1980}}'; non-filterable keys may be named as well (default: all vectors)""",
    )
    parser.add_argument(
        "--limit", type=count_of, metavar="N", help="at most so many vectors of each index (default: all)"
    )
    parser.add_argument(
        "--distance-metric",
        choices=_METRICS,
        help="that of a new index (default: that of the source; cosine if it has none)",
    )
    parser.add_argument(
        "--non-filterable",
        action="append",
        metavar="KEY",
        help="a metadata key of a new index that filters must not name; may be given several times "
        "(default: those of the source)",
    )
    parser.add_argument(
        "--tsv",
        type=Path,
        metavar="DIR",
        help="write vectors.tsv and metadata.tsv for the Embedding Projector into this folder; instead of "
        "TARGET, or after it (default: none)",
    )
    parser.add_argument(
        "--yes", action="store_true", help="write to AWS, which costs money (default: only say what)"
    )


def _add_options_of_places(parser: argparse.ArgumentParser) -> None:
    for name, (metavar, text, default) in _ACCESS.items():
        parser.add_argument(
            f"--{name}",
            metavar=metavar,
            help=f"{text}: on AWS if a place is there, else in both places (default: {default})",
        )
        parser.add_argument(
            f"--target-{name}", metavar=metavar, help=f"{text} in TARGET (default: that of --{name})"
        )


def run(arguments: argparse.Namespace) -> None:
    """Copy, and write the outcome to standard output.

    Raises:
        UsageError: nothing, or not all, could be copied.
        KeyboardInterrupt: somebody has interrupted the copy; what to do was said.
    """
    source, *targets = _places(arguments)
    if arguments.tsv is not None:
        from mock_s3vectors.transfer.files.projector import ProjectorFolder  # noqa: PLC0415 - for few commands

        targets.append(ProjectorFolder(arguments.tsv))
    if not targets:
        raise UsageError("There is nowhere to copy to: name a TARGET, or a folder with --tsv.")
    options = {
        "filter": None if arguments.filter is None else filter_of(arguments.filter),
        "limit": arguments.limit,
        "distance_metric": arguments.distance_metric,
        "non_filterable": arguments.non_filterable,
        "resume": arguments.resume,
        "dry_run": arguments.dry_run,
        "confirmed": arguments.yes,
    }
    for target in targets:
        _copy(source, target, options)


def _places(arguments: argparse.Namespace) -> Iterator[Place]:
    """Yield the places that the texts name. If one of them is on AWS, the options are about that one."""
    addresses = [parse(text) for text in (arguments.source, arguments.target) if text is not None]
    is_of_aws = any(address.kind == "aws" for address in addresses)
    for number, address in enumerate(addresses):
        access = {}
        for name in _ACCESS:
            given = getattr(arguments, name) if address.kind == "aws" or not is_of_aws else None
            access[name] = (getattr(arguments, f"target_{name}") if number else None) or given
        yield open_place(address.text, Access(**access, notice=say))


def _copy(source: Place, target: Place, options: dict[str, Any]) -> None:
    """Copy to one place, and write the outcome."""
    so_far: dict[str, Copied] = {}
    with ProgressLine() as line:

        def show(outcome: Copied) -> None:
            so_far[outcome.target] = outcome
            line.show(outcome.vectors + outcome.known, outcome.total, "vectors")

        from mock_s3vectors.transfer.copying import copy  # noqa: PLC0415 - it loads numpy

        try:
            done = copy(source, target, **options, progress=show)
        except (KeyboardInterrupt, UsageError):
            line.clear()
            if not options["dry_run"]:
                _say_what_is_left(target, sum(outcome.vectors for outcome in so_far.values()))
            raise
    tell(*map(_sentence, done))
    if not options["dry_run"]:
        copied, seconds = sum(outcome.vectors for outcome in done), max(line.seconds, _INSTANT)
        say(f"{plural(copied, 'vector')} in {seconds:,.1f} s, {copied / seconds:,.0f}/s.")


def _say_what_is_left(target: Place, copied: int) -> None:
    """Say how much an interrupted copy may have written: the outcome of some requests is not known."""
    if copied and target.is_gradual:
        say(
            f"Up to {plural(copied, 'vector')} were copied, in whole batches. The same command with --resume "
            "goes on."
        )
    elif copied:
        say(f"{target.address.text} is written as a whole, so nothing was written.")


def _sentence(outcome: Copied) -> str:
    vectors, known = plural(outcome.vectors, "vector"), ""
    if outcome.known:
        known = f" {plural(outcome.known, 'vector')} {'is' if outcome.known == 1 else 'are'} there already."
    if outcome.is_new is None:
        return f"Copied {vectors} from {outcome.source} to {outcome.target}.{known}"
    which = "would be made" if outcome.is_new else "exists"
    return f"Would copy {vectors} from {outcome.source} to {outcome.target}, which {which}.{known}"
