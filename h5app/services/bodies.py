"""Bodies: what a letter says, drawn from templates/mail as plain text and as HTML: the same facts in both."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from h5app.settings import PROJECT


@dataclass(frozen=True)
class Bodies:
    """The same text twice."""

    text: str
    html: str


def draw(template: str, **facts: object) -> Bodies:
    """Fill `templates/mail/<template>.txt` and `.html`; a name that neither knows is an error, not a hole."""
    environment = _environment()
    text, html = (environment.get_template(f"{template}.{kind}").render(facts) for kind in ("txt", "html"))
    return Bodies(text, html)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PROJECT / "templates" / "mail"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
