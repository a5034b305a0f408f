"""python-escpos, of which we use the connections. What a printer can do stands in our configuration and is asked of the
printer; the library's own database of printers, 95 kB of YAML that it reads at each start, stays unread.

Not its cache (ESCPOS_CAPABILITIES_PICKLE_DIR): a power cut may leave that half written, and then nothing starts."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("ESCPOS_CAPABILITIES_FILE", str(Path(__file__).with_suffix(".json")))

from escpos.exceptions import DeviceNotFoundError as DeviceNotFoundError
from escpos.printer import Serial as Serial
