"""What leaves the console as a file: forms, packages, photos, tables. Each is written down before it goes."""

import threading

from flask import Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.errors import NotFoundError
from h5app.services.choosing import chosen, living
from h5app.services.collecting import Collection, materials
from h5app.services.exporting import entries_table
from h5app.services.packaging import Entry, entry_of, form_files, package_name, package_of
from h5app.services.reviewing import note_download, note_downloads, present
from h5app.web.admin.console import bp, me
from h5app.web.admin.listing import conditions, current_search
from h5app.web.admin.tables import NOBODY_CHOSEN, ticked
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download, streamed

# A stream holds one of a worker's sixteen threads until the last byte has left: two leave fourteen for people.
_STREAMS = threading.BoundedSemaphore(2)
_BUSY = "同事正在下载全部材料，请等下载完再试"


@bp.get("/nominations.xlsx")
def nominations_xlsx() -> Response:
    table = entries_table(parts().stores, campaign(), current_search())
    note_download(parts().stores, "", "申报表格", who=me(), now=utc_now())
    day = f"{campaign().local(utc_now()):%Y%m%d}"
    return download(table, f"申报表格_{day}.xlsx")


@bp.post("/materials.zip")
def materials_file() -> BaseResponse:
    """All materials of what is ticked, of all that the conditions find, or of the 汇总表 in its order."""
    stores, of_table = parts().stores, bool(request.form.get("table"))
    asked = [each.reference for each in chosen(stores, me())] if of_table else ticked(request.form)
    references = asked if of_table or request.form.get("every") else [each.reference for each in living(stores, asked)]
    back = url_for(".table_page") if of_table else url_for(".nominations_page", **conditions())
    if not references:
        return _told(NOBODY_CHOSEN, back)
    if not _STREAMS.acquire(blocking=False):
        return _told(_BUSY, back)
    try:
        return _stream(references)
    except BaseException:
        _STREAMS.release()
        raise


def _stream(references: list[str]) -> Response:
    now = utc_now()
    source = Collection(
        parts().stores,
        parts().files,
        campaign(),
        now,
        stationery=parts().stationery,
        unit=session.get("table_unit", ""),
    )
    note_downloads(parts().stores, references, "全部材料", who=me(), now=now)
    day = f"{campaign().local(now):%Y%m%d}"
    pieces = materials(source, references)
    response = streamed(pieces, f"推荐材料_{day}_{len(references)}份.zip", ascii_name=f"materials_{day}.zip")
    response.call_on_close(_STREAMS.release)
    return response


def _told(sentence: str, back: str) -> BaseResponse:
    flash(sentence, "error")
    return redirect(back, code=303)


@bp.get("/nominations/<reference>/<any(docx, pdf):kind>")
def form_file(reference: str, kind: str) -> Response:
    word, pdf = form_files(_present(reference), campaign(), parts().files, parts().stationery)
    note_download(parts().stores, reference, f"推荐表（{kind}）", who=me(), now=utc_now())
    file = word if kind == "docx" else pdf
    return download(file.data, file.name)


@bp.get("/nominations/<reference>/zip")
def package_file(reference: str) -> Response:
    found = _present(reference)
    package = package_of(found, campaign(), parts().files, parts().stationery)
    note_download(parts().stores, reference, "材料包", who=me(), now=utc_now())
    return download(package, f"{package_name(found.nomination, campaign())}.zip")


@bp.get("/nominations/<reference>/photos/<attachment_id>/<any(press, mail):size>.jpg")
def photo_file(reference: str, attachment_id: str, size: str) -> Response:
    for photo in _present(reference).photos:
        if photo.id == attachment_id:
            name = photo.press_file if size == "press" else photo.mail_file
            return Response(parts().files.get(name), mimetype="image/jpeg")
    raise NotFoundError("没有这张照片")


def _present(reference: str) -> Entry:
    return entry_of(parts().stores, present(parts().stores, reference))
