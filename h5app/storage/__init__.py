"""What persists: rows, files and the seal over them. All SQL lives here."""
