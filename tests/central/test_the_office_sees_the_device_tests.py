"""What an attendant tested at a kiosk, and what came of it, stands on the kiosk's page at the office."""

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.contract import CheckAnswer
from tests.central.support import PaperKiosk
from tests.central.test_the_office_sees_what_is_out_of_the_ordinary import both as both
from tests.central.test_the_office_sees_what_is_out_of_the_ordinary import upload
from tests.kiosk.office import Office
from tests.kiosk.world import held, taken


def test_a_test_that_was_good_and_one_that_kept_a_note(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    where = f"/kiosks/{line.id}"
    upload(core, line)
    assert "设备测试" not in line.server.page(where).data.decode()
    core.sign_in()
    core.go("devices")
    core.want(c.StaffGo("checkup", "acceptor"))
    core.hear(held(50), hw.Returned(device="acceptor", code=4))
    upload(core, line)
    page = line.server.page(where).data.decode()
    assert "设备测试" in page and "纸币口 2/2" in page and "1001" in page and "不能开机" not in page

    core.go("devices")
    core.want(c.StaffGo("checkup", "acceptor"))
    core.hear(held(20), taken(20))
    core.want(c.AnswerCheck(CheckAnswer.SKIP))
    upload(core, line)
    page = line.server.page(where).data.decode()
    assert "不能开机" in page and "纸币口 1/2" in page and "测试纸币进了钱箱 ¥20.00" in page
    assert page.index("不能开机") < page.index("纸币口 2/2"), "the newest first"


def test_a_record_that_can_not_be_read_hides_no_other(kiosk: PaperKiosk) -> None:
    kiosk.journal.write("devices_examined", verdict="ready", by="1001", examined_ms=1_795_000_000_000)
    kiosk.journal.write("devices_examined", verdict=7)
    kiosk.upload()
    page = kiosk.server.page(f"/kiosks/{kiosk.id}")
    assert page.status == 200 and "可以开机" in page.data.decode()
