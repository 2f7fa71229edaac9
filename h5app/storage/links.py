"""Links that one person gets: what makes them unguessable is made anew from the key each time, and stored nowhere."""

import base64
import hmac

from h5app.storage.vault import Vault

_HEX_DIGITS = 32  # 128 bits


class Links:
    """Marks for links. One that is not right and one that never was look alike."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def mark(self, value: str, *, purpose: str) -> str:
        """26 capitals and digits, 128 bits; letters that look like digits stand alone, so it can be typed as well.

        Args:
            value: what the link leads to.
            purpose: what it is for; a mark for one purpose is none for another.
        """
        digest = self._vault.blind_index(value, purpose=f"link:{purpose}")[:_HEX_DIGITS]
        return base64.b32encode(bytes.fromhex(digest)).decode().rstrip("=")

    def is_mark(self, mark: str, value: str, *, purpose: str) -> bool:
        """Whether this is that mark; how long the answer takes tells nothing."""
        return hmac.compare_digest(mark.upper().encode(), self.mark(value, purpose=purpose).encode())
