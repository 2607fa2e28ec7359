"""Tools that tests of several folders share, and oracles that know nothing of the package.

`helpers` has names, records and short ways to see what is there; `refusals` and `constraints` have the
service's words; `operations` has arguments for each operation; `shapes` asks botocore's model.
"""
