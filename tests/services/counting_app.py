"""A WSGI application that counts every request as a scan and answers with its process; for gunicorn to serve."""

import os
from datetime import date
from pathlib import Path

from h5app.domain.funnel import FunnelStep
from h5app.services.counting import Counts
from h5app.storage.rows import SqliteRows
from h5app.storage.stores import open_stores
from h5app.storage.vault import Vault


def make_app(database):
    """Counts are opened before gunicorn forks, as by the service; nothing is written before the workers end."""
    counts = Counts(open_stores(SqliteRows(Path(database)), Vault(bytes(32))), every_s=60.0)

    def app(_environ, start_response):
        counts.count("K7WM", FunnelStep.SCAN, day=date(2026, 11, 22))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]

    return app
