"""Files handed to the browser to save."""

import io
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, send_file

from h5app.documents.names import media_type


def download(data: bytes, name: str) -> Response:
    """An attachment; its name goes out in UTF-8 beside an ASCII fallback, so that Chinese names survive."""
    return send_file(io.BytesIO(data), mimetype=media_type(name), as_attachment=True, download_name=name, max_age=0)


def streamed(pieces: Iterator[bytes], name: str, *, ascii_name: str) -> Response:
    """An attachment that is sent while it is made, its length unknown: broken off, the browser says so by itself."""
    response = Response(pieces, mimetype=media_type(name))
    response.headers["Content-Disposition"] = f"attachment; filename={ascii_name}; filename*=UTF-8''{quote(name)}"
    return response
