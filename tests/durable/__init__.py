"""Tests of `mock-s3vectors serve --state FILE`: kills, full disks, two servers, restarts.

`nursery` makes servers quickly, and `line` leads to one; `load` writes by the calls of `steps`, and knows
what must be there; `tokens` keeps page tokens.
"""
