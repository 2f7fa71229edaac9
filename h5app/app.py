"""The factory: settings in, a Flask application out."""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from h5app.cli import install_commands
from h5app.domain.campaign import local_time
from h5app.domain.text import with_units
from h5app.settings import PROJECT, Settings
from h5app.storage.migrations import pending
from h5app.web import (
    compressing,
    confirming,
    eligibility,
    errors,
    expired,
    handing,
    look,
    nominate,
    papers,
    photos,
    receipts,
    resuming,
    saving,
    scanning,
    security,
    sharing,
    status,
    units,
)
from h5app.web.admin import console
from h5app.web.topics import Topics
from h5app.wiring import Parts, wire


class _Service(Flask):
    """Flask without asking seven times a request whether a function is asynchronous; none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, *, parts: Parts | None = None) -> Flask:
    """Build the application; opens the database on the first request of each thread.

    Raises:
        SettingsError, CampaignError, PosterError: what keeps the service from starting, in one sentence.
    """
    parts = parts or wire(settings)
    app = _Service("h5app", template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "static"))
    app.extensions["h5app"] = parts
    app.extensions["h5app.topics"] = Topics(parts.campaign)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    compressing.install(app)
    security.protect(app, parts)
    CSRFProtect(app)
    app.register_blueprint(nominate.bp)
    app.register_blueprint(scanning.bp)
    app.register_blueprint(eligibility.bp)
    app.register_blueprint(saving.bp)
    app.register_blueprint(resuming.bp)
    app.register_blueprint(receipts.bp)
    app.register_blueprint(confirming.bp)
    app.register_blueprint(status.bp)
    app.register_blueprint(units.bp)
    app.register_blueprint(handing.bp)
    app.register_blueprint(photos.bp)
    app.register_blueprint(papers.bp)
    app.register_blueprint(look.bp)
    app.register_blueprint(sharing.bp)
    app.register_blueprint(console.bp)
    errors.install(app)
    install_commands(app, parts)

    @cache
    def asset(name: str) -> str:
        digest = hashlib.sha256((PROJECT / "static" / name).read_bytes()).hexdigest()[:12]
        return url_for("static", filename=name, v=digest)

    app.jinja_env.globals.update(asset=asset, campaign=parts.campaign, local_time=local_time)
    app.jinja_env.globals.update(look_class=look.look_class, here=look.here, csrf_token=security.csrf_token)
    app.jinja_env.globals.update(page_notice=expired.page_notice)
    app.jinja_env.filters["with_units"] = with_units

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        """200 when the database answers and the newest migration is in."""
        waiting = pending(parts.stores.rows)
        return jsonify(database="ok", waiting_migrations=waiting), 503 if waiting else 200

    return app
