"""The pages of the documentation, and the README: how their blocks are run, their links, their language."""
