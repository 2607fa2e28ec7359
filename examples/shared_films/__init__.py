"""Tests of the film search, which share one saved file of some 3,200 real films: see `conftest`."""
