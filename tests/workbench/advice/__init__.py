"""Tests of advice: each kind with its text, and none for ordinary, correct use. Warnings are errors here."""
