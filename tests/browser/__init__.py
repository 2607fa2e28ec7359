"""The page in a real browser: `tox -e browser`. It needs Chromium, Playwright, node and npm.

Set MOCK_CHROMIUM to the path of a browser that is not on PATH as `chromium`.
"""
