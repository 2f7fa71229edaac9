"""`flask …`: commands as thin as views. `flask up` is what `make run` runs."""

from flask import Flask

from h5app.cli.admin import admin_group
from h5app.cli.doctor import install_doctor
from h5app.cli.importing import install_importing
from h5app.cli.mail import mail_group
from h5app.cli.paper import install_paper
from h5app.cli.posters import install_posters
from h5app.cli.serving import install_serving
from h5app.wiring import Parts


def install_commands(app: Flask, parts: Parts) -> None:
    """Put every command on the application."""
    app.cli.add_command(mail_group(parts))
    app.cli.add_command(admin_group(parts))
    install_serving(app, parts)
    install_paper(app, parts)
    install_posters(app, parts)
    install_importing(app, parts)
    install_doctor(app, parts)
