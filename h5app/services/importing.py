"""Importing: a form that came by mail becomes a draft that staff look through, and then an entry.

Rule: nothing is an entry before somebody has compared it. What a file says is kept beside the answers, sealed with
them, and goes with the draft: of it only the answers get into the entry, and after a week it goes like any other draft.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from h5app.documents.reading import Found, Portrait, ReadForm, Upload, forms_in, read_form
from h5app.documents.reading.office import MISSING, is_installed, to_docx
from h5app.documents.reading.opening import DAMAGED, is_old_word
from h5app.domain.answers import Terms, check_answers
from h5app.domain.attachment import Slot
from h5app.domain.campaign import Campaign
from h5app.domain.errors import ConflictError, NotFoundError, PhotoError, UnreadableFormError
from h5app.domain.handwriting import as_answer, only_one_in
from h5app.domain.nomination import Draft, Nomination, Origin, Route
from h5app.domain.questions import BY_NAME, NOT_SURE, Kind, questions_of
from h5app.services.drafting import begin, discard, open_draft, save
from h5app.services.nominating import ByStaff, Receipt, lacking_photos, nominate
from h5app.services.picturing import attach, crop
from h5app.storage.audit import AuditEntry
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_BATCH_BYTES = 8
# Key of what the file says among a draft's answers; no question has it.
_SOURCE = "import"
# So many old files are held and converted at once.
_OLD_AT_ONCE = 20
_OTHERS_SHOWN = 20
# The sheet's words for what an ID number says as well.
_SAID_TWICE = ("sex", "birth_month")
_GONE = "这份已经不在了：同事处理过，或者放了 7 天没有保存。请重新导入"
SAVED = "这份已经存为申报，不能再改"


@dataclass(frozen=True)
class Source:
    """What a file says, as found; `problem` is the sentence where nothing could be read."""

    file: str
    found: tuple[Found, ...] = ()
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def texts(self) -> Mapping[str, Found]:
        return {each.name: each for each in self.found}


@dataclass(frozen=True)
class Imported:
    """One file of a batch; `entry` is what it has become."""

    draft: Draft
    source: Source
    entry: Nomination | None = None

    @property
    def name(self) -> str:
        return self.entry.answers.get("name", "") if self.entry else self.draft.answers.get("name", "")


@dataclass(frozen=True)
class Reviewed:
    """What is wrong with a form that was read, and what to look at.

    Args:
        values: question → text as it would be stored, for those without a problem.
        problems: question or slot → what to do before it can be saved.
        remarks: question → what to compare.
        alike: entries of the same ID number or telephone.
        twins: other files, not yet saved, of the same ID number.
    """

    values: Mapping[str, str]
    problems: Mapping[str, str]
    remarks: Mapping[str, str]
    alike: tuple[Nomination, ...] = ()
    twins: tuple[Imported, ...] = ()


def terms_of(campaign: Campaign, draft: Draft, *, now: datetime) -> Terms:
    """What a form that came by mail is judged by."""
    return Terms(campaign, draft.route, on=campaign.local(now).date(), origin=Origin.MAIL)


def take_in(
    stores: Stores,
    files: FileStore,
    uploads: Iterable[tuple[str, BinaryIO]],
    *,
    route: Route,
    campaign: Campaign,
    who: str,
    now: datetime,
) -> str:
    """Read what somebody chose, file by file, into drafts of one batch; its id.

    A file that cannot be read is kept too, by its name and the sentence that says why.
    """
    batch = secrets.token_hex(_BATCH_BYTES)
    count = 0
    for upload in _in_new_format(forms_in(uploads)):
        _take_in_one(stores, files, upload, route=route, campaign=campaign, batch=batch, now=now)
        count += 1
    stores.audit.add(AuditEntry(now, who, "导入 Word 推荐表", "", f"{count} 个文件"))
    return batch


def read_uploads(uploads: Iterable[tuple[str, BinaryIO]]) -> Iterator[tuple[Upload, ReadForm | None]]:
    """Every form of an upload with what it says; None where it has a problem. Nothing is stored."""
    for upload in _in_new_format(forms_in(uploads)):
        yield _read(upload)


def _read(upload: Upload) -> tuple[Upload, ReadForm | None]:
    if upload.problem:
        return upload, None
    try:
        return upload, read_form(upload.data)
    except UnreadableFormError as error:
        return replace(upload, problem=str(error)), None


def _in_new_format(uploads: Iterable[Upload]) -> Iterator[Upload]:
    """As they come; those of old formats converted, some at a time, behind the others."""
    old: list[Upload] = []
    for upload in uploads:
        if not is_old_word(upload.data):
            yield upload
            continue
        old.append(upload)
        if len(old) == _OLD_AT_ONCE:
            yield from _converted(old)
            old = []
    yield from _converted(old)


def _converted(old: Sequence[Upload]) -> Iterator[Upload]:
    made = to_docx({str(number): upload.data for number, upload in enumerate(old)})
    why_not = DAMAGED if is_installed() else MISSING
    for number, upload in enumerate(old):
        data = made.get(str(number), b"")
        yield Upload(upload.name, data) if data else Upload(upload.name, problem=why_not)


def _take_in_one(
    stores: Stores, files: FileStore, upload: Upload, *, route: Route, campaign: Campaign, batch: str, now: datetime
) -> None:
    upload, form = _read(upload)
    source = Source(upload.name, problem=upload.problem)
    answers: Mapping[str, str] = {}
    if form:
        source = Source(upload.name, form.found, form.others[:_OTHERS_SHOWN], form.notes)
        answers = typed(form.texts, Terms(campaign, route, on=campaign.local(now).date(), origin=Origin.MAIL))
    draft, _token = begin(
        stores,
        {**answers, _SOURCE: _dumped(source)},
        route=route,
        channel="",
        now=now,
        batch=batch,
        origin=Origin.MAIL,
    )
    if form and form.portrait:
        problem = _attach_portrait(stores, files, draft, form.portrait, campaign=campaign, now=now)
        if problem:
            noted = replace(source, notes=(*source.notes, problem))
            save(stores, open_draft(stores, draft), {_SOURCE: _dumped(noted)}, now=now)


def typed(texts: Mapping[str, str], terms: Terms) -> Mapping[str, str]:
    """What would have been typed for the texts of a form; what no form says is filled in where it can be told."""
    answers = {name: as_answer(BY_NAME[name], text, on=terms.on) for name, text in texts.items()}
    unit = answers.get("unit_and_post", "")
    for name in ("category", "region"):
        answers[name] = answers.get(name) or only_one_in(unit, terms.choices(BY_NAME[name]))
    for question in questions_of(terms.route):
        if question.unsure_of_others and terms.is_asked(question):
            answers.setdefault(question.name, NOT_SURE)
    return answers


def lacking(form: ReadForm, terms: Terms) -> Mapping[str, str]:
    """Question or slot → what to do before a form that was only read could be saved."""
    problems = dict(check_answers(typed(form.texts, terms), terms).problems)
    if terms.path.material(Slot.PORTRAIT).least and form.portrait is None:
        problems[Slot.PORTRAIT.value] = "表上没有近照"
    return problems


def _attach_portrait(
    stores: Stores, files: FileStore, draft: Draft, portrait: Portrait, *, campaign: Campaign, now: datetime
) -> str:
    """Store the pasted portrait like any upload, cut as Word cuts it; the sentence where that cannot be done."""
    path = campaign.path_of(draft.route)
    try:
        photo = attach(stores, files, draft, slot=Slot.PORTRAIT, data=portrait.data, path=path, now=now)
        left, top, right, bottom = portrait.cut
        if any(portrait.cut):
            width, height = 1 - left - right, 1 - top - bottom
            # The widest box of 25 : 35 inside the part that Word shows, in its middle.
            box = min(width, height * photo.height_px / photo.width_px * 5 / 7)
            crop(
                stores,
                files,
                draft,
                photo.id,
                left=left + (width - box) / 2,
                top=top + (height - box * photo.width_px / photo.height_px * 7 / 5) / 2,
                width=box,
                now=now,
            )
    except PhotoError as error:
        return f"表里的照片没有读进来：{error}"
    return ""


def imports(stores: Stores, batch: str) -> list[Imported]:
    """Files of a batch, saved ones too, by name."""
    return sorted(
        (_imported(stores, draft) for draft in stores.drafts.mailed(batch)), key=lambda each: each.source.file
    )


def unsaved(stores: Stores) -> list[Imported]:
    """Every file that waits to be saved, the newest first."""
    return [Imported(draft, _loaded(draft)) for draft in stores.drafts.mailed_unsaved()]


def imported(stores: Stores, draft_id: str) -> Imported:
    """One file that was read, by its draft.

    Raises:
        NotFoundError: it is gone, or no draft of a mailed form.
    """
    draft = stores.drafts.get(draft_id)
    if draft is None or draft.origin is not Origin.MAIL:
        raise NotFoundError(_GONE)
    return _imported(stores, draft)


def review(
    stores: Stores, form: Imported, campaign: Campaign, *, now: datetime, others: Sequence[Imported] = ()
) -> Reviewed:
    """Check what was read by the rules of every entry, and look for the same person elsewhere.

    Args:
        others: files in which the same person may stand as well.
    """
    terms = terms_of(campaign, form.draft, now=now)
    checked = check_answers(form.draft.answers, terms)
    problems = {
        **checked.problems,
        **_unknown_choices(form, checked.problems),
        **lacking_photos(stores, form.draft, terms),
    }
    id_number = checked.values.get("id_number", "")
    alike = stores.nominations.alike(id_number=id_number, phone=checked.values.get("phone", ""))
    return Reviewed(
        values=checked.values,
        problems=problems,
        remarks=_remarks(form, checked.values, terms),
        alike=tuple(entry for entry in alike if not entry.status.is_erased),
        twins=tuple(other for other in others if id_number and _is_twin(other, form, id_number)),
    )


def _is_twin(other: Imported, form: Imported, id_number: str) -> bool:
    return other.draft.id != form.draft.id and other.draft.answers.get("id_number") == id_number


def _remarks(form: Imported, values: Mapping[str, str], terms: Terms) -> Mapping[str, str]:
    """Where the form and what is stored do not say the same, or were guessed."""
    remarks: dict[str, str] = {}
    found, answers = form.source.texts, form.draft.answers
    for name in _SAID_TWICE:
        written = as_answer(BY_NAME[name], found[name].text, on=terms.on) if name in found else ""
        if written and values.get("id_number") and written != values.get(name):
            remarks[name] = f"表上写的是“{_brief(found[name].text)}”，和身份证号不一样，存的时候以身份证号为准"
    for name in ("category", "region"):
        guess = only_one_in(answers.get("unit_and_post", ""), terms.choices(BY_NAME[name]))
        if name not in found and guess and answers.get(name) == guess:
            remarks[name] = "表上没有这一栏，是按单位及职务填的，请核对"
    return remarks


def _unknown_choices(form: Imported, problems: Mapping[str, str]) -> Mapping[str, str]:
    """For a choice that the form makes in words which are none of ours: what it says."""
    return {
        name: f"表上写的是“{_brief(found.text)}”，请选一个对应的"
        for name, found in form.source.texts.items()
        if name in problems and found.text and BY_NAME[name].kind is Kind.CHOICE
    }


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 20 else f"{line[:20]}…"


def amend(stores: Stores, form: Imported, answers: Mapping[str, str], *, route: Route, now: datetime) -> Imported:
    """Keep what staff have typed; another route is another set of questions for the same person.

    Raises:
        ConflictError: it has been saved as an entry in the meantime.
        NotFoundError: a colleague has thrown it away.
    """
    with stores.rows.transaction():
        draft = open_draft(stores, form.draft)
        if route is not draft.route:
            stores.drafts.put_route(draft.id, route=route)
            draft = replace(draft, route=route)
        draft = save(stores, draft, {name: text for name, text in answers.items() if name in BY_NAME}, now=now)
    return replace(form, draft=draft)


def save_as_entry(
    stores: Stores, form: Imported, campaign: Campaign, *, who: str, mails: bool, now: datetime
) -> Receipt:
    """Make it an entry, in one transaction with its letter and the note of who did it.

    Raises:
        InvalidAnswersError: something is still missing or wrong; nothing was stored.
    """
    if form.source.problem:
        raise ConflictError(form.source.problem)
    return nominate(stores, form.draft, campaign=campaign, now=now, by=ByStaff(who, mails))


def throw_away(stores: Stores, files: FileStore, form: Imported, *, who: str, now: datetime) -> None:
    """Forget a file that was read, with its photos; one that has become an entry stays."""
    if form.entry:
        raise ConflictError(SAVED)
    discard(stores, files, form.draft)
    stores.audit.add(AuditEntry(now, who, "删去导入的推荐表", "", ""))


def _imported(stores: Stores, draft: Draft) -> Imported:
    return Imported(draft, _loaded(draft), stores.nominations.by_draft(draft.id))


def _dumped(source: Source) -> str:
    return json.dumps(
        {
            "file": source.file,
            "found": [[each.name, each.label, each.text] for each in source.found],
            "others": source.others,
            "notes": source.notes,
            "problem": source.problem,
        },
        ensure_ascii=False,
    )


def _loaded(draft: Draft) -> Source:
    """What the file said; an entry's draft has been emptied."""
    kept = json.loads(draft.answers.get(_SOURCE, "{}"))
    return Source(
        file=kept.get("file", ""),
        found=tuple(Found(*each) for each in kept.get("found", ())),
        others=tuple(kept.get("others", ())),
        notes=tuple(kept.get("notes", ())),
        problem=kept.get("problem", ""),
    )
