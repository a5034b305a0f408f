"""A lobby's questions, answered where the customer stands: opened from every page, and back to the same place with
nothing lost."""

import shutil

import pytest

from kiosk import contract as c
from kiosk import site
from kiosk.contract import Language
from kiosk.flow.delays import Delay
from tests.kiosk.world import Kiosk, bill, taken, yuan


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def open_help(kiosk):
    kiosk.want(kiosk.engine.view.help.intent)
    assert isinstance(kiosk.page, c.HelpMenu)


def choose(kiosk, words):
    """The tile that says so."""
    tile = next(x for x in kiosk.page.choices if words in x.button.label.values.get("text", ""))
    kiosk.want(tile.button.intent)


AT = {
    "home": lambda kiosk: None,
    "account": lambda kiosk: (kiosk.want(c.ChooseFee("water")), kiosk.type("12")),
    "bills": lambda kiosk: kiosk.to_check(bill(number="A"), bill(number="B")),
    "check": lambda kiosk: kiosk.to_check(),
    "pay_by": lambda kiosk: (kiosk.to_check(), kiosk.want(c.AllRight())),
    "cash": lambda kiosk: (kiosk.to_cash(), kiosk.insert(20)),
    "show_code": lambda kiosk: kiosk.to_code(),
    "charging": lambda kiosk: (kiosk.to_code(), kiosk.show_code()),
    "paper": lambda kiosk: (kiosk.to_cash(bill("20.00")), kiosk.insert(20)),
    "thanks": lambda kiosk: (kiosk.to_cash(bill("20.00")), kiosk.insert(20), kiosk.print_out(), kiosk.want(c.Done())),
}  # fmt: skip


@pytest.mark.parametrize("where", AT)
def test_from_every_page_and_back_to_it_as_it_was(kiosk, where):
    AT[where](kiosk)
    before = kiosk.engine.view
    open_help(kiosk)
    choose(kiosk, "现金")
    choose(kiosk, "退出来")
    assert isinstance(kiosk.page, c.HelpText) and len(kiosk.page.sentences) >= 2
    kiosk.want(c.LeaveHelp())
    assert kiosk.page == before.page and kiosk.engine.view.step == before.step


def test_the_way_back_goes_answer_questions_topics_page(kiosk):
    kiosk.to_check()
    open_help(kiosk)
    topics = kiosk.page
    choose(kiosk, "票据")
    questions = kiosk.page
    choose(kiosk, "丢了")
    kiosk.want(c.Back())
    assert kiosk.page == questions
    kiosk.want(c.Back())
    assert kiosk.page == topics
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.CheckItems)


def test_money_inside_is_shown_on_every_page_of_help(kiosk):
    kiosk.to_cash()
    kiosk.insert(20)
    open_help(kiosk)
    assert kiosk.page.inside == yuan(20)
    choose(kiosk, "现金")
    assert kiosk.page.inside == yuan(20)
    choose(kiosk, "找零")
    assert kiosk.page.inside == yuan(20)


def test_a_note_put_in_while_reading_counts_and_its_page_comes_back(kiosk):
    kiosk.to_cash(bill("37.50"))
    open_help(kiosk)
    kiosk.hold(20)
    assert isinstance(kiosk.page, c.CashRunning)
    assert kiosk.engine.view.help.off is not None, "while the note moves, its page is the one to look at"
    kiosk.hear(taken(20))
    assert kiosk.page.inserted == yuan(20) and kiosk.engine.view.help.off is None


def test_what_to_do_here_and_the_privacy_notice_are_among_the_topics(kiosk):
    kiosk.to_check()
    open_help(kiosk)
    rooms = [choice.button.intent.room for choice in kiosk.page.choices]
    assert rooms[0] == "how" and {"privacy", "say"} <= set(rooms)


def test_the_privacy_notice_is_one_press_from_the_first_page(kiosk):
    kiosk.want(kiosk.page.privacy.intent)
    text = "".join(kiosk.page.sentences)
    assert "星号" in text and "密码" in text and "服务台" in text
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.Home)


def test_it_closes_by_itself_at_the_first_page_and_the_language_can_be_changed_on_it(kiosk):
    open_help(kiosk)
    kiosk.want(c.SetLanguage(Language.EN))
    assert kiosk.page.choices[1].button.label.values["text"] == "Bill and number"
    kiosk.time_is_up(Delay.HELP_IDLE)
    assert isinstance(kiosk.page, c.Home)


@pytest.mark.parametrize(
    "room, item",
    [
        ("offer", ""),
        ("say_done", ""),
        ("nowhere", ""),
        ("answer", "bill.nothing"),
        ("answer", "bill"),
        ("questions", "x"),
        ("say_contact", ""),
    ],
)
def test_a_page_of_help_that_does_not_exist_is_not_opened(kiosk, room, item):
    kiosk.want(c.OpenHelp(room, item))
    assert isinstance(kiosk.page, c.Home)


def test_staff_have_no_help_for_customers(kiosk):
    kiosk.want(c.OpenStaff())
    assert kiosk.engine.view.help is None
    kiosk.want(c.OpenHelp("topics"))
    assert isinstance(kiosk.page, c.StaffEntry)


def test_there_are_a_dozen_questions_and_both_languages_have_the_same():
    advice = site.load(None).advice
    assert advice[Language.ZH].ids == advice[Language.EN].ids
    for language in Language:
        questions = [question for topic in advice[language].topic for question in topic.question]
        assert len(questions) >= 12 and len({question.asks for question in questions}) == len(questions)


def test_a_question_that_only_one_language_has_stops_the_start(tmp_path):
    shutil.copytree(site.PACKAGED, tmp_path / "config")
    path = tmp_path / "config" / "faq" / "en.toml"
    path.write_text(path.read_text().replace('id = "where_number"', 'id = "elsewhere"'))
    with pytest.raises(site.BadConfiguration, match=r"faq.en\.toml.*same ids"):
        site.load(tmp_path / "config")
