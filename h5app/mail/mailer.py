"""What every way of sending has in common: bytes in, what was met out."""

from collections.abc import Callable
from typing import Protocol

from h5app.domain.attempt import Attempt, Phase

# What a mailer answers where it was told to stop before the final dot.
TAKEN_OVER = Attempt(Phase.DATA, None, "已由另一次寄送接手，这次没有寄出")


class Mailer(Protocol):
    """Hands one frozen message over, once, and says how far it came."""

    def send(self, mime: bytes, *, sender: str, to: str, name: str, before_dot: Callable[[], bool]) -> Attempt:
        """Try once; whatever a server does comes back as an Attempt, nothing is raised for it.

        Args:
            mime: the whole message, with CRLF, as made by `to_mime`.
            sender: envelope sender, one address.
            to: envelope recipient; "" ends at Phase.ADDRESS where a server is set.
            name: what to call the message where it becomes a file: ASCII letters, digits, “.”, “_”, “-”.
            before_dot: asked once, when the whole message is on its way and nobody has it yet: before the
                final dot, or before the file gets its name. False ends the attempt as TAKEN_OVER; what it
                raises passes through. Either way the message has not arrived, and only after True it may.
        """
        ...
