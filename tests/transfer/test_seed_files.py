"""`mock.seed` reads data files, and state files whole or in part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.transfer.batches import Location, Settings
from mock_s3vectors.transfer.places import Access, open_place
from tests.support.helpers import Client, stored
from tests.support.shapes import TAGS, needs
from tests.transfer.records import PARQUET, PLACES, SETTINGS, batch, write
from tests.workbench.state import seed, seen_bucket, seen_index

GIVEN = batch("a", "b", metadata={"year": 1979})
PLOTS_OF_CALLS = {"vectorBucketName": "films", "indexName": "plots"}
STORED = {"a": ([1.0, 1.0], {"year": 1979}), "b": ([2.0, 2.0], {"year": 1979})}


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PLACES)
def test_vectors_of_a_file_reach_a_client(name: str, tmp_path: Path, s3vectors_client: Client) -> None:
    write(tmp_path, name, GIVEN)
    view = seed(name, "films", "plots")
    assert stored(s3vectors_client, PLOTS_OF_CALLS, "a", "b") == STORED
    assert (view.name, view.keys) == ("plots", ("a", "b"))


@pytest.mark.usefixtures("s3vectors_mock")
def test_forms_of_the_call(tmp_path: Path) -> None:
    write(tmp_path, "films.npz", GIVEN)
    views = [
        seed("films.npz", "films", "aaa"),
        seed(Path("films.npz"), "films", "bbb"),
        seed("films.npz", bucket="films", index="ccc"),
        seed("films", "ddd", "films.npz"),
        seed("films", "eee", Path("films.npz")),
        seed(bucket="films", index="fff", vectors=Path("films.npz")),
        seed(str(tmp_path / "films.npz"), "films", "ggg", region="us-east-1", account="123456789012"),
    ]
    assert [(view.name, view.keys) for view in views] == [(3 * name, ("a", "b")) for name in "abcdefg"]
    assert seen_bucket("films").indexes == tuple(3 * name for name in "abcdefg")


@pytest.mark.usefixtures("s3vectors_mock")
@pytest.mark.parametrize("name", ["films.npz", PARQUET, "films.db::films/plots"])
def test_settings_of_the_file_are_taken_unless_others_are_given(name: str, tmp_path: Path) -> None:
    known = Settings(dimension=2, distance_metric="euclidean", non_filterable_keys=("text",))
    write(tmp_path, name, GIVEN, settings=known)
    view = seed(name, "films", "as-known")
    assert (view.distance_metric, view.non_filterable_metadata_keys) == ("euclidean", ("text",))
    view = seed(name, "films", "as-given", distance_metric="cosine", non_filterable_metadata_keys=["a"])
    assert (view.distance_metric, view.non_filterable_metadata_keys) == ("cosine", ("a",))


@pytest.mark.usefixtures("s3vectors_mock")
@pytest.mark.parametrize("name", ["films.npz", PARQUET, "films.db::films/plots"])
def test_an_empty_file_makes_an_empty_index(name: str, tmp_path: Path) -> None:
    write(tmp_path, name)
    view = seed(name, "films", "empty")
    assert (len(view), view.dimension) == (0, 2)


@pytest.mark.usefixtures("s3vectors_mock")
def test_an_empty_file_of_json_lines(tmp_path: Path) -> None:
    (tmp_path / "films.jsonl").touch()
    assert refusal("films.jsonl", "films", "plots").startswith(
        "There is no index 'plots' yet, and no vector says how many dimensions it should have"
    )
    seed("films", "plots", np.zeros((0, 3)))
    assert len(seed("films.jsonl", "films", "plots")) == 0


class TestStateFile:
    @pytest.fixture(autouse=True)
    def state_file(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", GIVEN)
        with open_place("films.db", Access(region="eu-west-1")).sink(Location("books", "titles")) as sink:
            sink.prepare(SETTINGS)
            sink.write(batch("c"))

    def test_an_index_keeps_its_names_and_its_region(self, s3vectors_client: Client) -> None:
        seed("films.db::films/plots")
        assert stored(s3vectors_client, PLOTS_OF_CALLS, "a", "b") == STORED
        assert seed("films.db::books/titles").arn.split(":")[3] == "eu-west-1"
        assert seed("films.db::books/titles", region="eu-west-3").arn.split(":")[3] == "eu-west-3"

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_all_buckets(self) -> None:
        views: Any = seed("films.db")
        assert [(view.name, view.arn.split(":")[3], view.keys) for view in views] == [
            ("plots", "us-east-1", ("a", "b")),
            ("titles", "eu-west-1", ("c",)),
        ]
        assert seen_index("books", "titles").keys == ("c",)

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_one_bucket(self) -> None:
        views: Any = seed("films.db::books")
        assert [view.name for view in views] == ["titles"]
        with pytest.raises(UsageError, match="There is no vector bucket 'films'"):
            seen_bucket("films")

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_buckets_of_a_region(self) -> None:
        assert [view.name for view in seed("films.db", region="eu-west-1")] == ["titles"]  # type: ignore[attr-defined] # views of all

    @needs(*TAGS)
    def test_what_is_saved_is_seeded_with_tags(self, tmp_path: Path) -> None:
        with mock_s3vectors() as mock:
            import boto3

            client = boto3.client("s3vectors", region_name="us-east-1")
            client.create_vector_bucket(vectorBucketName="tagged", tags={"a": "b"})
            mock.save(tmp_path / "saved.db")
        with mock_s3vectors() as mock:
            mock.seed("saved.db")
            client = boto3.client("s3vectors", region_name="us-east-1")
            arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/tagged"
            assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_changes_do_not_reach_the_next_mock(self, s3vectors_client: Client) -> None:
        seed("films.db")
        s3vectors_client.delete_vectors(**PLOTS_OF_CALLS, keys=["a"])
        with mock_s3vectors() as inner:
            inner.reset()
            inner.seed("films.db")
            assert inner.index("films", "plots").keys == ("a", "b")

    @pytest.mark.usefixtures("s3vectors_mock")
    def test_buckets_that_exist_are_refused(self) -> None:
        seed("books", "other", [[1, 2]], region="eu-west-1")
        assert refusal("films.db") == (
            "Vector bucket 'books' exists in Region eu-west-1, account 123456789012, so nothing was added. "
            "mock.load() replaces all that there is."
        )
        with pytest.raises(UsageError, match="There is no vector bucket 'films'"):
            seen_bucket("films")

    @pytest.mark.usefixtures("s3vectors_mock")
    @pytest.mark.parametrize(
        ("arguments", "named", "reason"),
        [
            (
                ["films.db", "films", "plots"],
                {},
                "'films.db' names several indexes: name one, as in films.db::BUCKET/INDEX.",
            ),
            (
                ["films.db"],
                {"distance_metric": "cosine"},
                "distance_metric: the buckets of a state file keep their settings.",
            ),
            (
                ["films.db", "films"],
                {},
                (
                    "'films.db' was given without the names of a vector bucket and an index: give both, as "
                    "in mock.seed('films.db', 'films', 'plots')."
                ),
            ),
        ],
    )
    def test_refusals(self, arguments: list[Any], named: dict[str, Any], reason: str) -> None:
        assert refusal(*arguments, **named) == reason


def refusal(*arguments: Any, **named: Any) -> str:
    with pytest.raises(UsageError) as caught:
        seed(*arguments, **named)
    return str(caught.value)


@pytest.mark.usefixtures("s3vectors_mock")
class TestRefusals:
    def test_bad_lines_are_named_and_nothing_is_stored(self, tmp_path: Path) -> None:
        (tmp_path / "films.jsonl").write_text('{"key": "a", "data": [1, 2]}\n{"key": "b", "data": [1]}\n')
        assert refusal("films.jsonl", "films", "plots") == (
            "films.jsonl, line 2: the vector has 1 number, those before it have 2."
        )
        with pytest.raises(UsageError, match="There is no vector bucket 'films'"):
            seen_bucket("films")

    def test_what_the_index_refuses_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "films.jsonl").write_text(
            '{"key": "a", "data": [1, 2]}\n\n{"key": "b", "data": [0, 0]}\n'
        )
        assert refusal("films.jsonl", "films", "plots") == (
            "films.jsonl, line 3: cosine distance does not support vectors with zero norm."
        )
        seed("films", "three", [[1, 2, 3]])
        assert refusal("films.jsonl", "films", "three") == (
            "films.jsonl, line 1: the vector has 2 numbers, and the index has 3 dimensions."
        )

    @pytest.mark.parametrize("name", ["keys", "metadata"])
    def test_arguments_that_the_file_has(self, name: str, tmp_path: Path) -> None:
        write(tmp_path, "films.npz", GIVEN)
        assert refusal("films", "plots", "films.npz", **{name: []}) == (
            f"{name} was given with a file, which has its own: leave it out."
        )

    def test_a_data_file_without_names(self) -> None:
        assert refusal("films.npz") == (
            "'films.npz' was given without the names of a vector bucket and an index: give both, as in "
            "mock.seed('films.npz', 'films', 'plots')."
        )

    def test_a_server(self) -> None:
        assert refusal("http://127.0.0.1:7380/films/plots", "films", "plots") == (
            "'http://127.0.0.1:7380/films/plots' is no file: seed() reads data files and state files. The "
            "command `mock-s3vectors copy` makes one of it."
        )

    def test_no_file(self) -> None:
        assert refusal("films.jsonl", "films", "plots") == "films.jsonl: No such file or directory."

    def test_a_bucket_name_with_a_dot_is_still_refused_as_such(self) -> None:
        assert refusal("a.b", "plots", [[1, 2]]).endswith("ValidationException: Invalid vector bucket name")

    def test_a_name_alone(self) -> None:
        with pytest.raises(TypeError, match="missing 2 required positional arguments: 'index' and 'vectors'"):
            seed("films")
