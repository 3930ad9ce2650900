"""The docs say what the code says."""

from __future__ import annotations

from pathlib import Path

from tracker.issues.workflow import TABLE, VERB_NAMES, Transition, diagram

ARCHITECTURE = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"


def as_row(row: Transition) -> str:
    origin = "–" if row.states is None else ", ".join(state.value for state in sorted(row.states))
    target = row.to.value if row.to else "no change"
    kinds = "" if len(row.kinds) == 3 else " (" + ", ".join(sorted(row.kinds)) + ")"
    level = {None: "", True: " (last level)", False: " (other levels)"}[row.last_level]
    who = ", ".join(sorted(row.who))
    return f"| {row.verb.value} {VERB_NAMES[row.verb]}{kinds}{level} | {origin} | {target} | {who} | {', '.join(row.facts)} |"


def written_from_the_table() -> str:
    head = "| verb | from | to | who | facts that must hold |\n|---|---|---|---|---|\n"
    return f"```mermaid\n{diagram()}\n```\n\n{head}" + "\n".join(as_row(row) for row in TABLE) + "\n"


def test_the_workflow_in_the_docs_is_made_from_the_table() -> None:
    """On failure: python -m tests.shape.test_docs"""
    assert written_from_the_table() in ARCHITECTURE.read_text(encoding="utf-8")


if __name__ == "__main__":
    before, rest = ARCHITECTURE.read_text(encoding="utf-8").split("<!-- workflow -->\n", 1)
    after = rest.split("<!-- /workflow -->", 1)[1]
    text = f"{before}<!-- workflow -->\n{written_from_the_table()}<!-- /workflow -->{after}"
    ARCHITECTURE.write_text(text, encoding="utf-8")
