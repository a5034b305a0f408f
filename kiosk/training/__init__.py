"""Practice: the same kiosk on invented money, and situations that staff master in it. See docs/operations.md."""
