"""Tests of aiobotocore alone: tasks, async forms of the mock, other ways to send."""
