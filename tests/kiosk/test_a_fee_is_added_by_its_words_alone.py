"""A seventh fee that stands in no code: written into the file of a site, or sent with the signed bundle."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk import site
from kiosk.facts import PaymentOpened, ReceiptIssued
from kiosk.facts.office import DayClosed
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.office_papers import office_document
from kiosk.receipts import document
from kiosk.rules.load import load_fees, packed
from kiosk.rules.numbers import Check, completed
from tests.kiosk.office import STAFF, Office
from tests.kiosk.world import Kiosk, bill, bundle, customer, yuan

HEATING = """
[[fee]]
id = "heating"
name = { zh = "供热费", en = "Heating" }
icon = "other"
biller = "示例市热力有限公司"
seal = "示例市热力有限公司 收费专用章"
receipt = "plain"
account_name = { zh = "供热卡号", en = "Heating card number" }
account_digits = [9, 9]
account_groups = [3, 3, 3]
account_check = "luhn"
bill_codes = ["HEAT-(?P<account>[0-9]{9})"]
verify = ["name"]
limit_yuan = "900.00"
overpaid = "refuse"
overpaid_limit_yuan = "0.00"
partial = false
due_days = 20
"""
CARD = completed(Check.LUHN, "12345678")
WRONG_CARD = CARD[:-1] + str((int(CARD[-1]) + 1) % 10)


def from_file(tmp_path: Path) -> Kiosk:
    config = tmp_path / "etc"
    config.mkdir()
    (config / "fees.toml").write_text((site.PACKAGED / "fees.toml").read_text() + HEATING)
    return Kiosk(tmp_path, config=config)


def from_bundle(tmp_path: Path) -> Kiosk:
    path = tmp_path / "fees.toml"
    path.write_text((site.PACKAGED / "fees.toml").read_text() + HEATING)
    kiosk = Kiosk(tmp_path)
    kiosk.hear(st.BundleCame(replace(bundle(), rules=packed(load_fees(path)))))
    return kiosk


@pytest.fixture(params=[from_file, from_bundle], ids=["file", "bundle"])
def kiosk(request, tmp_path):
    return request.param(tmp_path)


def look_up(kiosk: Kiosk, amount: str) -> None:
    kiosk.hear(hw.CodeRead(device="camera", text=f"HEAT-{CARD}"))
    found = customer(bill(amount, fee="heating", number="H1"), account=CARD)
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, found))


def test_a_whole_visit_with_the_new_fee(kiosk):
    names = []
    for language in (c.Language.EN, c.Language.ZH):
        kiosk.want(c.SetLanguage(language))
        names.append(kiosk.page.fees[-1].name)
    assert names == ["Heating", "供热费"] and len(kiosk.page.fees) == 7
    kiosk.want(c.ChooseFee("heating"))
    assert (kiosk.page.account_name, kiosk.page.groups) == ("供热卡号", (3, 3, 3))
    look_up(kiosk, "55.00")
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.hold(100)
    assert kiosk.last(cmd.GiveBackNote) and kiosk.page.inserted == yuan(0)  # the fee takes nothing above
    kiosk.hear(hw.Returned(device="acceptor"))
    kiosk.insert(50, 5)
    [opened], [receipt] = kiosk.facts(PaymentOpened), kiosk.facts(ReceiptIssued)
    assert (opened.fee, opened.biller) == ("heating", "示例市热力有限公司")
    assert (receipt.fee_name, receipt.paid) == ("供热费", yuan("55.00"))
    account = next(
        block
        for block in document(kiosk.site, receipt, 1).blocks
        if getattr(block, "label", "") == "供热卡号"
    )
    assert account.value == receipt.account, "the paper calls the account as the fee does"
    kiosk.print_out()
    assert all(tick.good for tick in kiosk.page.ticks)


def test_a_mistyped_digit_is_told_with_the_last_one_and_nobody_is_asked(kiosk):
    kiosk.want(c.ChooseFee("heating"))
    kiosk.type(WRONG_CARD[:-1])
    assert kiosk.page.problem is None
    kiosk.type(WRONG_CARD[-1])
    assert kiosk.page.problem == c.Message("account.mistyped", {"account_name": "供热卡号"})
    kiosk.want(c.SubmitAccount())
    assert kiosk.page.problem.key == "account.mistyped" and not kiosk.count(cmd.FetchBills)
    kiosk.want(c.EraseKey())
    assert kiosk.page.problem is None
    kiosk.type(CARD[-1])
    kiosk.want(c.SubmitAccount())
    assert kiosk.last(cmd.FetchBills).account == CARD


def test_a_damaged_code_is_told_and_nobody_is_asked(kiosk):
    kiosk.want(c.ChooseFee("heating"))
    kiosk.hear(hw.CodeRead(device="camera", text=f"HEAT-{WRONG_CARD}"))
    assert kiosk.page.problem.key == "account.scanned_wrong" and not kiosk.count(cmd.FetchBills)


def test_its_own_limit_holds(kiosk):
    kiosk.want(c.ChooseFee("heating"))
    look_up(kiosk, "900.01")
    assert kiosk.page.problem == c.Message("bills.over_limit", {"amount_fen": 90001, "limit_fen": 90000})


WORTHLESS = [
    "{",
    "{}",
    '{"fee":[]}',
    packed(load_fees(site.PACKAGED / "fees.toml")).replace("5000.00", "0.00"),
]


@pytest.mark.parametrize("rules", WORTHLESS)
def test_rules_that_can_not_be_used_change_nothing_and_the_office_is_told(tmp_path, rules):
    kiosk = from_bundle(tmp_path)
    kiosk.hear(st.BundleCame(replace(bundle(), rules=rules)))
    assert len(kiosk.page.fees) == 7
    assert kiosk.engine.state.house.troubles["fees"].startswith("refused: fees of the site bundle")
    kiosk.hear(st.BundleCame(bundle()))
    assert len(kiosk.page.fees) == 6 and "fees" not in kiosk.engine.state.house.troubles


def test_the_close_names_a_fee_that_only_the_bundle_knows_also_when_it_is_printed_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "fees.toml"
    path.write_text((site.PACKAGED / "fees.toml").read_text() + HEATING)
    office = Office(tmp_path)
    office.hear(st.BundleCame(replace(STAFF, version=2, rules=packed(load_fees(path)))))
    office.want(c.ChooseFee("heating"))
    office.type(CARD)
    office.want(c.SubmitAccount())
    asked = office.last(cmd.FetchBills)
    office.hear(st.BillsCame(asked.lookup, customer(bill("20.00", "heating", "H1"), account=CARD)))
    office.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    office.insert(20)
    office.leave()
    office.sign_in()
    page = office.close_day()
    assert any(line.label.values.get("name") == "供热费" for line in page.lines)
    [closed] = office.facts(DayClosed)
    assert "项目 供热费" in str(office_document(office.site, closed, attempt=2)), (
        "the site's file knows no such fee"
    )
