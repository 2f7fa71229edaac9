"""Word forms that come by mail: files out of a bundle, .doc to .docx, and what a form says."""

from h5app.documents.reading.bundle import Upload, forms_in
from h5app.documents.reading.form import Found, Portrait, ReadForm, read_form

__all__ = ["Found", "Portrait", "ReadForm", "Upload", "forms_in", "read_form"]
