# ruff: noqa: F403 (one name for the whole contract: `from kiosk import contract as c`)
"""What passes between the core and the screens: `View` out, `Touched` in. JSON lines on a Unix socket.

A screen is a function of its view. It holds no rule and no money: what may be pressed, what is switched off
and why, all stands in the view. Words are keys into `config/phrases/<language>.toml`; only names that are
data (a fee, a masked person) arrive as text in the language of the view.
"""

from kiosk.contract.intents import *
from kiosk.contract.pages import *
from kiosk.contract.terms import *
from kiosk.contract.wire import *
