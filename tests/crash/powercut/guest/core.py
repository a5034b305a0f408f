"""The core as it is. `weaken=NAME=VALUE,NAME=VALUE` in front breaks its journal's pragmas on purpose."""

import sys

from kiosk import core
from kiosk.journal import store

arguments = sys.argv[1:]
if arguments and arguments[0].startswith("weaken="):
    changes = dict(word.split("=") for word in arguments.pop(0).removeprefix("weaken=").split(","))
    vars(store)["PRAGMAS"] = tuple((dict(store.PRAGMAS) | changes).items())
    print("init: WEAKENED on purpose:", changes, file=sys.stderr)
sys.exit(core.main(arguments))
