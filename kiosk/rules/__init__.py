"""The rules of a fee office as data and pure functions: what a fee asks, what a day late costs, what is waived, which
numbers are well formed. No I/O, no clock, nothing of the flow; the kiosk and the server reckon with the same code."""
