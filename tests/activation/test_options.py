"""The options: one typed, frozen Config; what is wrong is refused at once, and says what to do."""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import FrozenInstanceError, asdict, fields, replace
from functools import cached_property, partialmethod
from typing import Any

import numpy as np
import pytest

from mock_s3vectors import Config, MockS3Vectors, UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.config import Options
from mock_s3vectors.mocking.stack import STACK
from tests.activation.test_surroundings import surroundings
from tests.activation.world import CLIENT, account_of, create, names

OTHER = "111122223333"


def test_the_defaults() -> None:
    assert asdict(Config()) == {
        "account_id": "123456789012",
        "search_engine": "flat",
        "hnsw_m": 32,
        "hnsw_ef_construction": 200,
        "hnsw_ef_search": 100,
        "default_index_mode": None,
        "text_build_seconds": 0,
        "max_vector_buckets": 10_000,
        "max_indexes_per_vector_bucket": 10_000,
        "max_vectors_per_index": 2_000_000_000,
        "calls_kept": 1_000,
        "skip_retry_delays": False,
        "fast_client": True,
        "advice": False,
        "empty_pages": False,
        "conflict_as_500": False,
        "index_delay": 0.0,
        "recall": 1.0,
        "seed": 0,
        "authorization": None,
        "verify_signatures": False,
        "state": None,
    }


def test_a_config_is_frozen_and_compared_by_value() -> None:
    config = Config(account_id=OTHER)
    with pytest.raises(FrozenInstanceError):
        config.account_id = "444455556666"  # type: ignore[misc]
    assert config == Config(account_id=OTHER) != Config()
    assert hash(config) == hash(Config(account_id=OTHER))
    assert replace(config, hnsw_m=2).hnsw_m == 2


def test_the_typed_options_are_the_fields_of_config() -> None:
    assert Options.__annotations__.keys() == {field.name for field in fields(Config)}
    assert not Options.__required_keys__


def test_a_mock_shows_its_config() -> None:
    assert mock_s3vectors().config == Config()
    assert mock_s3vectors(search_engine="hnsw", hnsw_m=16).config == Config(search_engine="hnsw", hnsw_m=16)
    config = Config(max_vector_buckets=7)
    assert mock_s3vectors(config=config).config == config


def test_a_whole_config_leaves_nothing_to_the_mock_around_it() -> None:
    with mock_s3vectors(account_id=OTHER), mock_s3vectors(config=Config(hnsw_m=16)):
        assert account_of(CLIENT) == "123456789012"


def test_a_config_decorates_as_well() -> None:
    @mock_s3vectors(config=Config(account_id=OTHER))
    def function() -> str:
        return account_of(CLIENT)

    assert function() == OTHER


def test_options_are_of_the_mock_that_was_started_last() -> None:
    first, second = mock_s3vectors(max_vector_buckets=1), mock_s3vectors(max_vector_buckets=2)
    with first, second:
        create("one", "two")
        with first, pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
            create("three")
        with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
            create("three")
        assert names() == ["one", "two"]


def test_a_mock_that_was_started_twice_takes_back_its_last_options_first() -> None:
    first, second = mock_s3vectors(account_id=OTHER), mock_s3vectors(account_id="444455556666")
    for mock in (first, second, first):
        mock.start()
    assert account_of(CLIENT) == OTHER
    first.stop()
    assert account_of(CLIENT) == second.config.account_id == "444455556666"
    second.stop()
    assert account_of(CLIENT) == OTHER
    first.stop()
    assert not STACK


BAD_VALUES: list[tuple[str, Any, str]] = [
    ("account_id", "1234", "'1234' is not an account id: give 12 digits as a string, '123456789012'"),
    ("account_id", 123456789012, "123456789012 is not an account id"),
    ("account_id", "12345678901٣", "is not an account id"),
    ("account_id", None, "None is not an account id"),
    ("search_engine", "faiss", "search_engine='faiss': choose one of flat, hnsw, quantized"),
    ("search_engine", None, "search_engine=None: choose one of flat, hnsw, quantized"),
    ("hnsw_m", 1, "hnsw_m=1: must be a whole number from 2 to 512"),
    ("hnsw_m", 16.0, "hnsw_m=16.0: must be a whole number"),
    ("hnsw_ef_construction", 0, "hnsw_ef_construction=0: must be a whole number from 1 to 100000"),
    ("hnsw_ef_search", True, "hnsw_ef_search=True: must be a whole number"),
    ("max_vector_buckets", -1, "max_vector_buckets=-1: must be a whole number from 0 to 10000"),
    ("hnsw_m", 513, "hnsw_m=513: must be a whole number from 2 to 512"),
    ("max_indexes_per_vector_bucket", "5", "max_indexes_per_vector_bucket='5': must be a whole number"),
    ("max_vectors_per_index", None, "max_vectors_per_index=None: must be a whole number"),
    ("recall", 0, "recall=0: must be a number greater than 0 and at most 1, an int or a float"),
    ("recall", 1.01, "recall=1.01: must be a number greater than 0 and at most 1, an int or a float"),
    ("recall", True, "recall=True: must be a number greater than 0 and at most 1, an int or a float"),
    ("recall", "0.9", "recall='0.9': must be a number greater than 0 and at most 1, an int or a float"),
    ("seed", 2**32, "seed=4294967296: must be a whole number from 0 to 4294967295, an int"),
    ("seed", 1.0, "seed=1.0: must be a whole number from 0 to 4294967295, an int"),
    ("state", "", "state='': must be the path of a file, a str or a pathlib.Path"),
    ("state", "a\0b", "state='a\\x00b': must be the path of a file"),
    ("state", b"films.db", "state=b'films.db': must be the path of a file"),
    ("state", True, "state=True: must be the path of a file"),
    ("index_delay", -0.5, "index_delay=-0.5: must be a number of seconds, 0 or more, an int or a float"),
]


@pytest.mark.parametrize(("name", "value", "text"), BAD_VALUES)
def test_a_bad_value_is_refused(name: str, value: Any, text: str) -> None:
    options: Any = {name: value}
    for refuse in (mock_s3vectors, Config):
        with pytest.raises(UsageError) as refusal:
            refuse(**options)
        assert text in str(refusal.value)
    assert not STACK


def test_an_unknown_option_is_refused_with_those_that_exist() -> None:
    options: Any = {"acount_id": OTHER}
    with pytest.raises(UsageError) as refusal:
        mock_s3vectors(**options)
    text = str(refusal.value)
    assert text.startswith("mock_s3vectors has no option 'acount_id'. Did you mean 'account_id'? Options: ")
    assert all(field.name in text for field in fields(Config))
    options = {"xyz": 1}
    with pytest.raises(UsageError, match=r"has no option 'xyz'\. Options: shared, account_id"):
        mock_s3vectors(**options)


@pytest.mark.parametrize("function", [mock_s3vectors, s3vectors_server])
def test_config_together_with_options_is_refused(function: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        function(config=Config(), account_id=OTHER)
    assert str(refusal.value) == (
        f"{function.__name__} was given config and account_id: put all options into config, or leave config "
        "out."
    )


@pytest.mark.parametrize("wrong", [{"core": {"mock_credentials": False}}, "hnsw", 42])
def test_a_config_that_is_none_of_ours_is_refused(wrong: Any) -> None:
    with pytest.raises(
        UsageError, match=r"is not a Config: give mock_s3vectors.Config\(...\), or single options"
    ):
        mock_s3vectors(config=wrong)


NAMES = (
    "it decorates functions and classes, and its options have names, as in "
    'mock_s3vectors(account_id="111122223333").'
)
GIVEN_BY_POSITION: list[tuple[Any, str]] = [
    (Config(), "mock_s3vectors was given a Config without a name: did you mean config=?"),
    (Config, "mock_s3vectors was given a Config without a name: did you mean config=?"),
    (None, f"mock_s3vectors was given None: {NAMES}"),
    ("hnsw", f"mock_s3vectors was given 'hnsw': {NAMES}"),
    (5, f"mock_s3vectors was given 5: {NAMES}"),
    ({"hnsw_m": 5}, "mock_s3vectors was given {'hnsw_m': 5}: did you mean mock_s3vectors(**options)?"),
    (property(names), "@mock_s3vectors is above a property: put it below, on the function."),
    (
        cached_property(names),
        "@mock_s3vectors is above a cached_property: put it below, on the function.",
    ),
    (partialmethod(names), "@mock_s3vectors is above a partialmethod: put it below, on the function."),
    (
        mock_s3vectors(),
        (
            "A mock was given to another one: decorate with one above the other, or nest them as in "
            "`with one, other:`."
        ),
    ),
]


@pytest.mark.parametrize(("target", "text"), GIVEN_BY_POSITION)
def test_what_is_no_function_is_refused(target: Any, text: str) -> None:
    mock: Any = mock_s3vectors
    for decorate in (mock, mock(), mock(hnsw_m=5)):
        with pytest.raises(UsageError) as refusal:
            decorate(target)
        assert str(refusal.value) == text
    assert not STACK


def test_a_mock_is_not_called_twice() -> None:
    mock: Any = mock_s3vectors
    with pytest.raises(UsageError) as refusal:
        mock()()
    assert str(refusal.value) == (
        "A mock was called without a function: decorate with @mock_s3vectors or @mock_s3vectors(...), or "
        "switch the mock on in a `with` block."
    )


def test_a_config_says_which_name_is_wrong() -> None:
    config: Any = Config
    for make in (config, lambda **options: replace(config(), **options)):
        with pytest.raises(UsageError) as refusal:
            make(acount_id=OTHER)
        assert "has no option 'acount_id'. Did you mean 'account_id'? Options: " in str(refusal.value)
    with pytest.raises(UsageError) as refusal:
        config(OTHER)
    text = 'The options of Config have names, as in Config(account_id="111122223333"): '
    assert str(refusal.value) == f"{text}('111122223333',) has none."


def test_a_config_can_be_copied() -> None:
    config = Config(account_id=OTHER)
    for copied in (copy.copy(config), copy.deepcopy(config), pickle.loads(pickle.dumps(config))):  # noqa: S301 - our own
        assert copied == config


def test_the_class_of_a_mock_takes_options_too() -> None:
    assert MockS3Vectors(hnsw_m=5).config == Config(hnsw_m=5)


def test_numbers_of_numpy() -> None:
    assert Config(text_build_seconds=np.float64(1.5)).text_build_seconds == 1.5
    with pytest.raises(UsageError) as refusal:
        Config(hnsw_m=np.int64(16))  # type: ignore[arg-type] # refused
    assert str(refusal.value) == f"hnsw_m={np.int64(16)!r}: must be a whole number from 2 to 512, an int"


@pytest.mark.parametrize("name", [field.name for field in fields(Config)])
@pytest.mark.parametrize(
    "value", ["x", True, math.nan, math.inf, -1, b"1", [1], {}, np.array([1, 2]), np.int64(3), np.bool_(1)]
)
def test_a_value_of_a_wrong_type_is_refused_by_name(name: str, value: Any) -> None:
    options: Any = {name: value}
    if value is True and isinstance(getattr(Config(), name), bool):
        assert getattr(Config(**options), name) is True
        return
    if name == "state" and isinstance(value, str):
        assert Config(**options).state == value
        return
    with pytest.raises(UsageError) as refusal:
        Config(**options)
    shown = f"{value!r} is not an account id" if name == "account_id" else f"{name}={value!r}: "
    assert str(refusal.value).startswith(shown)


# --- botocore ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.38.0", "1.39.4", "0.99.99", "1.9.100"])
def test_a_botocore_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr("botocore.__version__", version)
    before = surroundings()
    with pytest.raises(UsageError) as refusal:
        mock_s3vectors().start()
    assert str(refusal.value) == (
        f"mock_s3vectors needs botocore 1.39.5 or newer, and {version} is installed: "
        "pip install -U botocore boto3"
    )
    assert not STACK
    assert surroundings() == before


@pytest.mark.parametrize("version", ["1.39.5", "1.40.0rc1", "2.0.0", "unknown"])
def test_other_versions_of_botocore_are_tried(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr("botocore.__version__", version)
    with mock_s3vectors():
        assert names() == []


def test_config_shows_what_holds_inside_other_mocks() -> None:
    inner = mock_s3vectors(account_id=OTHER)
    with mock_s3vectors(search_engine="hnsw", max_vector_buckets=3), inner:
        assert inner.config == Config(account_id=OTHER, search_engine="hnsw", max_vector_buckets=3)
    assert inner.config == Config(account_id=OTHER)
