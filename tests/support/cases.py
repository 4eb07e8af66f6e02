"""The conversations of tests/conversations/*/asked-*.yaml by their ids, and those that are known to fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parents[1] / "conversations"
KNOWN: frozenset[str] = frozenset(yaml.safe_load((HERE / "known_answers.yaml").read_text("utf-8")) or ())
CASES: dict[str, list[dict[str, Any]]] = {
    case["id"]: case["turns"]
    for path in sorted(HERE.glob("*/asked-*.yaml"))
    for case in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
}
