"""What gunicorn serves and `flask` finds."""

from h5app.app import create_app
from h5app.domain.errors import H5appError
from h5app.settings import Settings

try:
    app = create_app(Settings.from_env())
except H5appError as error:
    raise SystemExit(f"不能启动：{error}") from None
