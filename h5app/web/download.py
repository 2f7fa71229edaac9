"""Files handed to the browser to save."""

import io

from flask import Response, send_file

from h5app.documents.names import media_type


def download(data: bytes, name: str) -> Response:
    """An attachment; its name goes out in UTF-8 beside an ASCII fallback, so that Chinese names survive."""
    return send_file(io.BytesIO(data), mimetype=media_type(name), as_attachment=True, download_name=name, max_age=0)
