"""A site whose glass is not among the packaged ones writes a `panels.toml` of its own."""

import subprocess
import sys

import pytest

from screens.theme import PANELS, BadPanel, load_panels, panel_of

OWN = """
[counter]
title = "12.1 inch, landscape"
pixels = [1280, 800]
active_mm = [261.1, 163.2]
tokens = "10.1in_1280x800_landscape"
rotation = 180
places = { cash = "right", code = "below", paper = "below", card = "right" }
"""
WRONG = [
    ("[counter]", "[desk]", "no panel is called 'counter' there; there are desk"),
    ("[1280, 800]", '"1280x800"', r"counter Expected `array`, got `str` - at `\$\.pixels`"),
    ("active_mm", "activ_mm", "activ_mm"),
    ("10.1in", "12in", "`tokens` of counter is .*there are 10.1in_1280x800_landscape"),
    (', card = "right"', "", "`places` of counter lacks card"),
    ("[261.1, 163.2]", "[0.0, 163.2]", "sizes are above 0"),
    ("rotation = 180", "rotation = 45", "0, 90, 180 or 270"),
    ("[counter]", "[counter", "line 2"),
]


def test_it_is_read_with_its_millimetres(tmp_path):
    path = tmp_path / "panels.toml"
    path.write_text(OWN)
    assert panel_of("counter", path).active_mm == (261.1, 163.2)


def test_each_packaged_one_can_be_used():
    assert [panel_of(name) for name in load_panels()] == list(load_panels().values())


@pytest.mark.parametrize("right, wrong, says", WRONG, ids=[w[1] or w[0] for w in WRONG])
def test_a_mistake_is_said_with_the_file(tmp_path, right, wrong, says):
    path = tmp_path / "panels.toml"
    path.write_text(OWN.replace(right, wrong, 1))
    with pytest.raises(BadPanel, match=rf"(?s)panels\.toml: .*{says}") as error:
        panel_of("counter", path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("own, file", [(OWN, "own"), ("", "packaged")])
def test_the_process_takes_the_sites_file_and_ends_for_good_where_the_panel_is_in_none(tmp_path, own, file):
    if own:
        (tmp_path / "panels.toml").write_text(own)
    ran = subprocess.run(
        [sys.executable, "-m", "screens", "--socket", "x", "--config", str(tmp_path), "--panel", "mirror"],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 78  # systemd starts it no more
    looked_into = tmp_path / "panels.toml" if file == "own" else PANELS
    assert f"{looked_into}: no panel is called 'mirror'" in ran.stderr
