"""What every way of sending has in common: bytes in, what was met out."""

from typing import Protocol

from h5app.domain.attempt import Attempt


class Mailer(Protocol):
    """Hands one frozen message over, once, and says how far it came."""

    def send(self, mime: bytes, *, sender: str, to: str, name: str) -> Attempt:
        """Try once; whatever a server does comes back as an Attempt, nothing is raised for it.

        Args:
            mime: the whole message, with CRLF, as made by `to_mime`.
            sender: envelope sender, one address.
            to: envelope recipient; "" ends at Phase.ADDRESS where a server is set.
            name: what to call the message where it becomes a file: ASCII letters, digits, “.”, “_”, “-”.
        """
        ...
