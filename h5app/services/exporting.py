"""Exporting: all entries of a search as one table; columns follow the catalogue of questions."""

from h5app.documents.table import entries_xlsx
from h5app.domain.answers import shown
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Nomination
from h5app.domain.questions import QUESTIONS, Kind
from h5app.storage.nominations import Search
from h5app.storage.stores import Stores

_LEADING = ("受理编号", "推荐方式", "审核状态", "提交时间")
# Nobody's entry is without the agreements it needs; what may be left unticked is worth a column.
_ASKED = tuple(question for question in QUESTIONS if question.kind is not Kind.AGREEMENT or not question.required)


def columns() -> tuple[str, ...]:
    return (*_LEADING, *(question.office_label for question in _ASKED))


def entries_table(stores: Stores, campaign: Campaign, search: Search) -> bytes:
    """XLSX of every entry a search finds, oldest first; each cell is text."""
    rows = (_row(entry, campaign) for entry in stores.nominations.every(search))
    return entries_xlsx(columns(), rows, title=campaign.table_title)


def _row(entry: Nomination, campaign: Campaign) -> tuple[str, ...]:
    submitted = f"{campaign.local(entry.submitted_at):%Y-%m-%d %H:%M}"
    leading = (entry.reference, entry.route.label, entry.status.label, submitted)
    answers = entry.answers
    return (*leading, *(shown(q.name, answers[q.name]) if q.name in answers else "" for q in _ASKED))
