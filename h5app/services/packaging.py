"""Packaging: an entry becomes the official 推荐表, the package to download and the letter to send."""

from dataclasses import dataclass

from h5app.documents.names import clean_file_name
from h5app.documents.package import PackageFile, package_zip
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.word import recommendation_docx
from h5app.domain.answers import shown
from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Nomination
from h5app.domain.sheet import CELLS, Sheet
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores


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
    stem = clean_file_name(f"推荐表_{title_of(entry.nomination)}", max_bytes=75)
    return PrintedForms(
        word=PackageFile(f"{stem}.docx", recommendation_docx(sheet, stationery)),
        pdf=PackageFile(f"{stem}.pdf", recommendation_pdf(sheet, stationery)),
    )


def form_files(
    entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED
) -> tuple[PackageFile, PackageFile]:
    """The 推荐表 as Word and as PDF, where nobody reads notes."""
    printed = print_forms(entry, campaign, files, stationery)
    return printed.word, printed.pdf


def title_of(nomination: Nomination) -> str:
    """What files of an entry are called: name and 受理编号."""
    return f"{nomination.answers['name']}_{nomination.reference}"


def photo_files(entry: Entry, files: FileStore, *, press: bool) -> list[PackageFile]:
    """Photos under the names of their slots, numbered, for press or for mail."""
    named: list[PackageFile] = []
    for slot in Slot:
        of_slot = [photo for photo in entry.photos if photo.slot is slot]
        for number, photo in enumerate(of_slot, start=1):
            name = f"{slot.label}{number}.jpg" if len(of_slot) > 1 else f"{slot.label}.jpg"
            named.append(PackageFile(name, files.get(photo.press_file if press else photo.mail_file)))
    return named


def package_of(entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED) -> bytes:
    """The ZIP of an entry: both forms, photos in press size, 清单.txt."""
    members = [*form_files(entry, campaign, files, stationery), *photo_files(entry, files, press=True)]
    modified_at = campaign.local(entry.nomination.submitted_at)
    return package_zip(package_name(entry.nomination), members, modified_at=modified_at)


def package_name(nomination: Nomination) -> str:
    return clean_file_name(title_of(nomination), max_bytes=75)
