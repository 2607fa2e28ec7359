"""What only clients of aiobotocore can do: tasks, async forms of the mock, other ways to send."""
