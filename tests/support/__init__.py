"""Tools that tests of several folders share, and oracles that know nothing of the package.

`helpers` has names, records and short ways to see what is there; `refusals` and `constraints` have the
service's words; `operations` has arguments for each operation; `drivers` calls any client; `mocks` looks into
the mock that is on; `shapes` asks botocore's model.
"""
