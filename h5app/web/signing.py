"""Sessions that are the same for many are signed once: everybody who scans one poster gets the same one.

Signing costs 60 µs, a third of what a scan does, and gives Python's turn away on the way: to zlib, which is asked each
time whether a hundred bytes get shorter.
"""

import time
from functools import lru_cache

from itsdangerous import URLSafeTimedSerializer

# Every channel of a large campaign within a minute.
_MOST = 2048


class SharedSigner(URLSafeTimedSerializer):
    """Signs like its parent; what holds nothing but flags and short texts, and no token, once a minute."""

    def dumps(self, obj: object, salt: str | bytes | None = None) -> str:
        if isinstance(obj, dict) and salt is None and _is_anybodys(obj):
            return _signed(self, tuple(obj.items()), int(time.time() // 60))
        return super().dumps(obj, salt)


def shared_signer(serializer: URLSafeTimedSerializer) -> SharedSigner:
    """One with the keys of another, which reads what that has signed."""
    return SharedSigner(
        serializer.secret_keys,
        salt=serializer.salt,
        serializer=serializer.serializer,
        signer_kwargs=serializer.signer_kwargs,
    )


def _is_anybodys(held: dict[str, object]) -> bool:
    return "csrf_token" not in held and all(isinstance(value, str | bool) for value in held.values())


@lru_cache(maxsize=_MOST)
def _signed(signer: SharedSigner, held: tuple[tuple[str, object], ...], _minute: int) -> str:
    return URLSafeTimedSerializer.dumps(signer, dict(held))
