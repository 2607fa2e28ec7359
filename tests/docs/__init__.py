"""The documentation: blocks run as they say, the reference is complete, links and words are right."""
