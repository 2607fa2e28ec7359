"""Places: texts that say where vectors are, in a data file, a state file, on a server or on AWS.

A text is parsed completely before anything is opened:

    films.jsonl, films.npz, films.parquet       a data file, which holds one index
    state.db, state.db::films,                  all indexes of a state file, those of a vector bucket,
    state.db::films/plots                       or one of them
    http://127.0.0.1:7380/films/plots           an index of a running server; also /films, or nothing
    s3vectors://films/plots                     an index on AWS; also s3vectors://films
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

from mock_s3vectors.arns import is_account_id, is_index_name, is_region, is_vector_bucket_name
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.transfer.batches import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_s3vectors.transfer.batches import Sink, Source

Kind = Literal["data file", "state file", "server", "aws"]

DATA_SUFFIXES = (".jsonl", ".npz", ".parquet")
STATE_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_AWS = "s3vectors"
_SERVERS = ("http", "https")
# A single letter is a drive of Windows.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_SEPARATOR = "::"
_SQLITE = b"SQLite format 3\0"
_EXAMPLES = (
    "A place is a data file (films.jsonl, films.npz, films.parquet), a state file (state.db, "
    "state.db::films, state.db::films/plots), a server (http://127.0.0.1:7380/films/plots), or AWS (s3vectors://films/plots)."
)


@dataclass(frozen=True, kw_only=True)
class Access:
    """The options of a command that say more about a place. A data file ignores them.

    Attributes:
        region: the Region of the indexes; None for the only one, or that of the profile.
        account: the account of the indexes; None for the only one of a file, or that of the credentials.
        profile: the profile of AWS's configuration that calls of AWS, or of a server, are signed with.
        notice: called with a sentence before anything on AWS is read or written.

    Raises:
        UsageError: there can be no such Region, or no such account.
    """

    region: str | None = None
    account: str | None = None
    profile: str | None = None
    notice: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        if self.region is not None:
            check_region(self.region)
        if self.account is not None and not is_account_id(self.account):
            raise UsageError(f"{self.account!r} is no account, which has 12 digits, as 123456789012.")


def check_region(region: str) -> str:
    """Return a Region.

    Raises:
        UsageError: no ARN could have it.
    """
    if not is_region(region):
        raise UsageError(f"{region!r} is no Region: write one as us-east-1.")
    return region


@dataclass(frozen=True, kw_only=True)
class Address:
    """A text that names a place, in parts.

    Attributes:
        text: as it was given.
        kind: which kind of place.
        path: the file; None for the others.
        endpoint: the URL of the server, without a path; None for the others.
        location: the bucket and the index; those without are all that there are.
    """

    text: str
    kind: Kind
    path: Path | None = None
    endpoint: str | None = None
    location: Location = field(default_factory=Location)


class Place(Protocol):
    """Some indexes that can be read and written."""

    @property
    def address(self) -> Address:
        """The text that names it, in parts."""

    @property
    def is_gradual(self) -> bool:
        """Whether it takes batches one by one, so that an interruption leaves those that it has."""

    def buckets(self) -> list[Location]:
        """Return where the vector buckets are, also those without indexes; a data file has none."""

    def sources(self) -> Iterator[Source]:
        """Yield each index that the place names, in the order of names.

        Raises:
            UsageError: there is none, or the place cannot be read; the text says what there is.
        """

    def destination(self, location: Location) -> Location:
        """Return where an index is that is written to a location, as far as it is known.

        Raises:
            UsageError: the place cannot be asked.
        """

    def named(self, location: Location) -> str:
        """Return the name of an index of the place, for people."""

    def sink(self, location: Location, *, resume: bool = False) -> Sink:
        """Return the index of this bucket and name to write to; a data file holds any one.

        Args:
            location: its bucket and its name.
            resume: whether to go on with an interrupted copy, whose vectors may be there.

        Raises:
            UsageError: the place cannot be written.
        """


def open_place(text: str, access: Access | None = None) -> Place:
    """Return the place that a text names. What does not exist is refused when it is read.

    Raises:
        UsageError: the text names no place; it says what a place is, and what may have been meant.
    """
    address = parse(text)
    return _OPENERS[address.kind](address, access or Access())


def target_of(target: Address, source: Location) -> Location:
    """Return the bucket and the index to write to: those that a place names, else those of the vectors.

    Args:
        target: the place to write to.
        source: where the vectors are from; a data file has no names.

    Raises:
        UsageError: neither of them names a bucket, or an index.
    """
    if target.kind == "data file":
        return source
    bucket, index = target.location.bucket or source.bucket, target.location.index or source.index
    if bucket is None or index is None:
        name = "BUCKET/INDEX" if bucket is None else "INDEX"
        slash = _SEPARATOR if target.kind == "state file" and bucket is None else "/"
        raise UsageError(
            f"{target.text!r} names no index, and neither does the file that the vectors are from: write "
            f"{target.text.rstrip('/')}{slash}{name}."
        )
    return Location(bucket, index, source.account, source.region)


def parse(text: str) -> Address:
    """Return the parts of a text that names a place.

    Raises:
        UsageError: it names none.
    """
    if not text.strip():
        raise UsageError(f"The place is empty. {_EXAMPLES}")
    match = _SCHEME.fullmatch(text)
    if match:
        return _parse_url(text, match[1].lower(), match[2])
    path, separator, names = text.rpartition(_SEPARATOR)
    if separator:
        return _parse_state(text, path, names)
    return _parse_file(text)


def _parse_url(text: str, scheme: str, rest: str) -> Address:
    if scheme == _AWS:
        location = _location(text, rest)
        if location.bucket is None:
            raise UsageError(
                f"{text!r} names no vector bucket: write s3vectors://BUCKET, or /INDEX after it."
            )
        return Address(text=text, kind="aws", location=location)
    if scheme not in _SERVERS:
        # S3 itself holds no vectors.
        hint = " Did you mean 's3vectors'?" if scheme == "s3" else near(scheme, [_AWS, *_SERVERS])
        raise UsageError(f"{text!r}: there are no places with {scheme}://.{hint} {_EXAMPLES}")
    try:
        parts = urlsplit(text)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:  # no possible port or IPv6 address
        is_address = False
    if not is_address:
        raise UsageError(f"{text!r} names no server: write a host and a port, as in http://127.0.0.1:7380.")
    if parts.query or parts.fragment or "?" in text or "#" in text or "@" in parts.netloc:
        raise UsageError(
            f"{text!r} has more than a server, a bucket and an index: write it as in "
            "http://127.0.0.1:7380/films/plots."
        )
    endpoint = f"{scheme}://{parts.netloc}"
    return Address(text=text, kind="server", endpoint=endpoint, location=_location(text, parts.path[1:]))


def _parse_state(text: str, path: str, names: str) -> Address:
    if not path:
        raise UsageError(f"{text!r} has no file before the {_SEPARATOR}. {_EXAMPLES}")
    if PurePath(path).suffix.lower() in DATA_SUFFIXES:
        raise UsageError(
            f"{text!r}: {path} is a data file, which holds one index without a name. "
            f"Leave {_SEPARATOR}{names} out."
        )
    return Address(text=text, kind="state file", path=Path(path), location=_location(text, names))


def _parse_file(text: str) -> Address:
    path = Path(text)
    suffix = path.suffix.lower()
    if suffix in DATA_SUFFIXES:
        return Address(text=text, kind="data file", path=path)
    if suffix in STATE_SUFFIXES or _is_database(path):
        return Address(text=text, kind="state file", path=path)
    known = (*DATA_SUFFIXES, *STATE_SUFFIXES)
    what = f"{path.suffix} is no kind of file that is known here" if suffix else "it has no extension"
    hint = _OTHER_NAMES.get(suffix) or near(suffix, known)
    raise UsageError(f"{text!r}: {what}.{hint} {_EXAMPLES}")


# What files with other extensions most likely are.
_OTHER_NAMES: Mapping[str, str] = {
    ".json": " A JSON document cannot be read line by line: write one object a line, in a .jsonl file.",
    ".ndjson": " Did you mean '.jsonl'? The format is the same: rename the file.",
    ".npy": " Did you mean '.npz'? numpy.savez(file, keys=..., vectors=..., metadata=...) writes one.",
    ".csv": " Write one JSON object a line, in a .jsonl file.",
    ".tsv": " Write one JSON object a line, in a .jsonl file.",
    ".gz": " Uncompress it first.",
    ".pq": " Did you mean '.parquet'? Rename the file.",
}


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _location(text: str, names: str) -> Location:
    """Return the bucket and the index that `BUCKET/INDEX` names; a slash at the end changes nothing.

    Raises:
        UsageError: there is more, or something that no bucket or index can be called.
    """
    if "\\" in names:
        raise UsageError(f"{text!r}: write a slash, not a backslash, between bucket and index.")
    parts = names.removesuffix("/").split("/") if names not in ("", "/") else []
    if len(parts) > len(("bucket", "index")):
        raise UsageError(
            f"{text!r} has {len(parts)} names, but a place has at most a bucket and an index. {_EXAMPLES}"
        )
    bucket, index = (*parts, None, None)[:2]
    if bucket is not None and not is_vector_bucket_name(bucket):
        raise UsageError(
            f"{text!r}: {bucket!r} cannot be the name of a vector bucket, which has lower-case letters, "
            "digits and hyphens, and begins and ends with a letter or digit."
        )
    if index is not None and not is_index_name(index):
        raise UsageError(
            f"{text!r}: {index!r} cannot be the name of an index, which has lower-case letters, digits, "
            "hyphens and dots, and begins and ends with a letter or digit."
        )
    return Location(bucket, index)


def _data_file(address: Address, _: Access) -> Place:
    from mock_s3vectors.transfer.files.data_files import DataFile  # noqa: PLC0415 - it loads numpy

    return DataFile(address)


def _state_file(address: Address, access: Access) -> Place:
    from mock_s3vectors.transfer.state_files import StateFile  # noqa: PLC0415 - it loads botocore and SQLite

    return StateFile(address, access)


def _remote(address: Address, access: Access) -> Place:
    from mock_s3vectors.transfer.remote.places import RemotePlace  # noqa: PLC0415 - it loads boto3

    return RemotePlace(address, access)


# How each kind of place is opened; nothing is read until then.
_OPENERS: Mapping[Kind, Callable[[Address, Access], Place]] = {
    "data file": _data_file,
    "state file": _state_file,
    "server": _remote,
    "aws": _remote,
}
