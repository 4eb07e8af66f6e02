"""A wheel built from the tree carries every data and text file: a stray ignore rule would empty it in silence."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_every_file(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("bot", "handlers", "knowledge")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not wanted - held
    shown = ("PRIVACY.md", "PRIVACY.fr.md", "TERMS.md", "TERMS.fr.md")  # as pages, see bot/platforms/web/documents.py
    assert all(any(name.endswith(f".dist-info/licenses/{one}") for name in held) for one in shown)
