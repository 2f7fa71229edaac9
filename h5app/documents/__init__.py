"""Data in, bytes out: 推荐表 in Word and PDF, tables, packages."""
