"""Tests of what is remembered: state, derived parts, threads, forks, and interruptions."""
