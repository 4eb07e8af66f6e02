"""Looks the pinned packages up in the public list of known vulnerabilities: ``python3 .ci/audit.py``.

Exit code 1 where one is found. Where the list cannot be asked it says so and passes: pip-audit alone would then report
"no known vulnerabilities" of packages that it has not looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PINNED = Path(__file__).parents[1] / "requirements.txt"
PATIENCE = 300  # seconds for all of them
KNOWN = "jinja2==2.4.1"  # has been on the list for years: who does not find it there has not seen the list


def asked(requirements: Path) -> list[dict[str, Any]] | None:
    """What is known of each package, or None where the list could not be asked."""
    command = ["uvx", "--quiet", "pip-audit", "-r", str(requirements), "--no-deps", "--disable-pip", "--format", "json"]
    try:
        done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, timeout=PATIENCE)
        return json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
        return None


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "requirements.txt"
        probe.write_text(KNOWN + "\n", "utf-8")
        answer = asked(probe)
    if not answer or not any(package.get("vulns") for package in answer):
        sys.stdout.write("dependencies not audited: the list of known vulnerabilities cannot be asked from here\n")
        return 0
    packages = asked(PINNED)
    if packages is None:
        sys.stdout.write("dependencies not audited: the list of known vulnerabilities did not answer\n")
        return 0
    unseen = [package["name"] for package in packages if "skip_reason" in package]
    found = [(package, vulnerability) for package in packages for vulnerability in package.get("vulns", ())]
    for package, vulnerability in found:
        mended = ", ".join(vulnerability["fix_versions"]) or "no version"
        sys.stdout.write(f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {mended}\n")
    looked = len(packages) - len(unseen)
    without = f", not {', '.join(unseen)}" if unseen else ""
    sys.stdout.write(f"dependencies audited: {looked} packages{without}, {len(found)} vulnerabilities\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
