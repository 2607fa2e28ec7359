"""Runs the fenced blocks of Markdown pages as tests.

`collecting` finds them with Sybil, `page` knows the comments before them, `needs` knows the things that an
environment must have for them, and `running` runs each alone in a scratch folder. The other modules each know
one kind of language.
"""
