"""The signature of a page, by which WeChat's app knows that the page may set its share card."""

import hashlib


def signature(ticket: str, *, nonce: str, timestamp: int, url: str) -> str:
    """40 hex digits.

    Args:
        ticket: the jsapi_ticket.
        nonce: any letters and digits.
        timestamp: seconds since 1970.
        url: the page's address as the browser has it, query included; what follows a `#` does not count.

    Source: appendix 1 of WeChat's JS-SDK documentation; SHA-1 is theirs.

    >>> ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    >>> url = "http://mp.weixin.qq.com?params=value"
    >>> signature(ticket, nonce="Wm3WZYTPz0wzccnW", timestamp=1414587457, url=url)
    '0f9de62fce790f9a083d5c99e95740ceb90c27ed'
    """
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
