"""Fixtures of the mail tests."""

from tests.mail.smtp_server import smtp_server as smtp_server  # noqa: PLC0414 - re-exported for pytest
