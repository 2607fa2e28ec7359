"""The guide to the server's own paths that GET /_mock_s3vectors gives people who test in other languages."""

from __future__ import annotations

_CALLS = (
    '{"operation": "PutVectors", several in a list, or "*"; "region": "us-east-1"; '
    '"account": "111122223333"; "members": {"indexName": "plots"}}, each of them optional. The members are '
    "parameters by AWS's names, which must be equal; null means absent. vectorBucketName and indexName also "
    "match what an ARN names"
)

# By method and path.
DOES = {
    ("GET", ""): "lists these paths",
    ("GET", "/health"): (
        'answers {"status": "ok", "version": ...}; with the status 503 and "starting" until the files of '
        '--init are done, and "failed" after one of them has failed. GET /health is the same'
    ),
    ("GET", "/init"): (
        'tells how far the files of --init are: {"status": "running", "done", "failed", or "none" if there '
        'are no such files, "scripts": [{"name": ..., "status": "waiting", "running", "done" or "failed", '
        '"seconds": how long it took}]}, and the "error" of one that has failed'
    ),
    ("GET", "/calls"): (
        "lists the calls that are kept, every attempt, the oldest first, and how many before them are not. "
        "Each has the ARN of its caller, and the decision by policies; null if they were not asked"
    ),
    ("POST", "/calls/find"): f"lists the calls that the document describes: {_CALLS}",
    ("DELETE", "/calls"): "forgets the calls",
    ("GET", "/rules"): (
        "lists the rules, the newest first, each with its id, what it does in words, and its hits, the "
        "number of calls on which it has acted. The first rule that is about a call decides; after a delay, "
        "and within a limit, those after it look at the call too"
    ),
    ("POST", "/rules"): (
        f"adds a rule, and answers with it and its id. The document says which calls it is about: {_CALLS}. "
        "It has one of these verbs: "
        '"fail": "TooManyRequestsException", 503, or {"code": ..., "message": ...}; '
        '"delay": 0.2 or [0.1, 0.5], in seconds; '
        '"limit": {"requests": 5, "vectors": 2500, "per": 1.0}, the most requests and vectors that each '
        "index takes in so many seconds; "
        '"disconnect": "reset", "timeout", "empty", "truncated", "malformed", or '
        '{"kind": ..., "applied": true}, if the call is carried out all the same; '
        '"answer": {...}, the output of the operation. It may have '
        '"times": how often it acts at most; "after": how many calls it lets pass first; '
        '"probability": the chance that it acts on each later call, above 0, up to 1; '
        '"seed": an integer that makes the random numbers the same each time; '
        '"optional": false, if a Python test that has this server must fail when the rule never acts'
    ),
    ("DELETE", "/rules"): "removes all rules",
    ("DELETE", "/rules/{id}"): "removes the rule with this id",
    ("GET", "/clock"): "tells the time, in seconds since the epoch, and whether it is frozen",
    ("POST", "/clock"): (
        'does what the document says, in this order, and tells the time: {"follow": true, for the clock of '
        'the process again; "freeze": true; "move_to": "2027-01-31T12:00:00Z" or seconds since the epoch; '
        '"shift": seconds}, each of them optional'
    ),
    ("GET", "/identities"): "lists the users and the sessions of roles, the oldest first, without secrets",
    ("POST", "/identities"): (
        "adds a user, or a role with a session, and answers with the ARN and the access keys, with which "
        'clients sign. The document has either "user" or "role", the name, and may have '
        '"policy", which is a policy document; "policies": several of them; "boundary": the permissions '
        'boundary; "tags": {"team": "films"}; "account": "111122223333"; '
        '"access_key_id" and "secret_access_key", to have others than the made ones. A role may also have '
        '"session_name", "session_policy" and "session_token". A user or a role that exists gets what the '
        "document has in the place of what it had, and keeps its access keys"
    ),
    ("DELETE", "/identities"): (
        "forgets all identities but those that the command line, or a mock around this one, has given"
    ),
    ("DELETE", "/identities/{id}"): "forgets the identity with this ARN or access key id",
    ("GET", "/keys"): (
        "lists the KMS keys. As long as nobody has made one, every key of the right form is accepted"
    ),
    ("POST", "/keys"): (
        'makes a KMS key, or changes the one with this "arn", and answers with it. A new one may have "arn", '
        'or "account" and "region"; and a "usage" other than "ENCRYPT_DECRYPT". One of these is done to it: '
        '"enable": true, "disable": true, "schedule_deletion": true, "cancel_deletion": true; and '
        '"admit_indexing": false has its policy not let the service index vectors'
    ),
    ("DELETE", "/keys"): (
        "drops all keys, and changes of keys, but those that the command line, or a mock around this one, "
        "has given"
    ),
    ("DELETE", "/keys/{id}"): "deletes the KMS key with this ARN: calls that need it do not find it",
    ("GET", "/explain/{id}"): (
        "explains why policies allowed or denied the call with this request id, which its answer has in the "
        "header x-amz-request-id"
    ),
    ("GET", "/policy"): (
        "returns the smallest policy with which the calls that are kept can be made; those that policies "
        "denied count for nothing"
    ),
    ("GET", "/state"): (
        "answers with a file that holds all vector buckets with everything in them, identities and keys, as "
        "mock.save() in Python writes it"
    ),
    ("PUT", "/state"): (
        "drops all vector buckets, identities and keys, and holds those of such a file, which is the body. "
        "On a server with --state those that the command line has given stay"
    ),
    ("GET", "/ui"): "is a page for people, who open it in a browser",
    ("POST", "/reset"): (
        "drops all vector buckets, all rules, and the identities and the keys that DELETE drops, forgets the "
        "calls, and has the clock follow the process. /reset?init=1 also runs the files of --init again, and "
        "answers when they are done, as GET /init does"
    ),
}
