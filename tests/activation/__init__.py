"""Tests of switching the mock on and off: every form, every door of this process, what is as before."""
