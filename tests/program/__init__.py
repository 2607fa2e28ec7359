"""Tests of the program's habits: environment variables, health, waiting, help, completion."""
