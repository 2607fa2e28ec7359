"""Requests and the policies that apply to them, made at random: the questions that two evaluators are asked.

A case has a focus. All else in its policies matches nearly everything: the outcome hangs on the focus. Cases
leave out the few things that the two evaluators see differently; test_oracle.py has one case of each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization import AccessRequest, Decision, Policies, compile_policy, evaluate
from tests.authorization.vocabulary import (
    ABROAD,
    ACTION_PATTERNS,
    EVERYBODY,
    FAMILIES,
    HOME,
    INCOMPLETE_RESOURCES,
    INDEX,
    ONLY_OF,
    PRINCIPAL_ELEMENTS,
    PRINCIPALS,
    RESOURCE_PATTERNS,
    RESOURCES,
    SEVERAL,
    VARIABLE_RESOURCES,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_s3vectors.authorization import Policy, Principal
    from mock_s3vectors.authorization.statements import PolicyKind

Document = dict[str, Any]
FOCUSES = ("policies", "principals", "patterns", "conditions")


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


ALLOW_ALL = document({"Effect": "Allow", "Action": "*", "Resource": "*"})


@dataclass(frozen=True)
class Case:
    """A request, and the documents of the policies that apply to it; `identity=None` is an account's root."""

    principal: Principal
    action: str = "s3vectors:GetVectors"
    resource: str = INDEX
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    identity: tuple[Document, ...] | None = ()
    bucket: Document | None = None
    boundary: Document | None = None
    session: Document | None = None

    def decide(self) -> Decision:
        """Return our decision. Its policies are named as the oracle names them."""

        def compiled(policy: Document | None, kind: PolicyKind, name: str = "") -> Policy | None:
            return None if policy is None else compile_policy(policy, kind, name=name)

        identity = None
        if self.identity is not None:
            identity = tuple(
                compile_policy(policy, "identity", name=f"{number}")
                for number, policy in enumerate(self.identity)
            )
        policies = Policies(
            identity,
            boundary=compiled(self.boundary, "boundary", "boundary"),
            session=compiled(self.session, "session", "SessionPolicy"),
            resource=compiled(self.bucket, "resource"),
        )
        request = AccessRequest(self.principal, self.action, self.resource, HOME, self.context)
        return evaluate(policies, request)

    def simulation(self) -> Document:
        """Return the same question for the oracle, to which a root is somebody who may do everything."""
        identity = (ALLOW_ALL,) if self.identity is None else self.identity
        simulation = {
            "request": {
                "principal": self.principal.arn,
                "action": self.action,
                "resource": {"resource": self.resource, "accountId": HOME},
                "contextVariables": self.context,
            },
            "identityPolicies": [
                {"name": f"{number}", "policy": policy} for number, policy in enumerate(identity)
            ],
            "serviceControlPolicies": [],
            "resourceControlPolicies": [],
            "resourcePolicy": self.bucket,
            "sessionPolicy": self.session,
            "permissionBoundaryPolicies": self.boundary and [{"name": "boundary", "policy": self.boundary}],
        }
        return {name: value for name, value in simulation.items() if value is not None}


class Maker:
    """Makes cases at random: the same ones of the same seed."""

    def __init__(self, focus: str, seed: int) -> None:
        self._focus = focus
        self._random = random.Random(f"{focus} {seed}")

    def case(self) -> Case:
        principal = self._one(PRINCIPALS)
        name = self._one(tuple(RESOURCES))
        is_free, is_session = principal.kind in {"root", "service"}, principal.kind == "session"
        # For conditions and patterns one kind of policy is much the same as another.
        is_of_several = self._focus in {"policies", "principals"} or self._happens(0.1)
        has_bucket = principal.account != HOME or self._focus == "principals"
        has_bucket = has_bucket or (is_of_several and self._happens(0.6))
        has_session = is_of_several and is_session and self._happens(0.5)
        whom = self._whom(principal, has_session=has_session)
        return Case(
            principal,
            f"s3vectors:{name}",
            self._one(RESOURCES[name]),
            self._context(name, principal),
            identity=None if is_free else tuple(self._document() for _ in range(self._one((0, 1, 1, 1, 2)))),
            bucket=self._document(whom, short=False) if has_bucket else None,
            boundary=self._document() if is_of_several and not is_free and self._happens(0.4) else None,
            session=self._document(short=False) if has_session else None,
        )

    def _one(self, among: Sequence[Any]) -> Any:
        return self._random.choice(among)

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _one_or_several(self, among: Sequence[str]) -> str | list[str]:
        if self._happens(0.6):
            return str(self._one(among))
        return self._random.sample(among, min(len(among), self._one((1, 2, 3))))

    def _document(self, whom: dict[str, list[Document]] | None = None, *, short: bool = True) -> Document:
        """Return a policy, perhaps with ARNs cut short; that of a bucket, if it is given whom to name."""
        made = document(*(self._statement(whom, short=short) for _ in range(self._one((1, 1, 2, 3)))))
        if len(made["Statement"]) == 1 and self._happens(0.3):
            [made["Statement"]] = made["Statement"]
        return made

    def _statement(self, whom: dict[str, list[Document]] | None, *, short: bool) -> Document:
        statement: Document = {"Effect": "Allow" if self._happens(0.75) else "Deny"}
        if whom is not None:
            statement.update(self._one(whom[statement["Effect"]]))
        more = {"Resource": VARIABLE_RESOURCES + (INCOMPLETE_RESOURCES if short else ())}
        for name, patterns in (("Action", ACTION_PATTERNS), ("Resource", RESOURCE_PATTERNS)):
            if not self._happens(0.9 if self._focus == "patterns" else 0.15):
                statement[name] = "*"
            elif self._happens(0.2):
                statement[f"Not{name}"] = self._one_or_several(patterns)
            else:
                statement[name] = self._one_or_several((*patterns, *more.get(name, ())))
        if self._happens(0.9 if self._focus == "conditions" else 0.1):
            statement["Condition"] = self._condition()
        return statement

    def _whom(self, caller: Principal, *, has_session: bool) -> dict[str, list[Document]]:
        """Return the principals that statements of a bucket policy may name, by their effect."""
        kind = "AWS" if caller.account else "Service"
        direct = [{"Principal": {kind: caller.arn}}]
        less_direct = [{"Principal": {kind: caller.role_arn or caller.account or caller.arn}}]
        # They name the caller in all ways that there are, or in none.
        stranger = user(HOME if caller.account == ABROAD else ABROAD)
        names = list(filter(None, [caller.arn, caller.account, caller.role_arn]))
        negated = [
            {"NotPrincipal": {kind: names}},
            {"NotPrincipal": {"AWS": [stranger.arn, stranger.account]}},
        ]
        everybody = [{"Principal": element} for element in EVERYBODY]
        others = [{"Principal": element} for element in PRINCIPAL_ELEMENTS]
        weight = 1 if self._focus == "principals" else len(others) // 2
        allowed = weight * less_direct + others
        # The oracle lets a session policy limit these too.
        if not has_session:
            allowed += weight * direct + (everybody + negated if caller.account == HOME else [])
        else:
            allowed = [one for one in allowed if caller.arn not in str(one)]
        return {"Allow": allowed, "Deny": weight * (direct + less_direct) + others + everybody + 2 * negated}

    def _context(self, action: str, caller: Principal) -> dict[str, str | list[str]]:
        context: dict[str, str | list[str]] = {}
        for family in FAMILIES:
            for key in family.keys:
                if self._happens(0.3) or not _may_have(action, key):
                    continue
                value = self._one(family.values)
                if key == SEVERAL:
                    value = self._random.sample(family.values, self._one((1, 1, 2, 3)))
                context[key.lower()] = value
        context["aws:principalarn"] = caller.role_arn or caller.arn
        if caller.kind == "service":
            del context["aws:principalarn"]
        if caller.name is not None:
            context["aws:username"] = caller.name
        return context

    def _condition(self) -> Document:
        condition: Document = {}
        for _ in range(self._one((1, 1, 1, 2))):
            family = self._one(FAMILIES)
            key, operator = self._one(family.keys), self._one(family.operators)
            more = () if "Not" in operator else family.only_positive
            compared = self._one_or_several((*family.compared, *more))
            if self._happens(0.1):
                operator, compared = "Null", self._one(("true", "false"))
            else:
                operator = self._modified(operator, key)
            name = self._one((str, str, str.lower, str.upper))(key)
            condition.setdefault(operator, {})[name] = compared
        return condition

    def _modified(self, operator: str, key: str) -> str:
        if key == SEVERAL or self._happens(0.2):
            return f"{self._one(('ForAllValues', 'ForAnyValue'))}:{operator}"
        return f"{operator}IfExists" if self._happens(0.35) else operator


def _may_have(action: str, key: str) -> bool:
    if action == "ListVectorBuckets":
        return key not in ONLY_OF and not key.startswith(("aws:ResourceTag", "s3vectors:"))
    return action in ONLY_OF.get(key, (action,))
