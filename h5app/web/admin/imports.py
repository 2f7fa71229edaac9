"""Word forms that came by mail: uploaded, compared with what would be stored, saved as entries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO, cast

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.documents.reading.office import is_installed
from h5app.domain.answers import Terms, shown
from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import local_time, short_time
from h5app.domain.errors import InvalidAnswersError, NotFoundError, PhotoError
from h5app.domain.nomination import Route
from h5app.domain.questions import BY_NAME, Kind, Question, questions_of
from h5app.domain.sheet import CELLS
from h5app.services.importing import (
    SAVED,
    Imported,
    Reviewed,
    amend,
    imported,
    imports,
    review,
    save_as_entry,
    take_in,
    terms_of,
    throw_away,
    unsaved,
)
from h5app.services.picturing import attach, detach
from h5app.web.admin.console import bp, me
from h5app.web.context import campaign, parts, utc_now
from h5app.web.security import IMPORT_MIB

_NOTHING_CHOSEN = "请先选择 Word 文件或压缩包"
_ROWS = {"honours": 4, "deeds": 10}
# Room for the whole text beside what the file says, as far as one can look at both at once; a line of the box holds
# so many characters on a usual screen.
_MOST_ROWS, _BOX_EM = 30, 26


@dataclass(frozen=True)
class Compared:
    """One question: what the file says of it, and the control with what would be stored.

    Args:
        label_found: as the file spells it; "" where it has no such place.
        kept: for what is not asked, what is stored all the same.
    """

    question: Question
    label_found: str
    said: str
    value: str
    kept: str
    choices: tuple[str, ...]
    problem: str
    remark: str
    is_required: bool
    rows: int


@bp.get("/imports")
def imports_page() -> str:
    return _home(problem="")


@bp.post("/imports")
def take_in_forms() -> ResponseReturnValue:
    chosen = [each for each in request.files.getlist("forms") if each.filename]
    if not chosen:
        return _home(problem=_NOTHING_CHOSEN), 422
    batch = take_in(
        parts().stores,
        parts().files,
        ((each.filename or "", cast("BinaryIO", each.stream)) for each in chosen),
        route=_route(Route.SELF),
        campaign=campaign(),
        who=me(),
        now=utc_now(),
    )
    found = imports(parts().stores, batch)
    if len(found) == 1 and not found[0].source.problem:
        return redirect(url_for(".import_page", draft_id=found[0].draft.id), code=303)
    return redirect(url_for(".import_batch", batch=batch), code=303)


@bp.get("/imports/batch/<batch>")
def import_batch(batch: str) -> ResponseReturnValue:
    found = imports(parts().stores, batch)
    if not found:
        raise NotFoundError("这一批已经都处理完了，或者放了 7 天没有保存")
    lines = [_line(each, found) for each in found]
    return render_template(
        "admin/import_batch.html",
        lines=lines,
        waiting=sum(line["waits"] for line in lines),
        at=_when(found[0]),
    )


@bp.route("/imports/<draft_id>", methods=["GET", "POST"])
def import_page(draft_id: str) -> ResponseReturnValue:
    form = imported(parts().stores, draft_id)
    if form.entry:
        return redirect(url_for(".nomination_page", reference=form.entry.reference), code=303)
    if request.method == "GET":
        return _page(form)
    answers = {name: text for name, text in request.form.items() if name in BY_NAME}
    route = _route(form.draft.route)
    changed = route is not form.draft.route
    form = amend(parts().stores, form, answers, route=route, now=utc_now())
    if changed:
        flash(f"推荐方式已改为“{route.label}”，请看看要补填什么", "info")
    elif request.form.get("do") == "save":
        return _saved(form)
    else:
        flash("已暂存，还没有成为申报", "info")
    return redirect(url_for(".import_page", draft_id=draft_id), code=303)


@bp.post("/imports/<draft_id>/drop")
def drop_import(draft_id: str) -> BaseResponse:
    form = imported(parts().stores, draft_id)
    throw_away(parts().stores, parts().files, form, who=me(), now=utc_now())
    flash("已经删去这份导入", "success")
    return _on(form)


@bp.post("/imports/<draft_id>/photos")
def add_import_photo(draft_id: str) -> ResponseReturnValue:
    form = imported(parts().stores, draft_id)
    if form.entry:
        raise NotFoundError(SAVED)
    slot = _slot()
    try:
        attach(
            parts().stores,
            parts().files,
            form.draft,
            slot=slot,
            data=_photo(),
            path=campaign().path_of(form.draft.route),
            now=utc_now(),
        )
    except PhotoError as error:
        return _page(form, photo_problem=(slot, str(error))), 422
    return redirect(url_for(".import_page", draft_id=draft_id, _anchor="photos"), code=303)


@bp.post("/imports/<draft_id>/photos/<photo_id>/delete")
def remove_import_photo(draft_id: str, photo_id: str) -> BaseResponse:
    form = imported(parts().stores, draft_id)
    detach(parts().stores, parts().files, form.draft, photo_id, now=utc_now())
    return redirect(url_for(".import_page", draft_id=draft_id, _anchor="photos"), code=303)


@bp.get("/imports/<draft_id>/photos/<photo_id>.jpg")
def import_photo(draft_id: str, photo_id: str) -> Response:
    form = imported(parts().stores, draft_id)
    for photo in parts().stores.attachments.of_draft(form.draft.id):
        if photo.id == photo_id:
            return Response(parts().files.get(photo.paper_file or photo.mail_file), mimetype="image/jpeg")
    raise NotFoundError("没有这张照片")


def _home(*, problem: str) -> str:
    open_ = sorted(unsaved(parts().stores), key=lambda each: (each.draft.started_at, each.draft.batch), reverse=True)
    return render_template(
        "admin/imports.html",
        problem=problem,
        routes=[(route.value, route.label) for route in Route],
        chosen=_route(Route.SELF).value,
        reads_old=is_installed(),
        most_mb=IMPORT_MIB,
        batches=[_batch(batch, list(forms)) for batch, forms in groupby(open_, key=lambda each: each.draft.batch)],
    )


def _batch(batch: str, forms: list[Imported]) -> dict[str, Any]:
    names = [form.name or form.source.file for form in forms]
    return {
        "url": url_for(".import_batch", batch=batch),
        "at": _when(forms[0]),
        "count": len(forms),
        "names": "、".join(names[:5]) + ("等" if len(names) > 5 else ""),
    }


def _when(form: Imported) -> str:
    return short_time(campaign().local(form.draft.started_at))


def _line(form: Imported, others: list[Imported]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "file": form.source.file,
        "name": form.name,
        "unit": form.draft.answers.get("unit_and_post", ""),
        "route": form.draft.route.label,
        "url": url_for(".import_page", draft_id=form.draft.id),
        "drop_url": "",
        "waits": False,
        "note": "",
    }
    if form.entry:
        reference = form.entry.reference
        entry_url = url_for(".nomination_page", reference=reference)
        return line | {"state": "sent", "label": "已存为申报", "note": reference, "url": entry_url}
    if form.source.problem:
        drop_url = url_for(".drop_import", draft_id=form.draft.id)
        return line | {"state": "held", "label": "没有读", "note": form.source.problem, "url": "", "drop_url": drop_url}
    found = review(parts().stores, form, campaign(), now=utc_now(), others=others)
    same = "可能重复" if found.alike or found.twins else ""
    count = len(found.problems)
    state, label = ("queued", f"还有 {count} 处要改") if count else ("written", "可以保存")
    return line | {"state": state, "label": label, "note": same, "waits": True}


def _page(form: Imported, *, photo_problem: tuple[Slot, str] | None = None) -> str:
    if form.source.problem:
        raise NotFoundError(form.source.problem)
    terms = terms_of(campaign(), form.draft, now=utc_now())
    found = review(parts().stores, form, campaign(), now=utc_now(), others=unsaved(parts().stores))
    rows = list(_compared(form, found, terms))
    return render_template(
        "admin/import.html",
        form=form,
        title=form.name or form.source.file,
        read=[row for row in rows if row.question.name in CELLS or row.label_found],
        added=[row for row in rows if row.question.name not in CELLS and not row.label_found],
        routes=[(route.value, route.label) for route in Route],
        to_mend=list(_to_mend(found)),
        alike=[
            {
                "name": entry.answers.get("name", ""),
                "reference": entry.reference,
                "status": entry.status,
                "by": _same_by(form, entry.answers),
                "url": url_for(".nomination_page", reference=entry.reference),
            }
            for entry in found.alike
        ],
        twins=[
            {"file": twin.source.file, "url": url_for(".import_page", draft_id=twin.draft.id)} for twin in found.twins
        ],
        slots=[_slot_view(form, slot, terms, found, photo_problem) for slot in Slot if terms.path.material(slot).most],
        late=_late(terms),
        mailbox=terms.path.mailbox,
        mails=request.method == "GET" or "mails" in request.form,
        batch_url=url_for(".import_batch", batch=form.draft.batch),
        siblings=len(imports(parts().stores, form.draft.batch)),
    )


def _compared(form: Imported, found: Reviewed, terms: Terms) -> Iterator[Compared]:
    """Every question of the route but agreements: the sheet's in its order, then what no form has."""
    texts, answers = form.source.texts, form.draft.answers
    asked = [question for question in questions_of(terms.route) if question.kind is not Kind.AGREEMENT]
    order = {name: place for place, name in enumerate(CELLS)}
    for question in sorted(asked, key=lambda each: order.get(each.name, len(order))):
        name = question.name
        said = texts.get(name)
        is_asked = terms.is_asked(question)
        if not is_asked and name not in CELLS:
            continue
        yield Compared(
            question=question,
            label_found=said.label if said else "",
            said=said.text if said else "",
            value=answers.get(name, ""),
            kept="" if is_asked else shown(name, found.values.get(name, "")),
            choices=terms.choices(question) if question.kind is Kind.CHOICE else (),
            problem=found.problems.get(name, ""),
            remark=found.remarks.get(name, ""),
            is_required=terms.is_required(question),
            rows=_rows(name, answers.get(name, "")),
        )


def _rows(name: str, text: str) -> int:
    """How many lines the control has; 1 is a plain field."""
    if name not in _ROWS:
        return 1
    needed = sum(1 + len(line) // _BOX_EM for line in text.split("\n"))
    return min(max(_ROWS[name], needed), _MOST_ROWS)


def _to_mend(found: Reviewed) -> Iterator[dict[str, str]]:
    for name in found.problems:
        if name in set(Slot):
            yield {"label": Slot(name).label, "anchor": "photos"}
        elif BY_NAME[name].kind is not Kind.AGREEMENT:
            yield {"label": BY_NAME[name].office_label, "anchor": name}


def _same_by(form: Imported, answers: Mapping[str, str]) -> str:
    return "身份证号" if answers.get("id_number") == form.draft.answers.get("id_number") else "电话"


def _slot_view(
    form: Imported, slot: Slot, terms: Terms, found: Reviewed, photo_problem: tuple[Slot, str] | None
) -> dict[str, Any]:
    photos = [photo for photo in parts().stores.attachments.of_draft(form.draft.id) if photo.slot is slot]
    problem = photo_problem[1] if photo_problem and photo_problem[0] is slot else found.problems.get(slot.value, "")
    most = terms.path.material(slot).most
    return {
        "slot": slot,
        "problem": problem,
        "photos": [_photo_view(form, photo) for photo in photos],
        "swaps": most == 1 and bool(photos),
        "has_room": most == 1 or len(photos) < most,
        "add_url": url_for(".add_import_photo", draft_id=form.draft.id),
    }


def _photo_view(form: Imported, photo: Attachment) -> dict[str, Any]:
    draft_id = form.draft.id
    return {
        "url": url_for(".import_photo", draft_id=draft_id, photo_id=photo.id),
        "width_px": photo.width_px,
        "height_px": photo.height_px,
        "remove_url": url_for(".remove_import_photo", draft_id=draft_id, photo_id=photo.id),
    }


def _late(terms: Terms) -> str:
    closes_at = terms.path.closes_at
    if closes_at is None or utc_now() <= closes_at:
        return ""
    return f"推荐已于 {local_time(closes_at)} 截止，请确认这份表是在截止前收到的"


def _saved(form: Imported) -> ResponseReturnValue:
    try:
        receipt = save_as_entry(
            parts().stores, form, campaign(), who=me(), mails="mails" in request.form, now=utc_now()
        )
    except InvalidAnswersError:
        return _page(form), 422
    flash(f"{receipt.name}：已存为申报，受理编号 {receipt.reference}", "success")
    left = [each for each in imports(parts().stores, form.draft.batch) if each.draft.id != form.draft.id]
    if left:
        return redirect(url_for(".import_batch", batch=form.draft.batch), code=303)
    return redirect(url_for(".nomination_page", reference=receipt.reference), code=303)


def _on(form: Imported) -> BaseResponse:
    """To what is left of a batch, or to the beginning."""
    if imports(parts().stores, form.draft.batch):
        return redirect(url_for(".import_batch", batch=form.draft.batch), code=303)
    return redirect(url_for(".imports_page"), code=303)


def _route(otherwise: Route) -> Route:
    value = request.form.get("route", "")
    return Route(value) if value in set(Route) else otherwise


def _slot() -> Slot:
    value = request.form.get("slot", "")
    return Slot(value) if value in set(Slot) else Slot.PORTRAIT


def _photo() -> bytes:
    picture = request.files.get("photo")
    return picture.read() if picture else b""
