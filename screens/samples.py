"""One of every view, for the gallery and the tests. The persons and numbers are invented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from kiosk import contract as c
from kiosk.contract import Button, Language, Message, Money
from screens import samples_help, samples_staff

RECEIPT_QR: Final = "FEE1.8100000012.16830.20261121.4F2A9C"


def _pick(language: Language, zh: str, en: str) -> str:
    return zh if language is Language.ZH else en


def _button(intent: c.AnyIntent, key: str) -> Button:
    return Button(intent, Message(f"button.{key}"))


HELP: Final = _button(c.OpenHelp("topics"), "help")
BACK: Final = _button(c.Back(), "back")
DUE: Final = Money(16830)
NOTES: Final = tuple(Money.yuan(n) for n in (1, 5, 10, 20, 50, 100))
WAYS: Final = (
    c.TenderTile(c.Tender.CASH, note=Message("pay_by.overpaid_prepaid")),
    c.TenderTile(c.Tender.CODE),
)
THREE_WAYS: Final = (*WAYS, c.TenderTile(c.Tender.CARD))
DONE: Final = _button(c.Done(), "done")
AGAIN: Final = _button(c.PrintAgain(), "print_again")
PRIVACY: Final = _button(c.OpenHelp("privacy"), "privacy")
FACES: Final = tuple(
    c.Choice(Button(c.Rate(rating), Message(f"thanks.rating_{rating.value}")), icon)
    for rating, icon in zip(c.Rating, ("very_good", "smile", "fair", "sad"), strict=True)
)
FEES: Final = (
    ("water", "水费", "Water"),
    ("electricity", "电费", "Electricity"),
    ("gas", "燃气费", "Gas"),
    ("property", "物业费", "Property"),
    ("tuition", "学杂费", "Tuition"),
    ("admin", "行政事业性收费", "Public fees"),
    ("other", "其他费用", "Other fees"),
)


def _fees(language: Language, count: int, off: str = "") -> tuple[c.FeeTile, ...]:
    return tuple(
        c.FeeTile(fee, _pick(language, zh, en), fee, Message("home.fee_closed") if fee == off else None)
        for fee, zh, en in FEES[:count]
    )


def _check(language: Language, age: Message | None = None, sums: tuple[c.SumLine, ...] = ()) -> c.CheckItems:
    item = c.CheckItem
    rows = (
        c.CheckRow(item.NAME, "张*三"),
        c.CheckRow(item.IDENTITY, "110***********1234"),
        c.CheckRow(item.FEE, _pick(language, "水费", "Water"), "1234 **** 90"),
        c.CheckRow(item.AMOUNT, DUE.figures, DUE.capital),
        c.CheckRow(item.PERIOD, "2026-10", "2026-11-30"),
        c.CheckRow(item.CONTACT, ""),
    )
    right, wrong = _button(c.AllRight(), "all_right"), _button(c.SomethingWrong(), "wrong")
    return c.CheckItems(rows, DUE, right, wrong, age, sums)


def _sums(language: Language) -> tuple[c.SumLine, ...]:
    """A late bill with one concession that is given and two that are not."""
    water, name = (
        _pick(language, "水费", "Water"),
        _pick(language, "低保户减一成", "10% off on social assistance"),
    )
    other = _pick(language, "提前缴费九五折", "5% off when paid early")
    return (
        c.SumLine(Message("check.sum_bill", {"fee": water, "period": "2026-10"}), Money(18500)),
        c.SumLine(Message("check.sum_late", {"days": 12}), Money(180)),
        c.SumLine(
            Message("check.sum_off", {"name": name}),
            Money(-1850),
            _pick(language, "低保家庭，水费按九折收取", "Households on social assistance pay 90%"),
        ),
        *(
            c.SumLine(
                Message(f"check.lacks_{because}", {"name": other}),
                None,
                _pick(
                    language,
                    "到期日前 20 天以上缴清才享受",
                    "Only when paid at least 20 days before the due day",
                ),
            )
            for because in ("not_early", "mark_ended")
        ),
    )


def _account(language: Language, typed: str, problem: Message | None = None) -> c.EnterAccount:
    submit = Button(
        c.SubmitAccount(),
        Message("button.submit_account"),
        Message("account.digits_missing", {"digits": 10 - len(typed)}) if len(typed) < 10 else None,
    )
    return c.EnterAccount(
        _pick(language, "水费", "Water"),
        "water",
        _pick(language, "户号", "Account number"),
        typed,
        (4, 4, 2),
        True,
        problem,
        submit,
    )


def _bills(language: Language) -> c.ChooseBills:
    name = _pick(language, "水费", "Water")
    months = (
        ("2026-08", 5210, True),
        ("2026-09", 4890, True),
        ("2026-10", 16830, False),
        ("2026-11", 6105, False),
    )
    rows = tuple(
        c.BillRow(f"W-{m}", name, m, Money(fen), overdue, ticked=overdue, region="东湖街道")
        for m, fen, overdue in months
    )
    total = Money.total(row.amount for row in rows if row.ticked)
    pay = c.Button(c.PayTicked(), Message("bills.pay", {"count": 2, "amount_fen": total.fen}))
    return c.ChooseBills("张*三", rows, total, pay)


def _about_ahead(language: Language) -> Message:
    values: dict[str, str | int] = {"customer": "张*三", "fee": _pick(language, "燃气费", "Gas")}
    return Message("amount.ahead", {**values, "least_fen": 1000, "most_fen": 500_000})


def _how_much(language: Language) -> c.ChooseHowMuch:
    choices = tuple(
        c.Button(c.ChooseAmount(amount), Message("amount.yuan", {"amount_fen": amount.fen}))
        for amount in map(Money.yuan, (50, 100, 200, 500))
    )
    return c.ChooseHowMuch(
        _about_ahead(language), choices, c.Button(c.OtherAmount(), Message("amount.other"))
    )


def _how_much_typed(language: Language, typed: str, problem: Message | None = None) -> c.TypeHowMuch:
    return c.TypeHowMuch(_about_ahead(language), typed, _button(c.SubmitAmount(), "submit_amount"), problem)


def _cash(inserted: int, notes: tuple[Money, ...], **more: Message) -> c.CashRunning:
    paid = Money.yuan(inserted)
    left = max(DUE - paid, Money(0))
    status = Message("cash.insert" if left else "cash.closing")
    return c.CashRunning(DUE, paid, left, notes, status, **more)


TICKS: Final = tuple(c.Tick(n, True) for n in ("seal", "figures_capitals", "customer", "fee", "stub"))


def _receipt(stage: c.PaperStage, status: str, **more: object) -> c.ReceiptPage:
    return c.ReceiptPage("8100000012", DUE, stage, TICKS, Message(status), **more)  # type: ignore[arg-type]


def _claim(stage: c.PaperStage, because: str, status: str) -> c.ClaimPage:
    messages = Message(f"claim.{because}"), stage, Message(f"claim.{status}")
    return c.ClaimPage("CL-000017", Money(5000), *messages, RECEIPT_QR, AGAIN, DONE)


Maker = Callable[[Language], c.AnyPage]


def _same(page: c.AnyPage) -> Maker:
    """A page whose words are all phrases."""
    return lambda language: page


Sample = tuple[Maker, tuple[int, int] | None, Button | None]

_STOP: Final = _button(c.StopPaying(), "stop_paying")

PAGES: Final[dict[str, Sample]] = {  # name → page, step, way back
    "home": (lambda la: c.Home(_fees(la, 6), WAYS, "400-810-0000", PRIVACY), (1, 5), None),
    "home_more": (
        lambda la: c.Home(
            _fees(la, 7, off="gas"),
            (c.TenderTile(c.Tender.CASH, Message("pay_by.box_full")), WAYS[1]),
            "12345",
            PRIVACY,
        ),
        (1, 5),
        None,
    ),
    "account_empty": (lambda la: _account(la, ""), (2, 5), BACK),
    "account_typed": (lambda la: _account(la, "1234567890"), (2, 5), BACK),
    "account_problem": (lambda la: _account(la, "12345678", Message("account.unknown")), (2, 5), BACK),
    "looking_up": (lambda la: c.LookingUp(_pick(la, "水费", "Water"), "1234 **** 90"), (2, 5), BACK),
    "choose_bill": (_bills, (2, 5), BACK),
    "choose_bill_ahead": (
        lambda la: replace(_bills(la), ahead=_button(c.PayAhead(), "pay_ahead")),
        (2, 5),
        BACK,
    ),
    "how_much": (_how_much, (2, 5), BACK),
    "how_much_wrong": (lambda la: replace(_how_much(la), problem=Message("check.wrong_name")), (2, 5), BACK),
    "how_much_typed": (lambda la: _how_much_typed(la, "380"), (2, 5), BACK),
    "how_much_problem": (
        lambda la: _how_much_typed(
            la, "9", Message("amount.too_little", {"least_fen": 1000, "most_fen": 500_000})
        ),
        (2, 5),
        BACK,
    ),
    "check": (_check, (3, 5), BACK),
    "check_sums": (lambda la: _check(la, sums=_sums(la)), (3, 5), BACK),
    "check_offline": (lambda la: _check(la, Message("check.data_age", {"days": 2})), (3, 5), BACK),
    "pay_by": (lambda la: c.PayBy(DUE, WAYS, NOTES), (4, 5), BACK),
    "pay_by_part": (
        lambda la: c.PayBy(DUE, WAYS, NOTES, None, _button(c.PayPart(), "pay_part")),
        (4, 5),
        BACK,
    ),
    "pay_by_problem": (
        lambda la: c.PayBy(
            DUE,
            (c.TenderTile(c.Tender.CASH, Message("pay_by.box_full")), WAYS[1]),
            NOTES,
            Message("pay_by.not_now"),
        ),
        (4, 5),
        BACK,
    ),
    "approving": (
        lambda la: c.Approving(
            Money(1250000),
            Money(500000),
            Message("approve.wait"),
            Button(c.ApproverHere(), Message("approve.here")),
        ),
        (3, 5),
        BACK,
    ),
    "pay_by_card": (lambda la: c.PayBy(DUE, THREE_WAYS, NOTES), (4, 5), BACK),
    "pay_by_card_declined": (
        lambda la: c.PayBy(
            DUE,
            (*WAYS, c.TenderTile(c.Tender.CARD, Message("pay_by.terminal_away"))),
            NOTES,
            Message("card.declined_declined"),
        ),
        (4, 5),
        BACK,
    ),
    "cash_start": (lambda la: _cash(0, NOTES), (4, 5), _STOP),
    "cash_some": (lambda la: _cash(100, NOTES[:5]), (4, 5), _STOP),
    "cash_problem": (lambda la: _cash(100, NOTES[:5], problem=Message("cash.not_recognised")), (4, 5), _STOP),
    "cash_stop": (
        lambda la: _cash(20, NOTES, asking_to_stop=Message("cash.stop_partial", {"inserted_fen": 2000})),
        (4, 5),
        None,
    ),
    "cash_enough": (lambda la: _cash(170, ()), (4, 5), None),
    "show_code": (lambda la: c.ShowCode(DUE), (4, 5), BACK),
    "show_code_problem": (lambda la: c.ShowCode(DUE, Message("code.not_a_payment_code")), (4, 5), BACK),
    "card": (
        lambda la: c.UseCard(DUE, Message("card.card"), _button(c.StopPaying(), "cancel")),
        (4, 5),
        None,
    ),
    "card_pin": (lambda la: c.UseCard(DUE, Message("card.follow")), (4, 5), None),
    "working": (lambda la: c.Working(DUE, Message("working.charging")), (4, 5), None),
    "unknown": (
        lambda la: c.Unknown(DUE, "7F3K-0192", Message("unknown.asking"), _button(c.Done(), "leave")),
        (4, 5),
        None,
    ),
    "receipt_printing": (lambda la: _receipt(c.PaperStage.PRINTING, "receipt.printing"), (5, 5), None),
    "receipt": (
        lambda la: _receipt(c.PaperStage.PRINTED, "receipt.printed", again=AGAIN, done=DONE),
        (5, 5),
        None,
    ),
    "receipt_not_printed": (
        lambda la: _receipt(
            c.PaperStage.NOT_PRINTED, "receipt.not_printed_no_paper", qr=RECEIPT_QR, again=AGAIN, done=DONE
        ),
        (5, 5),
        None,
    ),
    "receipt_perhaps": (
        lambda la: _receipt(
            c.PaperStage.PERHAPS,
            "receipt.perhaps",
            qr=RECEIPT_QR,
            prepaid=Money(170),
            change_owed=Money(170),
            claim="CL-000017",
            again=AGAIN,
            done=DONE,
        ),
        (5, 5),
        None,
    ),
    "claim": (_same(_claim(c.PaperStage.PRINTED, "because_note_doubtful", "printed")), None, None),
    "claim_not_printed": (
        _same(_claim(c.PaperStage.NOT_PRINTED, "because_change_owed", "not_printed_no_paper")),
        None,
        None,
    ),
    "thank_you": (
        lambda la: c.ThankYou(
            DUE, "8100000012", Message("thanks.paid"), _button(c.PayAnother(), "pay_another"), DONE, FACES
        ),
        None,
        None,
    ),
    "thank_you_rated": (
        lambda la: c.ThankYou(
            DUE,
            "8100000012",
            Message("thanks.paid"),
            _button(c.PayAnother(), "pay_another"),
            DONE,
            (),
            Message("thanks.rated"),
            _button(c.OpenHelp("say"), "say"),
        ),
        None,
        None,
    ),
    "thank_you_claim": (
        lambda la: c.ThankYou(
            None, "", Message("thanks.claim"), _button(c.PayAnother(), "pay_another"), DONE, FACES
        ),
        None,
        None,
    ),
    "out_of_service": (
        lambda la: c.OutOfService(Message("out.journal"), "CL-000017", "400-810-0000"),
        None,
        None,
    ),
    "out_with_money": (
        lambda la: c.OutOfService(
            Message("out.journal_with_money"),
            "7BD89D2E",
            "400-810-0000",
            DUE,
            "X1;K0001;01a1ee56-5e0a-73d3-8b3f-8bf4c2aa42b5;16830",
            _button(c.Done(), "noted"),
        ),
        None,
        None,
    ),
    "out_with_charge": (
        lambda la: c.OutOfService(
            Message("out.journal_with_charge"),
            "7BD89D2E",
            "400-810-0000",
            DUE,
            "X1;K0001;01a1ee56-5e0a-73d3-8b3f-8bf4c2aa42b5;16830",
            _button(c.Done(), "noted"),
        ),
        None,
        None,
    ),
    **{name: (page, (4, 5), None if "offer" in name else BACK) for name, page in samples_help.PAGES.items()},
    **{
        name: (page if callable(page) else _same(page), None, BACK)
        for name, page in samples_staff.PAGES.items()
    },
}

# What stands for {…} when a phrase is shown that the core would fill in.
VALUES: Final[dict[str, str | int]] = {
    "digits": 10,
    "customer": "张*三",
    "days": 3,
    "count": 20,
    "amount_fen": 1234500,
    "limit_fen": 500000,
    "note_fen": 10000,
    "inserted_fen": 12000,
    "claim": "CL-000017",
    "bill": "W202610100200300112",
}


def with_problem(name: str, key: str, language: Language) -> c.AnyPage:
    """The page of the sample `name` with the phrase `key` as its problem."""
    names = {
        "fee": _pick(language, "行政事业性收费", "Public fees"),
        "account_name": _pick(language, "房号编码", "account number"),
    }
    problem = Message(key, {**VALUES, **names})
    return msgspec.structs.replace(PAGES[name][0](language), problem=problem)


IDLE: Final = c.IdleQuestion(30, _button(c.StillHere(), "stay"), _button(c.Done(), "leave"))
IDLE_MONEY: Final = c.IdleQuestion(30, _button(c.StillHere(), "stay"), None)


def view(
    name: str,
    language: Language = Language.ZH,
    size: c.TextSize = c.TextSize.LARGE,
    contrast: c.Contrast = c.Contrast.DAY,
    *,
    number: int = 1,
    banners: tuple[c.Banner, ...] = (),
    idle: c.IdleQuestion | None = None,
    staff_called: bool = False,
) -> c.View:
    """The sample `name` (a key of PAGES) as the core would send it."""
    make, step, back = PAGES[name]
    helped = None if name.startswith(("staff", "out", *samples_help.PAGES)) else HELP
    return c.View(
        number, make(language), language, size, contrast, step, back, staff_called, banners, idle, helped
    )
