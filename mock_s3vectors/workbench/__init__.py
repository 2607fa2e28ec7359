"""The workbench that a mock offers a test: rules, calls, views of the state, seeding, advice."""
