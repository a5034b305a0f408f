"""The cabinet says everything in both languages, has a word for every state, and its codes are what they claim."""

import re
import tomllib
from pathlib import Path

import pytest

import screens.cabinet
from central.gateway import manner
from central.seed import STORIES
from hardware.acceptors import ccnet_sim_unit, ict_sim_unit, sim_unit, ssp_sim_unit
from kiosk import site
from kiosk.parcels import ChargeIs
from screens.cabinet import codes
from screens.cabinet.card import shown
from screens.words import flatten

FOLDER = Path(screens.cabinet.__file__).parent / "phrases"
TRIES = 200  # codes are random


def phrases(language):
    return dict(flatten(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))))


def test_both_languages_say_the_same_with_the_same_values():
    zh, en = phrases("zh"), phrases("en")
    values = re.compile(r"{(\w+)}")
    assert {key: sorted(values.findall(text)) for key, text in zh.items()} == {
        key: sorted(values.findall(text)) for key, text in en.items()
    }


@pytest.mark.parametrize("kind", [ccnet_sim_unit, ssp_sim_unit, ict_sim_unit, sim_unit])
def test_every_state_of_each_acceptor_has_a_word(kind):
    assert {f"acceptor.{state.value}" for state in kind.State} <= phrases("zh").keys()


@pytest.mark.parametrize(
    "powered, plugged, shows", [(1, 1, "idle"), (1, 0, "no_cable"), (0, 1, "off"), (0, 0, "off")]
)
def test_a_terminal_whose_cable_is_out_does_not_call_itself_idle(powered, plugged, shows):
    state = {"powered": bool(powered), "plugged": bool(plugged), "shows": "IDLE" if powered else "off"}
    assert shown(state) == shows and f"terminal.shows.{shows}" in phrases("zh")


def test_every_bill_is_one_of_the_seeded_town_and_is_understood(tmp_path):
    known = {(fee, account) for fee, account, *_ in STORIES}
    fees = {fee.id: fee for fee in site.load(tmp_path).fees}
    for bill in codes.BILLS:
        assert (bill.fee, bill.account) in known
        assert [fees[bill.fee].account_in(text) for text in (bill.qr, bill.bars)] == [bill.account] * 2


@pytest.mark.parametrize(
    "name, provider, ends, unknown",
    [
        ("wechat", "wechat", ChargeIs.CONFIRMED, False),
        ("alipay", "alipay", ChargeIs.CONFIRMED, False),
        ("declined", "wechat", ChargeIs.DECLINED, False),
        ("unknown", "wechat", ChargeIs.CONFIRMED, True),
    ],
)
def test_payment_codes_are_told_apart_and_end_as_named(tmp_path, name, provider, ends, unknown):
    here = site.load(tmp_path)
    made = [codes.PAYMENT_CODES[name]() for _ in range(TRIES)]
    assert len(set(made)) == TRIES
    for code in made:
        assert here.provider_of(code) == provider
        assert (manner(code).ends, manner(code).unknown_s > 0) == (ends, unknown)


def test_the_wrong_code_is_neither_bill_nor_payment(tmp_path):
    here = site.load(tmp_path)
    assert not here.provider_of(codes.NO_CODE)
    assert not [fee for fee in here.fees if fee.account_in(codes.NO_CODE)]
