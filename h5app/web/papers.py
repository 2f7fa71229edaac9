"""Paper for everybody: the blank 推荐表 as a picture, since WeChat opens no files, and as files for a browser."""

from flask import Blueprint, Response, render_template, request, url_for

from h5app.documents.pictures import GLANCE_HEIGHT_PX, GLANCE_WIDTH_PX
from h5app.domain.nomination import Route
from h5app.domain.sheet import CELLS
from h5app.services.showing import BlankPaper, blank_paper
from h5app.web.context import campaign, parts
from h5app.web.download import download

bp = Blueprint("papers", __name__, url_prefix="/papers")

_YEAR_S = 365 * 24 * 3600
# An address without the mark of what it holds, or with an older one.
_SHORT_S = 300


@bp.get("/blank")
def blank_page() -> str:
    mark = _paper().mark
    return render_template(
        "papers/blank.html",
        pages=[
            {
                "url": url_for(".blank_glance", v=mark),
                "large_url": url_for(".blank_picture", v=mark),
                "width_px": GLANCE_WIDTH_PX,
                "height_px": GLANCE_HEIGHT_PX,
                "alt": f"空白的推荐表，要填的有：{'、'.join(CELLS.values())}",
            }
        ],
        word_url=url_for(".blank_file", kind="docx", v=mark),
        pdf_url=url_for(".blank_file", kind="pdf", v=mark),
        in_wechat=in_wechat(),
    )


@bp.get("/blank-1.png")
def blank_picture() -> Response:
    return _kept(Response(_paper().picture, mimetype="image/png"))


@bp.get("/blank-1-small.png")
def blank_glance() -> Response:
    return _kept(Response(_paper().glance, mimetype="image/png"))


@bp.get("/blank.<any(docx, pdf):kind>")
def blank_file(kind: str) -> Response:
    data = _paper().word if kind == "docx" else _paper().pdf
    return _kept(download(data, f"{campaign().form_title}_空白.{kind}"))


def in_wechat() -> bool:
    """Whether the page is read inside WeChat, which shows pictures but saves no files."""
    return "MicroMessenger" in request.user_agent.string


def _paper() -> BlankPaper:
    return blank_paper(campaign(), campaign().path_of(Route.SELF), parts().stationery)


def _kept(response: Response) -> Response:
    """Let anybody keep what is nobody's own: for good where the address names these very bytes."""
    response.cache_control.clear()
    response.cache_control.public = True
    response.cache_control.max_age = _SHORT_S
    if request.args.get("v") == _paper().mark:
        response.cache_control.max_age = _YEAR_S
        response.cache_control.immutable = True
    response.headers.pop("Expires", None)
    return response
