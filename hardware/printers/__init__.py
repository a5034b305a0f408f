"""Receipt printers: document → ESC/POS bytes, the driver that proves what came out, and a simulated printer."""
