"""Pages, style sheets and scripts are sent compressed, with or without a proxy in front.

Style sheets and scripts are packed once in a process, as small as gzip can; pages on their way out, as fast as it can
(25 µs for the longest form). A page's length tells nothing: each is lengthened by chance, or somebody who can watch the
line and put words into a page could guess its token letter by letter (BREACH; `docs/performance.md`).
"""

import gzip
import secrets
import struct
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

_LEAST_BYTES = 1000
_CHANCE_BYTES = 64
# As much memory as a page of 8 KB has use for, 48 KB: clearing the usual 268 KB took twice as long as compressing.
_WINDOW_BITS, _MEMORY_LEVEL = 13, 6
_PACKED_FILES = frozenset({"text/css", "text/javascript"})
# RFC 1952: magic, deflate, “a file name follows”, no time, fastest, Unix.
_HEAD = b"\x1f\x8b\x08\x08\0\0\0\0\x04\x03"


def install(app: Flask) -> None:
    """Compress what goes out; before all else that looks at answers, so that it comes after."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", "")) or response.status_code == 304:
            return response
        if response.mimetype == "text/html" and response.is_sequence:
            page = response.get_data()
            if len(page) >= _LEAST_BYTES:
                response.set_data(packed(page))
                response.headers["Content-Encoding"] = "gzip"
        elif request.endpoint == "static" and response.mimetype in _PACKED_FILES:
            _send_packed(response, Path(app.static_folder or "", (request.view_args or {})["filename"]))
        return response


@lru_cache(maxsize=64)
def takes_gzip(accepted: str) -> bool:
    """Whether a browser that sends this Accept-Encoding reads gzip.

    >>> takes_gzip("gzip, deflate, br"), takes_gzip("br, gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    return parse_accept_header(accepted, Accept).quality("gzip") > 0


def packed(page: bytes) -> bytes:
    """The page as gzip, its name a number of letters that chance says; gzip readers skip names."""
    press = zlib.compressobj(1, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY_LEVEL)
    name = b"x" * secrets.randbelow(_CHANCE_BYTES) + b"\0"
    tail = struct.pack("<LL", zlib.crc32(page), len(page))
    return b"".join((_HEAD, name, press.compress(page), press.flush(), tail))


def _send_packed(response: Response, path: Path) -> None:
    response.close()
    response.direct_passthrough = False
    response.set_data(_packed_file(path, response.headers["ETag"]))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = f'{response.headers["ETag"][:-1]}-gzip"'
    response.vary.add("Accept-Encoding")


@lru_cache(maxsize=32)
def _packed_file(path: Path, _etag: str) -> bytes:
    """A file of ours as it was with that tag."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)
