"""What a mock offers to the test that made it: rules, calls, views of the state, seeding, advice."""
