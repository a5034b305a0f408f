"""The layout is the architecture: arrows run one way, and the core knows neither Kivy nor the network."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NETWORK = ("urllib3", "requests", "http.client", "starlette", "uvicorn", "django")


def loaded_by(module):
    """Every module that a fresh Python has after importing `module`."""
    code = f"import {module}, sys; print('\\n'.join(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(out.stdout.split())


def belongs(module, package):
    return module == package or module.startswith(package + ".")


def test_the_core_loads_neither_kivy_nor_anything_that_speaks_to_the_network():
    loaded = loaded_by("kiosk.core")
    assert not [m for m in loaded for f in ("kivy", "central", "screens", *NETWORK) if belongs(m, f)]


def test_the_courier_loads_no_ledger_no_flow_no_device_and_no_key():
    loaded = loaded_by("kiosk.courier.__main__")
    forbidden = (
        "kiosk.journal",
        "kiosk.flow",
        "kiosk.engine",
        "kiosk.core",
        "kiosk.identity",
        "kivy",
        "serial",
        "apsw",
    )
    assert not [m for m in loaded for f in forbidden if belongs(m, f)]


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# folder → what it may not import, and the exceptions
SCREENS_MAY = ("kiosk.contract", "kiosk.codec", "kiosk.notify", "hardware.control", "hardware.simulated")
CENTRAL_MAY = (
    *("kiosk.parcels", "kiosk.codec", "kiosk.money", "kiosk.identity", "kiosk.journal.chain"),
    "kiosk.receipt_proof",  # both read the same code
    "kiosk.rules",  # both reckon with the same functions
    "kiosk.badge",  # made there, read here
    "kiosk.pins",  # the format of a PIN verifier is shared like the wire
)
RULES_MAY = ("kiosk.rules", "kiosk.money", "kiosk.contract", "kiosk.codec", "pathlib")  # it reads its files
IMPURE = ("asyncio", "time", "random", "os", "pathlib", "threading", "socket", "kiosk.core", "kiosk.engine")
RULES = [
    ("hardware", ("kiosk",), ("kiosk.money",)),
    ("screens", ("kiosk", "central", "hardware"), SCREENS_MAY),
    ("central", ("kiosk", "screens", "hardware"), CENTRAL_MAY),
    ("kiosk/flow", IMPURE, ()),
    ("kiosk/rules", (*IMPURE, "kiosk", "hardware", "central", "screens"), RULES_MAY),
]


@pytest.mark.parametrize("folder, forbidden, allowed", RULES, ids=[rule[0] for rule in RULES])
def test_arrows_run_one_way(folder, forbidden, allowed):
    wrong = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for name in imports_of(path):
            if any(belongs(name, f) for f in forbidden) and not any(
                belongs(name, a) or belongs(a, name) for a in allowed
            ):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


def test_no_two_files_import_each_other():
    names = {
        path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for folder in ("kiosk", "hardware", "screens", "central")
        for path in (ROOT / folder).rglob("*.py")
    }
    at_top = {name: set(top_imports(path, set(names.values()))) for path, name in names.items()}
    assert not cycle(at_top)


def top_imports(path, ours):
    """Of our own files, those whose text is needed: a file out of a folder does not need the folder's `__init__`."""
    tree = ast.parse(path.read_text())
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & ours
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from names & ours
            if names - ours:
                yield from {node.module} & ours


def cycle(graph):
    done, path = set(), []

    def visit(name):
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return None
        path.append(name)
        for other in sorted(graph.get(name, ())):
            if other != name and (found := visit(other)):
                return found
        done.add(path.pop())
        return None

    return next((found for name in sorted(graph) if (found := visit(name))), None)
