"""Properties of all decisions, on policies and requests made at random."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.authorization import (
    AccessRequest,
    Policies,
    PolicyError,
    compile_policy,
    evaluate,
    explanation,
)
from tests.authorization.table.rows import (
    ABROAD,
    BUCKET,
    HOME,
    INDEX,
    OTHER_ROOT,
    OTHER_SESSION,
    OTHER_USER,
    QUERY,
    ROLE,
    ROOT,
    SESSION,
    USER,
)

if TYPE_CHECKING:
    from mock_s3vectors.authorization.statements import Policy, PolicyKind

CALLERS = [USER, SESSION, ROOT, OTHER_USER, OTHER_SESSION, OTHER_ROOT]
NAMES = ["*", HOME, ABROAD, ROLE, *(caller.arn for caller in CALLERS)]
VALUES = ["a", "b", "*", "${aws:username}", "${aws:username, 'a'}"]

conditions = st.dictionaries(
    st.sampled_from(
        [
            "StringEquals",
            "StringNotEquals",
            "StringLikeIfExists",
            "ForAllValues:StringLike",
            "ForAnyValue:StringNotEquals",
        ]
    ),
    st.dictionaries(
        st.sampled_from(["aws:username", "aws:TagKeys"]),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=2),
        min_size=1,
        max_size=2,
    ),
    max_size=1,
)
principals = st.one_of(
    st.just("*"),
    st.fixed_dictionaries({"AWS": st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)}),
)
statements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Allow", "Deny"]), "Condition": conditions},
)


@st.composite
def statement(draw: st.DrawFn, kind: PolicyKind) -> dict[str, Any]:
    made = dict(draw(statements))
    made[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(
        st.sampled_from(["*", QUERY, "s3vectors:Get*", "s3vectors:Quer?Vectors"])
    )
    made[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(
        st.sampled_from(["*", INDEX, f"{BUCKET}/*", f"{BUCKET}/index/${{aws:username}}"])
    )
    if kind == "resource":
        made[draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))] = draw(principals)
    return made


def compiled(kind: PolicyKind, own: list[dict[str, Any]]) -> Policy | None:
    return compile_policy({"Version": "2012-10-17", "Statement": own}, kind) if own else None


KINDS: tuple[PolicyKind, ...] = ("identity", "boundary", "session", "resource")
documents = st.fixed_dictionaries({kind: st.lists(statement(kind), max_size=3) for kind in KINDS})
contexts = st.fixed_dictionaries(
    {},
    optional={
        "aws:username": st.sampled_from(["a", "b", "plots"]),
        "aws:tagkeys": st.lists(st.sampled_from(["a", "b"])),
    },
)
requests = st.builds(
    AccessRequest,
    st.sampled_from(CALLERS),
    st.sampled_from([QUERY, "s3vectors:GetVectors"]),
    st.sampled_from([INDEX, BUCKET]),
    st.just(HOME),
    contexts,
)


def policies_of(made: dict[PolicyKind, list[dict[str, Any]]], *, unlimited: bool = False) -> Policies:
    identity, boundary, session, resource = (compiled(kind, made[kind]) for kind in KINDS)
    own = None if unlimited else tuple(filter(None, [identity]))
    return Policies(own, boundary, session, resource)


def kinds_in(made: dict[PolicyKind, list[dict[str, Any]]]) -> st.SearchStrategy[PolicyKind]:
    """The kinds of which there are policies: a first statement would be a limit of its own."""
    return st.sampled_from([kind for kind in KINDS if made[kind] or kind == "identity"])


def is_allowed(made: dict[PolicyKind, list[dict[str, Any]]], request: AccessRequest) -> bool:
    return evaluate(policies_of(made), request).allowed


@given(documents, requests, st.data())
def test_a_further_denial_never_allows_more(made: Any, request: AccessRequest, data: st.DataObject) -> None:
    kind = data.draw(kinds_in(made))
    denial = {**data.draw(statement(kind)), "Effect": "Deny"}
    place = data.draw(st.integers(0, len(made[kind])))
    more = {**made, kind: [*made[kind][:place], denial, *made[kind][place:]]}
    assert is_allowed(more, request) <= is_allowed(made, request)


@given(documents, requests, st.data())
def test_a_further_allowance_never_denies_more(
    made: Any, request: AccessRequest, data: st.DataObject
) -> None:
    kind = data.draw(kinds_in(made))
    allowance = {**data.draw(statement(kind)), "Effect": "Allow"}
    place = data.draw(st.integers(0, len(made[kind])))
    more = {**made, kind: [*made[kind][:place], allowance, *made[kind][place:]]}
    assert is_allowed(more, request) >= is_allowed(made, request)


@given(documents, requests, st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(made: Any, request: AccessRequest, chance: Any) -> None:
    shuffled = {kind: chance.sample(own, len(own)) for kind, own in made.items()}
    one, other = (evaluate(policies_of(each), request) for each in (made, shuffled))
    assert (one.allowed, one.kind, one.why) == (other.allowed, other.kind, other.why)


@given(documents, requests)
def test_a_limit_never_allows_more(made: Any, request: AccessRequest) -> None:
    policies = policies_of(made)
    without = replace(policies, boundary=None, session=None)
    assert evaluate(policies, request).allowed <= evaluate(without, request).allowed


@given(documents, requests)
def test_an_unlimited_identity_may_do_all_that_a_limited_one_may(made: Any, request: AccessRequest) -> None:
    made["identity"] = [own for own in made["identity"] if own["Effect"] == "Allow"]
    unlimited = evaluate(policies_of(made, unlimited=True), request)
    assert unlimited.allowed >= is_allowed(made, request)


@given(documents, requests)
def test_a_decision_names_what_decided(made: Any, request: AccessRequest) -> None:
    policies = policies_of(made)
    decision = evaluate(policies, request)
    if decision.statement is not None:
        assert decision.statement.policy_kind == decision.kind
        assert (decision.statement.effect == "Allow") == decision.allowed
        policy = {
            "identity": (policies.identity or (None,))[0],
            "boundary": policies.boundary,
            "session": policies.session,
            "resource": policies.resource,
        }[decision.statement.policy_kind]
        assert policy is not None
        assert policy.statements[decision.statement.position] is decision.statement
    assert explanation(decision, request, policies)


# Anything at all, with the words of policies in it often.
words = st.sampled_from(
    [
        *(
            "Version",
            "2012-10-17",
            "2008-10-17",
            "Statement",
            "Effect",
            "Allow",
            "Deny",
            "Action",
            "NotAction",
        ),
        *("Resource", "NotResource", "Principal", "NotPrincipal", "AWS", "Condition", "StringEquals", "Null"),
        *(
            "Bool",
            "IpAddress",
            "ForAllValues:ArnLike",
            "aws:username",
            "*",
            QUERY,
            INDEX,
            "arn:a:b:c:d:${aws:x}",
        ),
    ]
)
anything = st.recursive(
    st.one_of(words, st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
nearly = st.fixed_dictionaries(
    {
        "Version": st.just("2012-10-17") | anything,
        "Statement": st.fixed_dictionaries(
            {"Effect": st.just("Allow"), "Action": words | st.just("*"), "Resource": words | st.just("*")},
            optional={"Principal": anything, "Condition": anything, "Sid": anything},
        ),
    }
)


@pytest.mark.usefixtures("no_coverage")
@given(anything | nearly, st.sampled_from(KINDS), requests)
def test_a_document_is_refused_or_evaluated(document: Any, kind: PolicyKind, request: AccessRequest) -> None:
    try:
        policy = compile_policy(document, kind)
    except PolicyError:
        return
    policies = {
        "identity": Policies((policy,)),
        "boundary": Policies(None, boundary=policy),
        "session": Policies(None, session=policy),
        "resource": Policies(resource=policy),
    }[kind]
    assert explanation(evaluate(policies, request), request, policies)
