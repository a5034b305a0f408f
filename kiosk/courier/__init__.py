"""The courier: a process of its own, the only one with a network. It carries sealed parcels between the core and
the server, holds no ledger, opens no device, and knows no key. Imports only `kiosk.contract`, `kiosk.parcels`,
`kiosk.codec`, `kiosk.notify` and the server's address from `kiosk.site`."""
