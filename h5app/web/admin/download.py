"""Files handed to the browser to save."""

import io

from flask import Response, send_file


def download(data: bytes, name: str, mimetype: str) -> Response:
    """An attachment; its name goes out in UTF-8 beside an ASCII fallback, so that Chinese names survive."""
    return send_file(io.BytesIO(data), mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)
