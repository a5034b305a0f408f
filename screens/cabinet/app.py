"""`python -m screens.cabinet --socket PATH --control PATH --supervisor PATH [--remote PATH] [--panel NAME]`."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from screens import environment
from screens.cabinet.size import window_size
from screens.theme import load_panels


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m screens.cabinet",
        description="The kiosk's screen with its simulated devices beside it.",
    )
    parser.add_argument("--socket", type=Path, required=True, help="where the core listens")
    parser.add_argument("--control", type=Path, required=True, help="where the simulated devices listen")
    parser.add_argument("--supervisor", type=Path, required=True, help="where the supervisor listens")
    parser.add_argument("--remote", type=Path, help="tell tests here where the buttons stand")
    parser.add_argument("--panel", default="lobby", help="a name in config/panels.toml")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    panels = load_panels()
    if chosen.panel not in panels:
        parser.error(
            f"no panel {chosen.panel!r} in config/panels.toml; there are {', '.join(sorted(panels))}"
        )
    environment.prepare(*window_size())

    from kivy.config import Config

    Config.set("graphics", "resizable", "1")

    from screens.cabinet.window import CabinetGlass

    CabinetGlass(panels[chosen.panel], chosen.socket, chosen.control, chosen.supervisor, chosen.remote).run()
