"""Texts that name places: what they mean, and why others mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.transfer.batches import Location
from mock_s3vectors.transfer.places import Access, open_place, parse, target_of
from tests.transfer.records import PLOTS, batch, write

if TYPE_CHECKING:
    from pathlib import Path

    from mock_s3vectors.transfer.places import Address

FORMS = (
    "A place is a data file (films.jsonl, films.npz, films.parquet), a state file (state.db, "
    "state.db::films, state.db::films/plots), a server (http://127.0.0.1:7380/films/plots), or AWS "
    "(s3vectors://films/plots)."
)
FILMS = Location("films")
ALL = Location()


def parts(address: Address) -> tuple[str, str | None, Location]:
    path = None if address.path is None else str(address.path)
    return address.kind, path or address.endpoint, address.location


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("films.jsonl", ("data file", "films.jsonl", ALL)),
        ("a folder/My Films.NPZ", ("data file", "a folder/My Films.NPZ", ALL)),
        ("/data/films.2026.parquet", ("data file", "/data/films.2026.parquet", ALL)),
        ("state.db", ("state file", "state.db", ALL)),
        ("state.sqlite3", ("state file", "state.sqlite3", ALL)),
        ("state.db::", ("state file", "state.db", ALL)),
        ("state.db::films", ("state file", "state.db", FILMS)),
        ("state.db::films/", ("state file", "state.db", FILMS)),
        ("state.db::films/plots", ("state file", "state.db", PLOTS)),
        ("a::b.db::films/plots.v2", ("state file", "a::b.db", Location("films", "plots.v2"))),
        ("state::films", ("state file", "state", FILMS)),
        ("C:\\Films\\state.db::films/plots", ("state file", "C:\\Films\\state.db", PLOTS)),
        ("http://127.0.0.1:7380", ("server", "http://127.0.0.1:7380", ALL)),
        ("http://127.0.0.1:7380/", ("server", "http://127.0.0.1:7380", ALL)),
        ("http://[::1]:7380/films", ("server", "http://[::1]:7380", FILMS)),
        ("HTTPS://mock.test/films/plots/", ("server", "https://mock.test", PLOTS)),
        ("s3vectors://films", ("aws", None, FILMS)),
        ("s3vectors://films/plots", ("aws", None, PLOTS)),
    ],
)
def test_a_place(text: str, expected: tuple[str, str | None, Location]) -> None:
    assert parts(parse(text)) == expected


NO_BUCKET = (
    "cannot be the name of a vector bucket, which has lower-case letters, digits and hyphens, and begins and "
    "ends with a letter or digit."
)
NO_INDEX = (
    "cannot be the name of an index, which has lower-case letters, digits, hyphens and dots, and begins and "
    "ends with a letter or digit."
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", f"The place is empty. {FORMS}"),
        (" \n", f"The place is empty. {FORMS}"),
        ("films", f"'films': it has no extension. {FORMS}"),
        (".jsonl", f"'.jsonl': it has no extension. {FORMS}"),
        (
            "films.jsnl",
            f"'films.jsnl': .jsnl is no kind of file that is known here. Did you mean '.jsonl'? {FORMS}",
        ),
        (
            "films.json",
            (
                "'films.json': .json is no kind of file that is known here. A JSON document cannot be read "
                f"line by line: write one object a line, in a .jsonl file. {FORMS}"
            ),
        ),
        (
            "films.ndjson",
            (
                "'films.ndjson': .ndjson is no kind of file that is known here. Did you mean '.jsonl'? The "
                f"format is the same: rename the file. {FORMS}"
            ),
        ),
        (
            "films.npy",
            (
                "'films.npy': .npy is no kind of file that is known here. Did you mean '.npz'? "
                f"numpy.savez(file, keys=..., vectors=..., metadata=...) writes one. {FORMS}"
            ),
        ),
        ("::films/plots", f"'::films/plots' has no file before the ::. {FORMS}"),
        (
            "films.npz::films/plots",
            (
                "'films.npz::films/plots': films.npz is a data file, which holds one index without a name. "
                "Leave ::films/plots out."
            ),
        ),
        (
            "state.db::films\\plots",
            "'state.db::films\\\\plots': write a slash, not a backslash, between bucket and index.",
        ),
        (
            "state.db::films/plots/a",
            "'state.db::films/plots/a' has 3 names, but a place has at most a bucket and an index. " + FORMS,
        ),
        ("state.db::Films", f"'state.db::Films': 'Films' {NO_BUCKET}"),
        ("state.db::/plots", f"'state.db::/plots': '' {NO_BUCKET}"),
        ("state.db::films/my plots", f"'state.db::films/my plots': 'my plots' {NO_INDEX}"),
        ("s3://films", f"'s3://films': there are no places with s3://. Did you mean 's3vectors'? {FORMS}"),
        (
            "s3vector://films",
            f"'s3vector://films': there are no places with s3vector://. Did you mean 's3vectors'? {FORMS}",
        ),
        ("ftp://films", f"'ftp://films': there are no places with ftp://. {FORMS}"),
        (
            "s3vectors://",
            "'s3vectors://' names no vector bucket: write s3vectors://BUCKET, or /INDEX after it.",
        ),
        (
            "http://127.0.0.1:73800/films",
            (
                "'http://127.0.0.1:73800/films' names no server: write a host and a port, as in "
                "http://127.0.0.1:7380."
            ),
        ),
        (
            "http:///films",
            "'http:///films' names no server: write a host and a port, as in http://127.0.0.1:7380.",
        ),
        (
            "http://127.0.0.1:7380/films?x=1",
            (
                "'http://127.0.0.1:7380/films?x=1' has more than a server, a bucket and an index: write it "
                "as in http://127.0.0.1:7380/films/plots."
            ),
        ),
        (
            "http://me:secret@127.0.0.1:7380/films",
            (
                "'http://me:secret@127.0.0.1:7380/films' has more than a server, a bucket and an index: "
                "write it as in http://127.0.0.1:7380/films/plots."
            ),
        ),
    ],
)
def test_no_place(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert str(caught.value) == reason


def test_a_state_file_may_have_any_extension(tmp_path: Path) -> None:
    write(tmp_path, "state.db::films/plots", batch("a"))
    (tmp_path / "state.db").rename(tmp_path / "films")
    assert parse(f"{tmp_path}/films").kind == "state file"


class TestTarget:
    @pytest.mark.parametrize(
        ("target", "source", "expected"),
        [
            ("films.jsonl", PLOTS, PLOTS),
            ("films.jsonl", ALL, ALL),
            ("state.db::films/plots", Location("a", "b"), PLOTS),
            ("state.db::films", Location("a", "b"), Location("films", "b")),
            ("state.db", Location("aaa", "bbb", "111122223333", "eu-west-1"), None),
            ("http://a:1/films/plots", ALL, PLOTS),
        ],
    )
    def test_is_what_the_place_names_or_else_the_source(
        self, target: str, source: Location, expected: Location | None
    ) -> None:
        assert target_of(parse(target), source) == (source if expected is None else expected)

    @pytest.mark.parametrize(
        ("target", "write"),
        [
            ("state.db", "state.db::BUCKET/INDEX"),
            ("state.db::films", "state.db::films/INDEX"),
            ("http://a:1/", "http://a:1/BUCKET/INDEX"),
            ("s3vectors://films", "s3vectors://films/INDEX"),
        ],
    )
    def test_needs_names_for_a_data_file(self, target: str, write: str) -> None:
        with pytest.raises(UsageError) as caught:
            target_of(parse(target), ALL)
        assert str(caught.value) == (
            f"{target!r} names no index, and neither does the file that the vectors are from: write {write}."
        )


class TestMissing:
    def test_file(self, tmp_path: Path) -> None:
        (tmp_path / "films.jsonl").touch()
        path = tmp_path / "film.jsonl"
        assert self.refusal(str(path)) == f"{path}: No such file or directory. Did you mean 'films.jsonl'?"

    def test_folder(self, tmp_path: Path) -> None:
        path = tmp_path / "no/films.jsonl"
        assert self.refusal(str(path)) == f"{path}: there is no folder {tmp_path}/no."

    def test_bucket(self, tmp_path: Path) -> None:
        write(tmp_path, "state.db::films/plots", batch("a"))
        path = f"{tmp_path}/state.db"
        assert self.refusal(f"{path}::film") == (
            f"'{path}::film': there is no vector bucket 'film'. Did you mean 'films'? Vector buckets there: "
            "films."
        )
        assert self.refusal(f"{path}::films", region="eu-west-1") == (
            f"'{path}::films': there is no vector bucket 'films' in Region eu-west-1. Vector buckets "
            f"there: none."
        )

    def test_index(self, tmp_path: Path) -> None:
        write(tmp_path, "state.db::films/plots", batch("a"))
        path = f"{tmp_path}/state.db"
        assert self.refusal(f"{path}::films/plot") == (
            f"'{path}::films/plot': there is no index 'plot' in vector bucket 'films'. Did you mean 'plots'? "
            "Indexes in it: plots."
        )

    def refusal(self, text: str, region: str | None = None) -> str:
        with pytest.raises(UsageError) as caught:
            list(open_place(text, Access(region=region)).sources())
        return str(caught.value)
