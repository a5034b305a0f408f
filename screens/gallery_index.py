"""The page on which the pictures of the gallery are looked through: one file, no network, filters in the browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

# page~leaf-language-size-contrast.png; the leaf stands behind the whole name
NAME: Final = re.compile(
    r"(?P<page>[\w]+)-(?P<language>\w+)-(?P<size>\w+)-(?P<contrast>\w+)(?:~(?P<leaf>\d+))?"
)


def write(folder: Path) -> None:
    """`folder/index.html` of all `folder/PANEL/*.png`."""
    found = []
    for path in sorted(folder.glob("*/*.png")):
        match = NAME.fullmatch(path.stem)
        if match:
            leaf = match["leaf"] or "1"
            name = (match["page"], match["language"], match["size"], match["contrast"], leaf)
            found.append([path.parent.name, *name])
    found.sort(key=lambda one: (one[0], one[1], int(one[5])))
    page = _PAGE.replace("/*PICTURES*/", json.dumps(found, separators=(",", ":")))
    (folder / "index.html").write_text(page, "utf-8")


_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Every screen</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 0; background: #e8ebf0; color: #111 }
form { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px 20px; padding: 12px 20px;
  background: #fff; box-shadow: 0 1px 6px #0003; align-items: center }
label { display: flex; gap: 6px; align-items: center }
select, input { font: inherit; padding: 4px 8px }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--wide, 380px), 1fr)); gap: 18px;
  padding: 20px }
figure { margin: 0; background: #fff; border-radius: 8px; padding: 8px; box-shadow: 0 1px 3px #0002 }
img { width: 100%; display: block; border: 1px solid #c9d2de; box-sizing: border-box }
figcaption { padding: 6px 2px 0; color: #444 }
</style>
<form>
<label>panel <select id="panel"></select></label>
<label>language <select id="language"></select></label>
<label>text <select id="size"></select></label>
<label>contrast <select id="contrast"></select></label>
<label>page <input id="page" placeholder="home, cash, staff…" size="14"></label>
<span id="count"></span>
</form>
<main></main>
<script>
const pictures = /*PICTURES*/;
const keys = ["panel", "page", "language", "size", "contrast"];
const first = { language: "zh", size: "large", contrast: "day", panel: "lobby" };
const chosen = k => document.getElementById(k).value;
for (const key of ["panel", "language", "size", "contrast"]) {
  const values = [...new Set(pictures.map(p => p[keys.indexOf(key)]))];
  const select = document.getElementById(key);
  for (const value of ["all", ...values]) select.add(new Option(value, value));
  if (values.includes(first[key])) select.value = first[key];
}
function draw() {
  const page = chosen("page").trim();
  const shown = pictures.filter(p => keys.every((key, i) =>
    key === "page" ? p[i].includes(page) : chosen(key) === "all" || chosen(key) === p[i]));
  document.getElementById("count").textContent = shown.length + " of " + pictures.length;
  document.querySelector("main").style.setProperty("--wide", chosen("panel") === "tall" ? "240px" : "380px");
  document.querySelector("main").replaceChildren(...shown.map(p => {
    const [panel, name, language, size, contrast, leaf] = p;
    const path = `${panel}/${name}-${language}-${size}-${contrast}${leaf > 1 ? "~" + leaf : ""}.png`;
    const link = Object.assign(document.createElement("a"), { href: encodeURI(path) });
    link.append(Object.assign(new Image(), { src: encodeURI(path), loading: "lazy", alt: name }));
    const words = document.createElement("figcaption");
    words.textContent = `${name}${leaf > 1 ? " · leaf " + leaf : ""} · ${panel} · ${language} · ${size} · ${contrast}`;
    const figure = document.createElement("figure");
    figure.append(link, words);
    return figure;
  }));
}
document.querySelector("form").addEventListener("input", draw);
draw();
</script></html>
"""
