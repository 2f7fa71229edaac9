"""Posters in the console: seen, counted, downloaded."""

from flask import Response, render_template, url_for

from h5app.domain.channel import Channel
from h5app.domain.errors import NotFoundError
from h5app.web.admin.console import bp
from h5app.web.context import parts
from h5app.web.download import download

_PREVIEW_KEPT_S = 300


@bp.get("/posters")
def posters_page() -> str:
    press = parts().press
    scans = parts().stores.counts.scans()
    return render_template(
        "admin/posters.html",
        posters=[
            {
                "name": channel.name,
                "route_label": channel.route.label if channel.route else "不限方式",
                "code": channel.code,
                "url_text": press.url(channel),
                "scans": scans.get(channel.code, 0),
                "pdf_url": url_for(".poster_file", code=channel.code, kind="pdf"),
                "png_url": url_for(".poster_file", code=channel.code, kind="png"),
                "preview_url": url_for(".poster_preview", code=channel.code),
            }
            for channel in press.book.channels
        ],
        sample=press.why_sample,
    )


@bp.get("/posters/<code>.<any(pdf, png):kind>")
def poster_file(code: str, kind: str) -> Response:
    channel = _channel(code)
    press = parts().press
    data = press.make(channel, product="a4", design="red", form=kind, sample=bool(press.why_sample))
    return download(data, f"海报_{channel.name}.{kind}")


@bp.get("/posters/<code>/preview.png")
def poster_preview(code: str) -> Response:
    response = Response(parts().press.preview(_channel(code), product="a4", design="red"), mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = _PREVIEW_KEPT_S
    return response


def _channel(code: str) -> Channel:
    channel = parts().press.book.channel(code)
    if channel is None:
        raise NotFoundError("没有这张海报")
    return channel
