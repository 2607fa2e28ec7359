"""The options of the mock: one frozen Config."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, fields
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args

from mock_s3vectors import choices, limits
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

SearchEngine = Literal["flat", "hnsw", "quantized"]
IndexMode = Literal["CLASSIC", "ENHANCED"]
Authorization = Literal["off", "report", "enforce"]


@dataclass(frozen=True, kw_only=True)
class Config:
    """The options of a mock.

    Attributes:
        account_id: the account of callers whose access key id is not itself an account id; 12 digits.
        search_engine: `"flat"` searches exactly, `"hnsw"` approximately. `"quantized"` searches ENHANCED
            indexes as AWS answers from them, by vectors of eight bits for each number: a vector is not quite
            at distance 0 from itself. CLASSIC indexes stay exact.
        hnsw_m: neighbours per vector in the HNSW graph (M).
        hnsw_ef_construction: candidates looked at while the graph is built.
        hnsw_ef_search: candidates looked at by a query.
        default_index_mode: the kind of new vector buckets. `"CLASSIC"`: like those from before 2026-09-30,
            whose indexes are CLASSIC by default; `"ENHANCED"`: like those since. By default the clock
            decides.
        text_build_seconds: how long a text search configuration that UpdateMetadataConfiguration adds
            stays BUILDING, by the clock.
        max_vector_buckets: quota of vector buckets per account and Region.
        max_indexes_per_vector_bucket: quota of indexes per vector bucket.
        max_vectors_per_index: quota of vectors per index.
        calls_kept: how many calls `mock.calls` remembers, the newest.
        skip_retry_delays: whether clients of botocore and aiobotocore retry at once. Calls note the pause
            that was skipped.
        fast_client: whether s3vectors clients of botocore and aiobotocore write requests and read responses
            without a look at each float, several times as fast. Requests are equal as JSON.
        advice: whether to warn of calls that succeed, but are wrong or expensive on AWS: see
            `S3VectorsAdvice`.
        empty_pages: a stress: a page of a list may be empty and have a token all the same, as seen on AWS.
        conflict_as_500: a stress: a call that loses a race to create a bucket or an index gets
            InternalServerException, as seen on AWS, instead of ConflictException.
        index_delay: a stress: how many seconds pass before a new index is found, by the clock.
        recall: a stress: the share of vectors that a search by vector does not miss. A filter that 5 to 500
            vectors match leaves a smaller one, as measured on AWS; what remains may be less than topK.
        seed: another one makes `recall` miss other vectors.
        authorization: which calls policies decide about. `"enforce"`: all, so that the policy of a bucket
            also denies the root of its account. `"report"`: all, but nothing is denied, and calls have the
            decision. `"off"`: none. By default those of identities that are made with `mock.iam`, and those
            across accounts; other callers act as the root of their account.
        verify_signatures: whether a request whose signature is wrong, or too old by the clock, is refused.
        state: a file that `mock.save` wrote, with whose vector buckets, identities and keys the mock begins.
            The file itself is not changed. By default a mock begins with nothing, or with what the mock
            around it has.

    Raises:
        UsageError: an option does not exist, or has an invalid value.

    Example:
        >>> with mock_s3vectors(config=Config(account_id="111122223333", calls_kept=5)) as mock:
        ...     mock.config.calls_kept
        5
    """

    account_id: str = "123456789012"
    search_engine: SearchEngine = "flat"
    hnsw_m: int = 32
    hnsw_ef_construction: int = 200
    hnsw_ef_search: int = 100
    default_index_mode: IndexMode | None = None
    text_build_seconds: float = choices.BUILD_SECONDS
    max_vector_buckets: int = limits.VECTOR_BUCKETS
    max_indexes_per_vector_bucket: int = limits.INDEXES_PER_VECTOR_BUCKET
    max_vectors_per_index: int = limits.VECTORS_PER_INDEX
    calls_kept: int = 1_000
    skip_retry_delays: bool = False
    fast_client: bool = True
    advice: bool = False
    empty_pages: bool = False
    conflict_as_500: bool = False
    index_delay: float = 0.0
    recall: float = 1.0
    seed: int = 0
    authorization: Authorization | None = None
    verify_signatures: bool = False
    state: str | os.PathLike[str] | None = None

    if not TYPE_CHECKING:

        def __new__(cls, *values: object, **options: object) -> Self:
            """Refuse unknown options, and values without a name; a dataclass by itself raises a TypeError."""
            if values:
                raise UsageError(
                    "The options of Config have names, as in "
                    f'Config(account_id="111122223333"): {values!r} has none.'
                )
            check_option_names(options)
            return super().__new__(cls)

    def __post_init__(self) -> None:
        check_account_id(self.account_id)
        for name, allowed in _ALTERNATIVES.items():
            value = getattr(self, name)
            if not isinstance(value, (str, type(None))) or value not in allowed:
                raise UsageError(f"{name}={value!r}: choose one of {', '.join(map(str, allowed))}")
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise UsageError(f"{name}={value!r}: must be a whole number from {least} to {most}, an int")
        for name, (is_allowed, described) in _NUMBERS.items():
            value = getattr(self, name)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not is_number or not is_allowed(value):
                raise UsageError(f"{name}={value!r}: must be a number {described}, an int or a float")
        for name in _SWITCHES:
            value = getattr(self, name)
            if not isinstance(value, bool):
                raise UsageError(f"{name}={value!r}: must be True or False")
        if self.state is not None:
            check_path("state", self.state)


_ALTERNATIVES: dict[str, tuple[str | None, ...]] = {
    "search_engine": get_args(SearchEngine),
    "default_index_mode": (*get_args(IndexMode), None),
    "authorization": (*get_args(Authorization), None),
}

_RANGES = {
    # More than any graph benefits from, and well within what faiss can hold.
    "hnsw_m": (2, 512),
    "hnsw_ef_construction": (1, 100_000),
    "hnsw_ef_search": (1, 100_000),
    # Quotas can be lowered, not raised.
    "max_vector_buckets": (0, limits.VECTOR_BUCKETS),
    "max_indexes_per_vector_bucket": (0, limits.INDEXES_PER_VECTOR_BUCKET),
    "max_vectors_per_index": (0, limits.VECTORS_PER_INDEX),
    "calls_kept": (0, 1_000_000),
    "seed": (0, 2**32 - 1),
}

_SECONDS = (lambda value: 0 <= value <= sys.float_info.max, "of seconds, 0 or more")

# Whether a number is allowed, and which ones are.
_NUMBERS: dict[str, tuple[Callable[[float], bool], str]] = {
    "text_build_seconds": _SECONDS,
    "index_delay": _SECONDS,
    "recall": (lambda value: 0 < value <= 1, "greater than 0 and at most 1"),
}

_SWITCHES = (
    "skip_retry_delays",
    "fast_client",
    "advice",
    "empty_pages",
    "conflict_as_500",
    "verify_signatures",
)


class Options(TypedDict, total=False):
    """Config's fields as keyword arguments, all of them optional."""

    account_id: str
    search_engine: SearchEngine
    hnsw_m: int
    hnsw_ef_construction: int
    hnsw_ef_search: int
    default_index_mode: IndexMode | None
    text_build_seconds: float
    max_vector_buckets: int
    max_indexes_per_vector_bucket: int
    max_vectors_per_index: int
    calls_kept: int
    skip_retry_delays: bool
    fast_client: bool
    advice: bool
    empty_pages: bool
    conflict_as_500: bool
    index_delay: float
    recall: float
    seed: int
    authorization: Authorization | None
    verify_signatures: bool
    state: str | os.PathLike[str] | None


def check_account_id(account_id: str) -> str:
    """Return the account id, if it is valid.

    Raises:
        UsageError: it is not a string of 12 digits.
    """
    if not isinstance(account_id, str) or not re.fullmatch("[0-9]{12}", account_id):
        raise UsageError(f"{account_id!r} is not an account id: give 12 digits as a string, '123456789012'")
    return account_id


def check_path(name: str, path: object) -> None:
    """Raise unless a value is a path.

    Raises:
        UsageError: it is neither a str, which is not empty, nor a path object.
    """
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else b""
    if not isinstance(text, str) or not text or "\0" in text:
        raise UsageError(f"{name}={path!r}: must be the path of a file, a str or a pathlib.Path")


def check_option_names(names: Iterable[str], of: str = "mock_s3vectors", also: Iterable[str] = ()) -> None:
    """Raise unless all names are options.

    Args:
        names: the given names.
        of: the function that got them.
        also: the names of its other parameters.

    Raises:
        UsageError: there is no such option.
    """
    known = [*also, *(field.name for field in fields(Config))]
    for name in names:
        if name not in known:
            raise UsageError(f"{of} has no option {name!r}.{near(name, known)} Options: {', '.join(known)}")


def read_options(words: Iterable[str], of: str) -> dict[str, Any]:
    """Return the options that words such as `search_engine=hnsw` give, by the types that Config has.

    Args:
        words: one for each option. Switches are `true` or `false`; `None` is an option that has no value.
        of: the setting that they are from, for the text of an error.

    Raises:
        UsageError: a word has another form, an option does not exist or is given twice, or its value is
            invalid.
    """
    options: dict[str, Any] = {}
    for word in words:
        name, is_given, text = word.partition("=")
        if not is_given:
            raise UsageError(
                f"{of}: {word!r} is not an option with its value: write name=value, with white space between "
                "options and none inside, as in search_engine=hnsw account_id=111122223333"
            )
        check_option_names([name], of)
        if name in options:
            raise UsageError(f"{of}: {name} is given twice: leave one of them out")
        options[name] = _value_of(text, getattr(Config, name))
    try:
        Config(**options)
    except UsageError as error:
        raise UsageError(f"{of}: {error}") from None
    return options


def _value_of(text: str, default: object) -> object:
    """Return the value that a text denotes for an option with this default; else the text itself."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(default, (int, float)):
        try:
            return type(default)(text)
        except ValueError:
            return text
    return None if default is None and text == "None" else text


def option_values(name: str) -> str:
    """Return the values of an option, for the command line: `{flat,hnsw}`, `2-512`, else `VALUE`."""
    if name in _ALTERNATIVES:
        return f"{{{','.join(filter(None, _ALTERNATIVES[name]))}}}"
    return "-".join(map(str, _RANGES[name])) if name in _RANGES else "VALUE"


def option_descriptions() -> dict[str, str]:
    """Return the description of each option in the docstring of Config; none under `python -OO`."""
    _, _, attributes = cleandoc(Config.__doc__ or "").partition("Attributes:\n    ")
    entries = re.split(r"\n {4}(?=\w)", attributes.partition("\n\n")[0])
    return {
        name: " ".join(text.split()).rstrip(".")
        for name, _, text in (entry.partition(": ") for entry in entries)
    }
