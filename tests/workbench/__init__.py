"""The workbench: rules, calls, the clock, seeding, views, usage and advice."""
