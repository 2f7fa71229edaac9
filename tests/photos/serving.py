"""A WSGI application that answers an uploaded photo with who made it and what it became; for gunicorn to serve."""

import os
from pathlib import Path

from h5app.domain.errors import PhotoError
from h5app.photos import PhotoLimits, render
from h5app.photos.rendering import DARKROOM


def make_app(slots_dir, first_photo):
    """Renders one photo before gunicorn forks, so that the workers inherit a darkroom in use."""
    limits = PhotoLimits(slots_dir=Path(slots_dir), wall_s=5.0)
    render(Path(first_photo).read_bytes(), limits=limits)
    masters_zygote = DARKROOM.zygote_pid

    def app(environ, start_response):
        data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            made = render(data, limits=limits)
            said = f"{made.width_px} × {made.height_px}"
        except PhotoError as error:
            said = str(error)
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{os.getpid()}|{DARKROOM.zygote_pid or 0}|{masters_zygote}|{said}".encode()]

    return app
