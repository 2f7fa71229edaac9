"""Posters: layout in millimetres, QR codes, PDF and PNG."""
