"""What leaves the console as a file: forms, packages, photos, tables. Each is written down before it goes."""

from flask import Response

from h5app.domain.errors import NotFoundError
from h5app.services.exporting import entries_table
from h5app.services.packaging import Entry, entry_of, form_files, package_name, package_of
from h5app.services.reviewing import entry, note_download
from h5app.web.admin.console import bp, me
from h5app.web.admin.listing import current_search
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download


@bp.get("/nominations.xlsx")
def nominations_xlsx() -> Response:
    table = entries_table(parts().stores, campaign(), current_search())
    note_download(parts().stores, "", "汇总表格", who=me(), now=utc_now())
    day = f"{campaign().local(utc_now()):%Y%m%d}"
    return download(table, f"推荐汇总_{day}.xlsx")


@bp.get("/nominations/<reference>/<any(docx, pdf):kind>")
def form_file(reference: str, kind: str) -> Response:
    word, pdf = form_files(present_entry(reference), campaign(), parts().files, parts().stationery)
    note_download(parts().stores, reference, f"推荐表（{kind}）", who=me(), now=utc_now())
    file = word if kind == "docx" else pdf
    return download(file.data, file.name)


@bp.get("/nominations/<reference>/zip")
def package_file(reference: str) -> Response:
    found = present_entry(reference)
    package = package_of(found, campaign(), parts().files, parts().stationery)
    note_download(parts().stores, reference, "材料包", who=me(), now=utc_now())
    return download(package, f"{package_name(found.nomination, campaign())}.zip")


@bp.get("/nominations/<reference>/photos/<attachment_id>/<any(press, mail):size>.jpg")
def photo_file(reference: str, attachment_id: str, size: str) -> Response:
    for photo in present_entry(reference).photos:
        if photo.id == attachment_id:
            name = photo.press_file if size == "press" else photo.mail_file
            return Response(parts().files.get(name), mimetype="image/jpeg")
    raise NotFoundError("没有这张照片")


def present_entry(reference: str) -> Entry:
    """An entry of which there is something to see."""
    nomination = entry(parts().stores, reference)
    if nomination.status.is_erased:
        raise NotFoundError(f"这份推荐表{nomination.status.label}，资料已经删除，没有可以下载的")
    return entry_of(parts().stores, nomination)
