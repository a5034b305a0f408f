"""The scripted demo: three visits on the real window, with real mouse clicks, and what became of them everywhere.

Amounts in the summary never come from the screen: they are read from the simulated devices, the kiosk's own
journal and the server's books, and all three must agree."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from hardware.control import ControlClient
from hardware.simulated import Json, NotPossible
from kiosk.demo_books import Booked, Books
from kiosk.display import VirtualDisplay
from kiosk.supervise import House, Trouble

WINDOW: Final = (1720, 880)

# Generous, so that a loaded machine only takes longer.
FIRST_PAGE_S: Final = 90.0
STEP_S: Final = 60.0
AGAIN_S: Final = 15.0  # without any effect after this time a person presses once more
LOOK_EVERY_S: Final = 0.1
READ_S: Final = 0.6  # nobody touches a page sooner; touches within its first 0.4 s are void
SAME_KEY_S: Final = 0.25  # between two presses of one key; less counts as a tremble of the hand

CASH_ACCOUNT: Final = "1002003001"  # owes ¥37.50
CASH_NOTES_FEN: Final = (2000, 1000, 500, 100, 100, 100)
CODE_ACCOUNT: Final = "1002003002"  # owes ¥86.20
CARD_ACCOUNT: Final = "3002003001"  # gas; owes ¥52.00

STEPS: Final = 29

T = TypeVar("T")
Tell = Callable[[str], None]


def play(house: House, out: Path, tell: Tell, display: VirtualDisplay) -> int:
    """Three visits; pictures, receipts, the server's view and `summary.json` in `out`. 0, or 1 when something went
    wrong, which is told with the last picture and the logs."""
    out.mkdir(parents=True, exist_ok=True)
    for old in ("visit-1", "visit-2", "visit-3", "server"):
        shutil.rmtree(out / old, ignore_errors=True)
    for old in ("summary.json", "receipt-1.png", "receipt-2.png", "receipt-3.png"):
        (out / old).unlink(missing_ok=True)
    script = Script(house, out, tell, display)
    try:
        script.open()
        visits = [
            script.visit("cash", "water", "现金缴水费", script.pay_with_cash),
            script.visit("code", "water", "付款码缴水费", script.pay_with_code),
            script.visit("card", "gas", "银行卡缴燃气费", script.pay_with_card),
        ]
    except (Trouble, NotPossible, OSError, subprocess.SubprocessError) as error:
        script.failed(error)
        return 1
    finally:
        script.close()
    (out / "summary.json").write_text(
        json.dumps({"visits": visits}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    tell(f"三次缴费都已完成，服务器都已入账。 Look into {out}/:")
    tell("  summary.json  visit-[123]/*.png  receipt-[123].png  server/*.html")
    return 0


class Script:
    """Hands, eyes and pen of the person who plays the demo."""

    def __init__(self, house: House, out: Path, tell: Tell, display: VirtualDisplay) -> None:
        self._house, self._out, self._tell, self._display = house, out, tell, display
        self._window = ControlClient(house.place.remote)
        self._devices = house.devices()
        self._books = Books(house)
        self._step = self._visit = self._picture = 0
        self._last_picture = ""

    def close(self) -> None:
        self._window.close()
        self._devices.close()

    def failed(self, error: Exception) -> None:
        self._tell(f"没有成功：{error}")
        try:
            self._take_picture("failed")
        except (Trouble, NotPossible, OSError):
            pass  # the window itself may be what failed
        self._tell(f"  last picture: {self._last_picture or 'none'}")
        self._tell(f"  logs: {self._out / 'logs'}")

    # ---- the visits

    def open(self) -> None:
        self._do("等待首页", lambda: self._until("the first page", self._is_open, FIRST_PAGE_S))

    def visit(self, tender: str, fee: str, title: str, pay: Callable[[], None]) -> Json:
        """One visit from the first page back to it, and its row of the summary."""
        self._visit += 1
        self._picture = 0
        began = time.monotonic()
        inserted = self._inserted_fen
        before = self._books.totals()
        papers = self._state("printer")["piece_count"]
        self._tell(f"第 {self._visit} 次：{title}")
        self._take_picture("home")
        self._do("选择收费项目", lambda: self._press(f"fee:{fee}", "enter_account"))
        pay()
        self._do("等待小票打印", lambda: self._until("the receipt", lambda: self._printed(papers)))
        self._take_picture("receipt")
        png = self._keep_receipt()
        self._do("完成", lambda: self._press("main", "thank_you"))
        self._take_picture("thanks")
        self._do("回到首页", lambda: self._press("main", "home"))
        seconds = time.monotonic() - began
        booked = self._do("服务器入账", lambda: self._booked(tender))
        self._books.save(booked, self._out / "server", f"visit-{self._visit}")
        self._books.agree(booked, before, self._inserted_fen - inserted)
        return {
            "tender": tender,
            "due_fen": booked.due_fen,
            "inserted_fen": self._inserted_fen - inserted,
            "credited_fen": booked.credited_fen,
            "prepaid_fen": booked.prepaid_fen,
            "change_owed_fen": booked.change_owed_fen,
            "receipt_number": booked.receipt,
            "receipt_png": png,
            "seconds": round(seconds, 1),
            "on_server": booked.on_server,
        }

    def _booked(self, tender: str) -> Booked:
        """What the books say, once the server's do too."""
        found: list[Booked] = []

        def look() -> bool:
            booked = self._books.visit(self._visit, tender)
            found.extend([booked] if booked else [])
            return bool(found)

        self._until("the receipt in the server's books", look)
        return found[0]

    def pay_with_cash(self) -> None:
        self._do(f"输入户号 {CASH_ACCOUNT}", lambda: self._type(CASH_ACCOUNT))
        self._take_picture("account")
        self._do("查询账单", lambda: self._press("main", "check"))
        self._read_to_the_end("check")
        self._do("核对无误", lambda: self._press("main", "pay_by"))
        self._take_picture("pay-by")
        self._do("选择现金", lambda: self._press("tender:cash", "cash"))
        self._take_picture("cash")
        for number, fen in enumerate(CASH_NOTES_FEN, start=1):
            self._insert(fen)
            if number == len(CASH_NOTES_FEN) // 2:
                self._take_picture("cash-some")
        notes = "、".join(f"¥{fen // 100}" for fen in CASH_NOTES_FEN)
        self._do(f"放入纸币 {notes}", lambda: None)

    def _to_the_choice(self, bill: str) -> None:
        self._take_picture("account")
        self._do("把缴费单放到窗口前", lambda: self._press(f"cabinet:bill:{bill}", "check"))
        self._read_to_the_end("check")
        self._press("cabinet:hide", "check")
        self._do("核对无误", lambda: self._press("main", "pay_by"))
        self._take_picture("pay-by")

    def pay_with_card(self) -> None:
        self._to_the_choice(f"gas:{CARD_ACCOUNT}")
        self._do("选择银行卡", lambda: self._press("tender:card", "card"))
        self._until("the terminal to ask for a card", lambda: self._terminal_shows("insert card"))
        self._take_picture("card")
        self._do("插入银行卡", lambda: self._click_until("cabinet:terminal:good", self._is_approved))

    def pay_with_code(self) -> None:
        self._to_the_choice(f"water:{CODE_ACCOUNT}")
        self._do("选择付款码", lambda: self._press("tender:code", "show_code"))
        self._take_picture("show-code")
        self._do("出示微信付款码", lambda: self._click_until("cabinet:code:wechat", self._is_held))
        self._take_picture("code-held")

    # ---- hands

    def _press(self, name: str, page: str) -> None:
        """Click until that page is there."""
        self._click_until(name, lambda: self._look()["page"] == page)
        time.sleep(READ_S)

    def _read_to_the_end(self, name: str) -> None:
        """A page that does not fit as a whole has leaves; its main action comes after the last."""
        while "main" not in self._look()["names"]:
            self._take_picture(name)
            self._click_until("next_page", lambda: "previous_page" in self._look()["names"])
            time.sleep(READ_S)
        self._take_picture(name)

    def _type(self, digits: str) -> None:
        for digit in digits:
            before = self._look()["view"]
            self._click_until(f"key:{digit}", partial(self._has_changed, before))
            time.sleep(SAME_KEY_S)

    def _insert(self, fen: int) -> None:
        """Click a note as soon as the acceptor wants it, and wait until it lies in the box."""
        self._until(f"the acceptor to take {fen} fen", lambda: self._wants(fen))
        before = len(self._state("acceptor")["box"])
        self._click_until(f"cabinet:note:{fen}", lambda: len(self._state("acceptor")["box"]) > before)

    def _click_until(self, name: str, effect: Callable[[], bool]) -> None:
        until = time.monotonic() + STEP_S
        while time.monotonic() < until:
            place = self._where(name)
            if place is not None and not place["off"]:
                self._display.click(place["x"], place["y"])
            if self._waited(effect, AGAIN_S):
                return
        raise Trouble(f"{name} was clicked, but nothing came of it within {STEP_S:.0f} s; the window shows"
                      f" {self._look()['page'] or 'no page'}")  # fmt: skip

    # ---- eyes

    def _is_open(self) -> bool:
        """A first page without any warning: the devices are ready and the server answers."""
        seen = self._look()
        return bool(seen["page"] == "home" and seen["banners"] == ["simulated"] and self._where("fee:water"))

    def _is_held(self) -> bool:
        return self._state("camera")["shown"] is not None

    def _terminal_shows(self, text: str) -> bool:
        return bool(self._state("terminal")["shows"] == text)

    def _is_approved(self) -> bool:
        return bool(self._state("terminal")["charged_fen"])

    def _has_changed(self, view: int | None) -> bool:
        return bool(self._look()["view"] != view)

    def _wants(self, fen: int) -> bool:
        state = self._state("acceptor")
        return bool(state["state"] == "idle" and fen in state["enabled"])

    def _printed(self, before: int) -> bool:
        """The paper is cut, and the screen knows it."""
        place = self._where("main")
        printer = self._state("printer")
        return bool(
            self._look()["page"] == "receipt"
            and printer["piece_count"] > before
            and not printer["busy"]
            and place is not None
            and not place["off"]
        )

    @property
    def _inserted_fen(self) -> int:
        """What went in and did not come out again, by the acceptor's own count."""
        state = self._state("acceptor")
        return int(state["inserted_fen"]) - int(state["returned_fen"])

    def _state(self, device: str) -> Json:
        return self._devices.look(device)

    def _look(self) -> Json:
        try:
            return self._window.look()
        except (FileNotFoundError, ConnectionError):  # the window is still starting
            return {"page": "", "view": None, "banners": [], "names": []}

    def _where(self, name: str) -> Json | None:
        try:
            return self._window.do("window", "where", name=name)
        except (NotPossible, FileNotFoundError, ConnectionError):
            return None

    def _until(self, what: str, there: Callable[[], bool], limit_s: float = STEP_S) -> None:
        if not self._waited(there, limit_s):
            raise Trouble(f"waited {limit_s:.0f} s for {what}, in vain")

    def _waited(self, there: Callable[[], bool], limit_s: float) -> bool:
        until = time.monotonic() + limit_s
        while not there():
            if time.monotonic() > until:
                return False
            time.sleep(LOOK_EVERY_S)
        return True

    # ---- pen

    def _do(self, what: str, act: Callable[[], T]) -> T:
        self._step += 1
        done = act()
        self._tell(f"[{self._step}/{STEPS}] {what} … ok")
        return done

    def _take_picture(self, name: str) -> None:
        self._picture += 1
        path = self._out / f"visit-{max(1, self._visit)}" / f"{self._picture:02d}-{name}.png"
        self._window.do("window", "picture", path=str(path.resolve()))
        self._last_picture = str(path)

    def _keep_receipt(self) -> str:
        """The last paper that came out, dot for dot; its name within `out`."""
        name = f"receipt-{self._visit}.png"
        shutil.copyfile(self._state("printer")["last_png"], self._out / name)
        return name
