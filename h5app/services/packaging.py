"""Packaging: an entry becomes the official 推荐表 and the package to download or to send.

Rule: all files of an entry are called by its path's template, wherever they go (`title_of`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from h5app.documents.code import reference_code
from h5app.documents.names import clean_file_name, file_title
from h5app.documents.package import MEMBER_BYTES, PackageFile, package_zip
from h5app.documents.pdf import missing_notes, recommendation_pdf
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.watermark import watermark
from h5app.documents.word import print_word
from h5app.domain.answers import shown
from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Nomination
from h5app.domain.sheet import CELLS, Sheet
from h5app.photos import stamp
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

FORM = "推荐表"
# What stands around a title at the most: “_荣誉或报道99.jpg”.
_AROUND_BYTES = 22
TITLE_BYTES = MEMBER_BYTES - _AROUND_BYTES
_BOTH_TITLES_BYTES = TITLE_BYTES - 1  # folder, slash, file
_FOLDER_TITLE_BYTES = 36


@dataclass(frozen=True)
class Entry:
    """A nomination with its photos."""

    nomination: Nomination
    photos: tuple[Attachment, ...]


def entry_of(stores: Stores, nomination: Nomination) -> Entry:
    return Entry(nomination, stores.attachments.of_draft(nomination.draft_id))


def sheet_of(entry: Entry, campaign: Campaign, files: FileStore) -> Sheet:
    """The 推荐表 of an entry, with the part of the portrait that was chosen for it."""
    nomination = entry.nomination
    answers, path = nomination.answers, campaign.home_of(nomination.path, nomination.route)
    portrait = next((photo for photo in entry.photos if photo.slot is Slot.PORTRAIT), None)
    return Sheet(
        title=campaign.form_title,
        texts={name: shown(name, answers.get(name, "")) for name in CELLS},
        # Portraits from before there were crops: the document cuts what is too much.
        portrait=files.get(portrait.paper_file or portrait.mail_file) if portrait else None,
        reference=entry.nomination.reference,
        stamped=path.stamped,
        unit=answers.get("unit_name", ""),
        deeds_chars=path.limits.deeds_chars,
        code=reference_code(nomination.reference) if campaign.paper.code else None,
    )


@dataclass(frozen=True)
class PrintedForms:
    """The 推荐表 in both shapes.

    Args:
        notes: what the staff must know of the paper, a sentence each: characters that no font has, a Word form of
            the office's that could not be used.
    """

    word: PackageFile
    pdf: PackageFile
    notes: tuple[str, ...] = ()


def print_forms(entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED) -> PrintedForms:
    """Print the 推荐表 of an entry as Word and as PDF."""
    sheet = sheet_of(entry, campaign, files)
    title, reference = title_of(entry.nomination, campaign), entry.nomination.reference
    word, pdf = print_word(sheet, stationery), recommendation_pdf(sheet, stationery)
    return PrintedForms(
        word=PackageFile(f"{FORM}_{title}.docx", word.data, f"{reference}_form.docx"),
        pdf=PackageFile(f"{FORM}_{title}.pdf", pdf, f"{reference}_form.pdf"),
        notes=(*word.notes, *missing_notes(sheet, stationery)),
    )


def form_files(
    entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED
) -> tuple[PackageFile, PackageFile]:
    """The 推荐表 as Word and as PDF, where nobody reads notes."""
    printed = print_forms(entry, campaign, files, stationery)
    return printed.word, printed.pdf


def title_of(nomination: Nomination, campaign: Campaign, *, max_bytes: int = TITLE_BYTES) -> str:
    """What every file of an entry is called, in mail, download and ZIP, as its path's template says."""
    path = campaign.home_of(nomination.path, nomination.route)
    return file_title(path.mail.file_names, _fields(nomination, campaign), max_bytes=max_bytes)


def _fields(nomination: Nomination, campaign: Campaign) -> dict[str, str]:
    """A text for each of `FILE_NAME_PARTS`."""
    answers = nomination.answers
    return {
        "序号": f"{nomination.id:03d}",
        "姓名": answers["name"],
        "类别": answers["category"],
        "受理编号": nomination.reference,
        "单位": unit_of(nomination),
        "推荐方式": nomination.route.label,
        "地区": answers.get("region", ""),
        "日期": f"{campaign.local(nomination.submitted_at):%Y%m%d}",
    }


def unit_of(nomination: Nomination) -> str:
    """The unit that nominates; else what stands first in 单位及职务: people part the two by a space, or not at all."""
    said = nomination.answers.get("unit_and_post", "").split()
    return nomination.answers.get("unit_name", "") or (said[0] if said else "")


def photo_files(entry: Entry, campaign: Campaign, files: FileStore, *, press: bool) -> list[PackageFile]:
    """Photos under the title and the names of their slots, numbered, for press or for mail."""
    title, reference = title_of(entry.nomination, campaign), entry.nomination.reference
    named: list[PackageFile] = []
    for slot in Slot:
        of_slot = [photo for photo in entry.photos if photo.slot is slot]
        for number, photo in enumerate(of_slot, start=1):
            count = f"{number}" if len(of_slot) > 1 else ""
            data = files.get(photo.press_file if press else photo.mail_file)
            if slot is Slot.HONOUR and campaign.paper.watermark:
                data = stamp(data, watermark(campaign.paper.watermark))
            ascii_name = f"{reference}_{slot.value}{count}.jpg"
            named.append(PackageFile(f"{title}_{slot.label}{count}.jpg", data, ascii_name))
    return named


def package_files(
    entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED
) -> list[PackageFile]:
    """What the package of an entry holds: both forms, and the photos in press size."""
    return [*form_files(entry, campaign, files, stationery), *photo_files(entry, campaign, files, press=True)]


def package_of(entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED) -> bytes:
    """The ZIP of an entry: a folder with both forms, the photos in press size, 清单.txt."""
    return packed(entry.nomination, campaign, package_files(entry, campaign, files, stationery))


def packed(nomination: Nomination, campaign: Campaign, files: Sequence[PackageFile]) -> bytes:
    """Files of an entry as a ZIP with its folder and 清单.txt; the same files give the same bytes."""
    folder, members = foldered(nomination, campaign, files)
    return package_zip(folder, members, modified_at=campaign.local(nomination.submitted_at))


def foldered(
    nomination: Nomination, campaign: Campaign, files: Sequence[PackageFile], *, before: str = ""
) -> tuple[str, list[PackageFile]]:
    """The folder of an entry in a ZIP, and its files under names so short that each fits with the folder.

    A title that is too long for both is cut by its fields, so that folder and files keep the 受理编号.

    Args:
        before: what the folder's name begins with, such as “001_”; at most 8 bytes.
    """
    title = title_of(nomination, campaign)
    folder = clean_file_name(before + title_of(nomination, campaign, max_bytes=_FOLDER_TITLE_BYTES))
    short = title_of(nomination, campaign, max_bytes=_BOTH_TITLES_BYTES - len(folder.encode()))
    return folder, [replace(file, name=file.name.replace(title, short, 1)) for file in files]


def package_name(nomination: Nomination, campaign: Campaign) -> str:
    """What a package is called, without its ending."""
    return clean_file_name(title_of(nomination, campaign))
