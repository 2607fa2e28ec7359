"""`@mock_s3vectors` on classes, apart from what pytest and unittest do with them."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from typing import Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import CLIENT, account_of, create, names

OTHER, THIRD = "111122223333", "444455556666"


def test_each_test_begins_anew_where_there_is_no_set_up() -> None:
    @mock_s3vectors
    class Plain:
        def test_one(self) -> list[str]:
            self.helper()
            return names()

        def helper(self) -> None:
            create("bucket")

    plain = Plain()
    assert plain.test_one() == plain.test_one() == Plain().test_one() == ["bucket"]
    assert not STACK


@pytest.mark.parametrize("set_up", ["setUp", "setup_method"])
def test_the_set_up_begins_anew_and_the_test_sees_what_it_made(set_up: str) -> None:
    def make(_: Any) -> None:
        create("set-up")

    class Plain:
        def test(self) -> list[str]:
            create("test")
            return names()

        def teardown(self) -> list[str]:
            return names()

    setattr(Plain, set_up, make)
    plain = mock_s3vectors(Plain)()
    for _ in range(2):
        getattr(plain, set_up)()
        assert plain.test() == ["set-up", "test"]
        assert plain.teardown() == ["set-up", "test"]


def test_instances_have_states_of_their_own() -> None:
    @mock_s3vectors
    class Plain:
        def make(self, name: str) -> None:
            create(name)

        def seen(self) -> list[str]:
            return names()

    one, other = Plain(), Plain()
    one.make("one")
    other.make("other")
    assert (one.seen(), other.seen()) == (["one"], ["other"])


def test_what_the_class_made_is_copied_into_each_instance() -> None:
    @mock_s3vectors
    class Plain:
        @classmethod
        def setup_class(cls) -> None:
            create("class")

        @classmethod
        def seen_by_class(cls) -> list[str]:
            return names()

        def test(self) -> list[str]:
            create("test")
            return names()

        @staticmethod
        def test_static() -> list[str]:
            create("static")
            return names()

    Plain.setup_class()
    for _ in range(2):
        assert Plain().test() == ["class", "test"]
        assert Plain.test_static() == ["class", "static"]
    assert Plain.seen_by_class() == ["class"]
    Plain.setup_class()
    assert Plain.seen_by_class() == ["class"]


def test_static_and_class_methods_take_their_arguments() -> None:
    @mock_s3vectors
    class Plain:
        @staticmethod
        def static(*args: Any, **kwargs: Any) -> Any:
            assert STACK
            return args, kwargs

        @classmethod
        def of_class(cls, *args: Any, **kwargs: Any) -> Any:
            assert STACK
            return cls, args, kwargs

        def of_nobody() -> str:  # type: ignore[misc]
            assert STACK
            return "called"

    class Derived(Plain): ...

    for cls in (Plain, Derived):
        for owner in (cls, cls()):
            assert owner.static(1, a=2) == ((1,), {"a": 2})
            assert owner.of_class(1, a=2) == (cls, (1,), {"a": 2})
        assert cls.of_nobody() == "called"


def test_what_is_no_public_method_is_left_alone() -> None:
    helper = functools.partial(names)

    @mock_s3vectors
    class Plain:
        attribute = 42
        partial = helper
        named = dict

        @property
        def is_on(self) -> bool:
            return bool(STACK)

        def _private(self) -> bool:
            return bool(STACK)

        def public(self) -> list[bool]:
            return [bool(STACK), self._private(), self.is_on]

    plain = Plain()
    assert (Plain.attribute, Plain.partial, Plain.named) == (42, helper, dict)
    assert not plain.is_on
    assert not plain._private()  # noqa: SLF001 - a method of this test
    assert plain.public() == [True, True, True]


# --- base classes and subclasses ---------------------------------------------------------------


class Base:
    def setup_method(self) -> None:
        create("base")

    def test(self) -> list[str]:
        return names()


def test_the_set_up_of_an_undecorated_base_class_runs_mocked() -> None:
    @mock_s3vectors
    class Derived(Base): ...

    for _ in range(2):
        derived = Derived()
        derived.setup_method()
        assert derived.test() == ["base"]
    assert not hasattr(Base.setup_method, "__wrapped__")


def test_a_subclass_of_a_decorated_class_is_mocked() -> None:
    @mock_s3vectors(account_id=OTHER)
    class Decorated: ...

    class Derived(Decorated):
        def setup_method(self) -> None:
            create("set-up")

        def test(self) -> list[str]:
            return [*names(), account_of(CLIENT)]

    class Further(Derived):
        def setup_method(self) -> None:
            super().setup_method()
            create("further")

    derived, further = Derived(), Further()
    for _ in range(2):
        derived.setup_method()
        assert derived.test() == ["set-up", OTHER]
        further.setup_method()
        assert further.test() == ["further", "set-up", OTHER]


def test_a_subclass_with_a_set_up_of_its_own_keeps_it_for_the_tests_it_inherits() -> None:
    @mock_s3vectors
    class Decorated:
        def test(self) -> list[str]:
            return names()

    class Derived(Decorated):
        def setup_method(self) -> None:
            create("set-up")

    derived = Derived()
    derived.setup_method()
    assert derived.test() == ["set-up"]
    assert Decorated().test() == []


def test_the_options_of_a_subclass_win_and_hold_for_what_it_inherits() -> None:
    @mock_s3vectors(account_id=OTHER, max_vector_buckets=1)
    class Decorated:
        def test(self) -> str:
            account = account_of(CLIENT)
            with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
                create("second")
            return account

    @mock_s3vectors(account_id=THIRD)
    class Derived(Decorated):
        def test_own(self) -> str:
            return super().test()

    assert Decorated().test() == OTHER
    assert Derived().test() == THIRD
    assert Derived().test_own() == THIRD


def test_stacked_decorators_add_up_as_on_functions() -> None:
    @mock_s3vectors(account_id=OTHER, max_vector_buckets=5)
    @mock_s3vectors(max_vector_buckets=1)
    class Stacked:
        def test(self) -> str:
            account = account_of(CLIENT)
            with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
                create("second")
            return account

        class TestInner:
            def test(self) -> str:
                return account_of(CLIENT)

    class Derived(Stacked): ...

    assert Stacked().test() == Derived().test() == Stacked.TestInner().test() == OTHER


def test_cooperating_base_classes_are_all_called() -> None:
    """Wrapping what a class inherits must not put it before its siblings in the order of classes."""

    class Common:
        def setup_method(self) -> None:
            create("common")

    @mock_s3vectors
    class Decorated(Common): ...

    class Sibling(Common):
        def setup_method(self) -> None:
            super().setup_method()
            create("sibling")

    class Derived(Decorated, Sibling):
        def test(self) -> list[str]:
            return names()

    derived = Derived()
    derived.setup_method()
    assert derived.test() == ["common", "sibling"]


def test_static_and_class_methods_of_base_classes() -> None:
    class Common:
        @staticmethod
        def static(first: object) -> object:
            assert STACK
            return first

        @classmethod
        def of_class(cls, first: object) -> object:
            assert STACK
            return cls, first

        def of_instance(self, first: object) -> object:
            assert STACK
            return self, first

    @mock_s3vectors
    class Decorated(Common): ...

    decorated = Decorated()
    for owner in (Decorated, decorated):
        for first in (1, decorated, Decorated):
            assert owner.static(first) is first
            assert owner.of_class(first) == (Decorated, first)
    assert decorated.of_instance(1) == Decorated.of_instance(decorated, 1) == (decorated, 1)


def test_a_decorator_of_somebody_else_on_an_inherited_test_is_kept() -> None:
    calls = []

    def noted(function: Any) -> Any:
        @functools.wraps(function)
        def wrapper(*args: Any) -> Any:
            assert STACK
            calls.append(function.__name__)
            return function(*args)

        return wrapper

    @mock_s3vectors
    class Decorated:
        def test(self) -> list[str]:
            return names()

    class Derived(Decorated):
        test = noted(Decorated.test)

    assert Derived().test() == []
    assert calls == ["test"]


def test_an_abstract_method_stays_abstract() -> None:
    @mock_s3vectors
    class Decorated(ABC):
        @abstractmethod
        def make(self) -> None: ...

        def test(self) -> list[str]:
            self.make()
            return names()

    class Unfinished(Decorated): ...

    class Finished(Decorated):
        def make(self) -> None:
            create("bucket")

    unfinished: Any = Unfinished
    with pytest.raises(TypeError, match="abstract"):
        unfinished()
    assert Finished().test() == ["bucket"]


def test_init_subclass_of_the_user_still_runs() -> None:
    seen: list[tuple[str, str]] = []

    class Grandparent:
        def __init_subclass__(cls, /, word: str = "none") -> None:
            seen.append(("grandparent", word))

    @mock_s3vectors
    class Parent(Grandparent, word="parent"):
        def __init_subclass__(cls, /, word: str = "none") -> None:
            super().__init_subclass__(word=word)
            seen.append(("parent", word))

    @mock_s3vectors
    class Other(Grandparent): ...

    seen.clear()

    class Child(Parent, word="child"):
        def test(self) -> bool:
            return bool(STACK)

    class OtherChild(Other, word="other"):
        def test(self) -> bool:
            return bool(STACK)

    assert seen == [("grandparent", "child"), ("parent", "child"), ("grandparent", "other")]
    assert Child().test()
    assert OtherChild().test()


# --- inner classes ------------------------------------------------------------------------------


class WithInner:
    class DescribeThings:
        def test(self) -> bool:
            return bool(STACK)


class NotInner:
    def test(self) -> bool:
        return bool(STACK)


def test_inner_test_classes_are_mocked() -> None:
    @mock_s3vectors(account_id=OTHER)
    class Outer:
        class TestInner:
            def test(self) -> str:
                return account_of(CLIENT)

            class TestInnermost:
                def test(self) -> str:
                    return account_of(CLIENT)

    class Derived(Outer):
        class TestOther:
            def test(self) -> str:
                return account_of(CLIENT)

    classes: list[Any] = [
        Outer.TestInner,
        Outer.TestInner.TestInnermost,
        Derived.TestInner,
        Derived.TestOther,
    ]
    for cls in classes:
        assert cls().test() == cls().test() == OTHER


def test_inner_test_classes_of_an_undecorated_base_are_mocked_in_the_subclass_only() -> None:
    @mock_s3vectors
    class Derived(WithInner): ...

    assert Derived.DescribeThings().test()
    assert not WithInner.DescribeThings().test()


def test_a_class_that_is_only_named_in_another_is_left_alone() -> None:
    class Helper:
        def is_on(self) -> bool:
            return bool(STACK)

    @mock_s3vectors
    class Outer:
        factory = NotInner

        class Inner:
            def is_on(self) -> bool:
                return bool(STACK)

    assert not Outer.factory().test()
    assert not Outer.Inner().is_on()
    assert not Helper().is_on()
