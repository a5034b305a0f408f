"""Measures the live widgets of a page in millimetres, and what is drawn of them in pixels.

`rules`: sizes, distances, places, order, names. `ink`: letters and colours as they are rendered. `mark`: the
picture with the faults in red frames. `tests/screens/walk.py` walks through all views with them."""
