"""Rules in words, for people who see them on the server's page and do not write Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import plural, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_s3vectors.workbench.matching import Matcher
    from mock_s3vectors.workbench.occasions import Occasions
    from mock_s3vectors.workbench.verbs import Verb

# More operations are counted, not named.
_MOST_NAMES = 4


def words_of(matcher: Matcher, verb: Verb, occasions: Occasions) -> str:
    """Return what a rule does, as a sentence without its full stop."""
    return ", ".join([f"{_calls(matcher)} {_DONE[verb.name](verb.document())}", *_when(occasions)])


def _calls(matcher: Matcher) -> str:
    """Return the calls that a rule is about."""
    names = matcher.operations
    if len(names) > _MOST_NAMES:
        of = f"Every call of {len(names)} operations"
    else:
        of = " or ".join(names) or "Every call"
    return " ".join([of, *_conditions(matcher)])


def _conditions(matcher: Matcher) -> Iterator[str]:
    for name, value in matcher.members.items():
        yield f"without {name}" if value is None else f"with {name} {show(value)}"
    if matcher.region is not None:
        yield f"in {matcher.region}"
    if matcher.account is not None:
        yield f"by account {matcher.account}"
    if matcher.when is not None:
        yield f"that {show(matcher.when)} chooses"


def _fail(verb: Mapping[str, Any]) -> str:
    kind = "status " if verb["code"].isdecimal() else ""
    said = "" if verb["message"] is None else f" and the text {show(verb['message'])}"
    return f"fails with {kind}{verb['code']}{said}"


def _delay(seconds: Any) -> str:
    if isinstance(seconds, str):
        return f"is answered later, by the seconds of {seconds}"
    least, most = seconds if isinstance(seconds, (list, tuple)) else (seconds, seconds)
    return f"is answered {least:g} s later" if least == most else f"is answered {least:g} to {most:g} s later"


def _limit(verb: Mapping[str, Any]) -> str:
    most = (
        f"{verb[name]:,} {name if verb[name] != 1 else name[:-1]}"
        for name in ("requests", "vectors")
        if verb[name] is not None
    )
    return f"fails beyond {' or '.join(most)} to an index in {verb['per']:g} s"


# By the kinds of disconnects.
LOST = {
    "reset": "the connection is reset",
    "timeout": "no answer comes in time",
    "empty": "the connection is closed without an answer",
    "truncated": "the connection is closed in the middle of the answer",
    "malformed": "the answer is not HTTP",
}


def _disconnect(verb: Mapping[str, Any]) -> str:
    applied = "is carried out, and loses its answer" if verb["applied"] else "is lost"
    return f"{applied}: {LOST[verb['kind']]}"


def _answer(result: Any) -> str:
    return f"is not carried out, and gets the answer {show(result)}"


_DONE: dict[str, Callable[[Any], str]] = {
    "fail": _fail,
    "delay": _delay,
    "limit": _limit,
    "disconnect": _disconnect,
    "answer": _answer,
}


def _when(occasions: Occasions) -> Iterator[str]:
    """Yield the occasions that are not the usual ones."""
    if occasions.times is not None:
        yield "once" if occasions.times == 1 else f"at most {plural(occasions.times, 'time')}"
    if occasions.after:
        yield f"after {plural(occasions.after, 'call')}"
    if occasions.probability < 1:
        yield f"with a probability of {occasions.probability:.3g}"
