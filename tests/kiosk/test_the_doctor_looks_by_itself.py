"""`kiosk doctor` with nobody in front of the devices: what is wrong with each, in words, and what helps."""

from __future__ import annotations

from kiosk.doctor import machine
from tests.kiosk.doctor_person import Ward

ALL = ("acceptor", "printer", "camera", "scanner", "panel", "keypad", "jack")

# What is done to which device → what the doctor says of it, and how that is put right.
FAULTS = {
    "acceptor": (("jam", {"where": "validator"}), "jam in the validator", ("clear", {})),
    "printer": (("open_cover", {}), "the cover is open", ("close_cover", {})),
    "camera": (("unplug", {}), "no_port", ("plug", {})),
    "scanner": (("unplug", {}), "no_port", ("plug", {})),
    "panel": (("mains_fail", {}), "the mains are off", ("mains_return", {})),
    "keypad": (("unplug", {}), "no_port", ("plug", {})),
    "jack": (("unplug", {}), "no_port", ("plug", {})),
    "terminal": (("power_cut", {}), "no_port", ("power_on", {})),
}


def examined(ward):
    found = machine.examine(ward.state, ward.config, ward.folder / "no-run", ward.lines, None)
    return {finding.what: finding for finding in found if finding.what in FAULTS}


def test_each_device_with_its_fault_and_without(tmp_path):
    with Ward(tmp_path, *ALL) as ward:
        for device, ((action, given), _, _) in FAULTS.items():
            ward.do(device, action, **given)
        ill = examined(ward)
        for device, (_, _, (action, given)) in FAULTS.items():
            ward.do(device, action, **given)
        ward.do("panel", "open_door")
        well = examined(ward)
    for device, (_, says, _) in FAULTS.items():
        assert not ill[device].good and says in ill[device].says and ill[device].do, ill[device]
        assert "(" not in ill[device].says  # no data of the program
    assert all(finding.good for finding in well.values()), well
    assert well["panel"].says.endswith("open: door")
