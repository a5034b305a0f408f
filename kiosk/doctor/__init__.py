"""Is this kiosk all right? `machine` looks by itself; `guided` asks a person, device by device, at a terminal;
`kiosk/flow/checkup.py` does the same for an attendant at the screen. Both walk the rows of `checks`."""
