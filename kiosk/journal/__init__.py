"""The money journal: an append-only, hash-chained, signed table in one SQLite file. `chain` is pure and may
be imported by the server; `store` is the only writer on the kiosk."""
