"""The room for kiosks: every call of `kiosk.parcels`, in plain SQL on the tables that the office's migrations make."""
