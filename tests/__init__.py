"""The tests, by what they look at.

`api` is what a boto3 client sees of each operation, `protocol` the wire below it; `filtering`, `search` and
`world` are the rooms of these names; `activation` is how mocks are switched on and off, `server` the HTTP
server, `clients` other libraries and languages, `benchmarks` speed. `support` is what they share; `typed` is
users' code for mypy. The files here look at the README, the examples, the types and the package as a whole.
"""
