"""A decorated class whose set-up of the class is a class method, and in another run none."""

from __future__ import annotations

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import create, names


@mock_s3vectors
class TestDecorated:
    word: str

    @classmethod
    def setup_class(cls) -> None:
        cls.word = cls.__name__
        create("class")

    @classmethod
    def teardown_class(cls) -> None:
        assert cls.word == cls.__name__
        assert names() == ["class"]

    def test_one(self) -> None:
        assert self.word == type(self).__name__
        assert names() == ["class"]
        create("test")

    def test_two(self) -> None:
        self.test_one()

    @staticmethod
    def test_static() -> None:
        assert names() == ["class"]
        create("test")


class TestDerived(TestDecorated):
    def setup_method(self) -> None:
        assert names() == ["class"]
        create("set-up")

    def test_one(self) -> None:
        assert names() == ["class", "set-up"]

    def test_static(self) -> None:  # type: ignore[override] # a method instead, on purpose
        assert names() == ["class", "set-up"]
