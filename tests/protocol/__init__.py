"""Tests of the wire: how requests are routed, read and checked, and how answers are written.

botocore's model, serializer and parser are the oracle. `wire` is the client's end of it, `places` walks all
inputs of the model, `breaches` breaks each constraint once, `values` draws values of a shape, `samples` and
`spoiling` make the requests that `test_fuzz` sends.
"""
