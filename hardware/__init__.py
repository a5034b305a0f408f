"""Devices: one folder per kind, driver and simulator side by side and sharing no code.

Knows nothing of fees. May import `kiosk.money` and nothing else of the kiosk; drivers import
`hardware.contracts` and `hardware.line` only."""
