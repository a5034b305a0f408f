"""python-escpos as it comes, first of all: as a foreign host it needs the database that our driver leaves unread."""

import escpos.printer  # noqa: F401
