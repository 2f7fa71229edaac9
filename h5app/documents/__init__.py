"""Data in, bytes out: 推荐表 in Word, PDF and pictures, tables, packages. No clock, no disk but templates and fonts."""

from h5app.documents.blank import blank_sheet
from h5app.documents.fonts import missing_characters
from h5app.documents.names import clean_file_name
from h5app.documents.package import PackageFile, package_zip
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.pictures import recommendation_glance, recommendation_pictures
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.table import entries_xlsx
from h5app.documents.word import recommendation_docx

__all__ = [
    "SHIPPED",
    "PackageFile",
    "Stationery",
    "blank_sheet",
    "clean_file_name",
    "entries_xlsx",
    "missing_characters",
    "package_zip",
    "recommendation_docx",
    "recommendation_glance",
    "recommendation_pdf",
    "recommendation_pictures",
]
