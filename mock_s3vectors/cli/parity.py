"""`mock-s3vectors parity`: asks a service for the facts that the mock is built on, and writes a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import plural
from mock_s3vectors.cli.output import tell
from mock_s3vectors.cli.progress import ProgressLine, say
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    import argparse

    from mock_s3vectors.cli.command_parser import CommandParser
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.target import Target

_DIFFERS, _MISUSED, _LEFT, _UNWRITTEN = 1, 2, 3, 4
_SIGNALLED = 128
_DESCRIPTION = (
    "Asks Amazon S3 Vectors, or a server that speaks its protocol, whether the facts hold that this mock is "
    "built on. The report is a JSON file, and a page in Markdown beside it; it does not tell who has asked. "
    "A difference is no fault of yours: it shows where the mock, or the server, is not like AWS. The project "
    'is glad of the report, attached to an issue "AWS answers differently". AWS charges for requests, so an '
    "upper bound is shown before, and you confirm it. All that is made has a name of its own, and is deleted "
    "in the end, also after Ctrl+C. Exit status: 0 if all facts that were asked hold, 1 if some differ, 2 if "
    "nothing could be asked, 3 if something could not be deleted, 4 if the report could not be written."
)


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        _DESCRIPTION,
        "mock-s3vectors parity --report report.json --region us-east-1",
        "mock-s3vectors parity --report report.json --endpoint-url http://127.0.0.1:7380",
        "mock-s3vectors parity --only 'put-*' --only filters --yes",
        "mock-s3vectors parity --clean-up parity-1a2b3c4d --region us-east-1",
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="the JSON file to write; the page is beside it, and ends in .md (default: none)",
    )
    parser.add_argument(
        "--region",
        metavar="REGION",
        help="the Region to ask (default: that of the profile or the environment)",
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="the profile of AWS's configuration to call with (default: the credentials of the environment)",
    )
    parser.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="a server to ask; one on this machine needs no confirmation (default: AWS)",
    )
    parser.add_argument("--yes", action="store_true", help="ask without a confirmation (default: no)")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PATTERN",
        help="facts with this id or topic, or about this choice, where * stands for anything; may be given "
        "several times (default: all)",
    )
    parser.add_argument("--list", action="store_true", help="show the facts and the choices, and ask nothing")
    parser.add_argument(
        "--clean-up",
        metavar="PREFIX",
        help="only delete what a run has left; it has said its prefix, such as parity-1a2b3c4d",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, list or clean up; return the exit status."""
    try:
        return _run(arguments)
    except UsageError as error:
        say(f"mock-s3vectors parity: {error}")
        return _MISUSED


def _run(arguments: argparse.Namespace) -> int:
    # These load botocore and boto3.
    from mock_s3vectors.parity.facts import FACTS  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.files import check_report  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.session import selected  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.target import target_of  # noqa: PLC0415 - see above

    facts = selected(FACTS, arguments.only)
    if arguments.list:
        return _list(facts, all_are_meant=not arguments.only)
    if arguments.report is not None:
        check_report(arguments.report)
    target = target_of(endpoint=arguments.endpoint_url, region=arguments.region, profile=arguments.profile)
    if arguments.clean_up is not None:
        return _clean_up(target, arguments)
    return _ask(target, facts, arguments)


def _list(facts: list[Fact], *, all_are_meant: bool) -> int:
    """Write the facts and, if all are meant, the choices of which no client can ask."""
    from mock_s3vectors.choices.registry import CHOICES  # noqa: PLC0415 - see above

    for topic in dict.fromkeys(fact.topic for fact in facts):
        tell(f"{topic}:")
        for fact in facts:
            if fact.topic == topic:
                about = f" Choices: {', '.join(fact.choices)}." if fact.choices else ""
                tell(f"    {fact.id} ({fact.source}): {fact.sentence}{about}")
    unasked = [choice for choice in CHOICES if choice.unasked]
    if unasked and all_are_meant:
        tell("Choices that no fact is about:", *(f"    {choice.id}: {choice.unasked}" for choice in unasked))
    return 0


def _clean_up(target: Target, arguments: argparse.Namespace) -> int:
    from mock_s3vectors.parity.session import clean_up, prefix_of  # noqa: PLC0415 - see above

    prefix = prefix_of(arguments.clean_up)
    say(target.title())
    removed, left = clean_up(target, prefix)
    tell(f"{plural(removed, 'vector bucket')} deleted.")
    for sentence in left:
        say(sentence)
    return _LEFT if left else 0


def _ask(target: Target, facts: list[Fact], arguments: argparse.Namespace) -> int:
    """Ask facts, and write the report.

    Raises:
        UsageError: it is not confirmed, or the service refuses the first requests.
    """
    from mock_s3vectors.parity.counting import count  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.interrupts import Interrupts  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.report import Environment, report_of  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.running import Run, new_prefix  # noqa: PLC0415 - see above
    from mock_s3vectors.parity.session import (  # noqa: PLC0415 - see above
        announcement,
        ask_all,
        check_confirmed,
        how_to_clean_up,
    )

    bounds, prefix, lost = count(facts), new_prefix(), []
    for line in announcement(target, prefix, bounds):
        say(line)
    check_confirmed(target, yes=arguments.yes, ask=_question)

    def on_left(sentences: list[str]) -> None:
        lost.extend(sentences)
        for sentence in (
            *sentences,
            "To try again:",
            f"    {how_to_clean_up(target, prefix, arguments.profile)}",
        ):
            say(sentence)

    with Interrupts(say) as interrupts:
        asked = Run(target, prefix, bounds)
        try:
            with ProgressLine() as progress:
                outcomes = ask_all(
                    asked, facts, interrupts, lambda done: progress.show(done, len(facts), "facts"), on_left
                )
        except UsageError as error:
            if not lost:
                raise
            say(f"mock-s3vectors parity: {error}")
            return _LEFT
        report = report_of(outcomes, Environment.now(target))
        _tell(report)
        is_written = arguments.report is None or _write(report, arguments.report)
    if lost:
        return _LEFT
    if not is_written:
        return _UNWRITTEN
    return _SIGNALLED + interrupts.number if interrupts.number else _status(report)


def _question(text: str) -> str:
    say(text.rstrip())
    return input()


def _tell(report: dict[str, Any]) -> None:
    """Write the result in a few lines."""
    from mock_s3vectors.parity.page import counted  # noqa: PLC0415 - it is of use here only

    for noun, counts in report["counts"].items():
        tell(f"{noun.capitalize()}: {counted(counts)}.")
    for fact in report["facts"]:
        if fact["result"] == "differs":
            tell(f"    {fact['id']}: {fact['sentence']}")
    for choice in report["choices"]:
        if choice["result"] == "refuted":
            tell(f"    The choice {choice['id']} is refuted; it is made in {choice['change']}")


def _write(report: dict[str, Any], path: Path) -> bool:
    """Write the report and its page, or show it if they cannot be written; return whether they were."""
    from mock_s3vectors.parity.files import text_of, write_report  # noqa: PLC0415 - it is of use here only

    try:
        write_report(report, path)
    except UsageError as error:
        say(f"mock-s3vectors parity: {error} The report is on standard output.")
        tell(text_of(report).rstrip())
        return False
    tell(f"The report is in {path}, and as a page in {path.with_suffix('.md')}.")
    if report["counts"]["facts"]["differs"]:
        tell(
            'Differences are of use to the project: attach the report to an issue "AWS answers differently".'
        )
    return True


def _status(report: dict[str, Any]) -> int:
    """Return the exit status by the results alone."""
    counts = report["counts"]["facts"]
    if counts["differs"]:
        return _DIFFERS
    if counts["holds"]:
        return 0
    say(f"mock-s3vectors parity: No fact could be asked: {report['facts'][0]['reason']}")
    return _MISUSED
