"""The pages: what a person sees, and who may see it."""

import re
import sys
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

import central
from central.office.words import WORDS
from kiosk.identity import new_id
from kiosk.money import Money
from kiosk.parcels import DeviceHealth, Heartbeat, HeartbeatSeen
from tests.central.conftest import start
from tests.central.support import TIMEOUT_S, PaperKiosk, Server

PAGES = ("/", "/transactions", "/problems", "/customers", "/retention")


class Person:
    """A browser: keeps cookies, sends forms with their token."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}

    def _go(self, method: str, path: str, **more):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = (
            self.server.http.request(
                method,
                self.server.url + path,
                headers=headers,
                redirect=False,
                encode_multipart=False,
                **more,
            )
            if method == "POST"
            else self.server.http.request(method, self.server.url + path, headers=headers, redirect=False)
        )
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer

    def get(self, path: str):
        return self._go("GET", path)

    def post(self, path: str, on: str, **fields: str):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(on).data.decode())
        assert token, on
        return self._go("POST", path, fields={**fields, "csrfmiddlewaretoken": token[1]})

    def sign_in(self, name: str = "demo", password: str = ""):
        password = password or (self.server.state / "demo-password.txt").read_text().strip()
        return self.post("/sign-in", "/sign-in", username=name, password=password)


@pytest.fixture
def busy(kiosk: PaperKiosk) -> tuple[PaperKiosk, str]:
    payment = kiosk.pay_cash("tuition", "500200300100", "T-none", Money(10000), ("100", "20"))
    kiosk.journal.write(
        "note_doubtful", note=new_id(), payment=payment, value=2000, in_box=True, because="卡钞"
    )
    kiosk.upload()
    kiosk.ask(
        "heartbeat",
        Heartbeat(1, "9.8.7", 99, 1, (DeviceHealth("printer", "paper_out"),), True),
        HeartbeatSeen,
    )
    return kiosk, payment


def test_every_page_shows_what_the_kiosk_sent(server: Server, busy: tuple[PaperKiosk, str]) -> None:
    kiosk, payment = busy
    wanted = {
        "/": (kiosk.id, "打印机: 缺纸", "顾客呼叫工作人员", "学杂费"),
        f"/kiosks/{kiosk.id}": ("9.8.7", "¥100.00", "¥40.00", kiosk.journal.head()[1]),
        f"/transactions?kiosk={kiosk.id}": (payment, "500200300100", "¥120.00"),
        f"/transactions?q=R{payment[-12:]}": (payment,),
        f"/transactions/{kiosk.id}/{payment}": (
            "已入账",
            f"R{payment[-12:]}",
            "note_credited",
            "prepaid",
            "卡钞",
            "¥100.00",
        ),
        f"/problems?kiosk={kiosk.id}": ("待核款项",),
        "/customers?fee=water&account=1002003008": ("王****店", "¥6200.00"),
    }
    for path, texts in wanted.items():
        page = server.page(path)
        assert page.status == 200, path
        for text in texts:
            assert text in page.data.decode(), (path, text)
    nothing = server.page(f"/transactions?kiosk={kiosk.id}&state=abandoned&day=2020-01-01").data.decode()
    assert payment not in nothing and "没有符合条件的交易" in nothing


def test_no_page_shows_a_person_unmasked(server: Server) -> None:
    people = server.rows("SELECT name, identity, contact FROM customer")
    text = "".join(server.page(f"/customers?page={n}").data.decode() for n in (1, 2))
    assert people and "**" in text
    for person in people:
        for secret in person:
            assert secret not in text


def test_english_is_one_press_away(server: Server) -> None:
    person = Person(server)
    page = person.get("/problems?show=all").data.decode()
    assert "待处理" in page and 'value="/problems?show=all"' in page  # the switch comes back to this page
    assert person.post("/language", "/problems", to="en", back="/problems").headers["Location"] == "/problems"
    assert "To do" in person.get("/problems").data.decode()
    assert (
        person.post("/language", "/problems", to="en", back="//elsewhere.invalid/").headers["Location"] == "/"
    )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_the_sandbox_door_is_shut_for_what_a_proxy_brings(server: Server, header: str) -> None:
    assert server.page("/", **{header: "127.0.0.1"}).status == 302


def test_a_foreign_host_name_gets_nothing(server: Server) -> None:
    assert server.page("/", Host="attacker.invalid").status == 400


def test_the_sandbox_reader_changes_nothing(server: Server, busy: tuple[PaperKiosk, str]) -> None:
    person = Person(server)
    problem = server.rows("SELECT id FROM problem WHERE kiosk = ?", busy[0].id)[0]["id"]
    for path in ("/enrolment-code", f"/problems/{problem}/settle"):
        answer = person.post(path, "/problems", site="lobby")
        assert answer.status == 302 and answer.headers["Location"].startswith("/sign-in")
    assert server.rows("SELECT settled_ms FROM problem WHERE id = ?", problem)[0]["settled_ms"] == 0


def test_a_clerk_issues_a_code_and_settles_a_problem(server: Server, busy: tuple[PaperKiosk, str]) -> None:
    kiosk, _ = busy
    clerk = Person(server)
    assert clerk.sign_in().headers["Location"] == "/"

    page = clerk.post("/enrolment-code", "/", site="north").data.decode()
    assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page)

    assert "demo" in clerk.get("/").data.decode()
    problem = server.rows("SELECT id FROM problem WHERE kiosk = ?", kiosk.id)[0]["id"]
    clerk.post(f"/problems/{problem}/settle", "/problems")
    row = server.rows("SELECT * FROM problem WHERE id = ?", problem)[0]
    assert row["settled_ms"] and row["settled_by"] == "demo"


def test_without_the_sandbox_nothing_is_readable_before_signing_in(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tests.central.conftest.START", (sys.executable, "-m", "central", "--port", "0"))
    process, server = start(tmp_path / "state", tmp_path / "log")
    try:
        for path in (*PAGES, "/kiosks/K0001", "/transactions/K0001/x"):
            assert server.page(path).headers.get("Location", "").startswith("/sign-in"), path
        person = Person(server)
        assert person.sign_in("demo", "demo").status == 200  # there is no such user
        assert (
            "用户名或密码不正确"
            in person.post("/sign-in", "/sign-in", username="demo", password="x").data.decode()
        )
        assert not server.rows("SELECT 1 FROM fee")
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


def test_every_problem_has_a_name_and_an_advice_in_both_languages() -> None:
    source = "".join(path.read_text() for path in Path(central.__file__).parent.rglob("*.py"))
    kinds = set(
        re.findall(r'pen\.problem\(\s*"(\w+)"|problems\.note\(\s*db,\s*who\.kiosk,\s*"(\w+)"', source)
    )
    names = {first or second for first, second in kinds}
    assert len(names) >= 15
    for name in names:
        assert {f"problem_{name}", f"advice_{name}"} <= set(WORDS), name


def test_every_word_on_the_pages_is_in_the_list() -> None:
    used = {
        (template.name, key)
        for template in (Path(central.__file__).parent / "office" / "templates").rglob("*.html")
        for key in re.findall(r"{% w [\"'](\w+)[\"'] %}", template.read_text())
    }
    assert len(used) > 100
    assert sorted((name, key) for name, key in used if key not in WORDS) == []
