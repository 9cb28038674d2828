"""The table and the JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from tests.bench.goals import GOALS, Goal
from tests.bench.results import Figure, Results

SIGN = {False: "<=", True: ">="}


def met(goal: Goal, figure: Figure | None, limit: float | None) -> bool | None:
    """Whether `figure` keeps to `limit`; None when there is nothing to compare."""
    if figure is None or limit is None:
        return None
    return figure.value >= limit if goal.least else figure.value <= limit


def goal_rows(results: Results, ids: Sequence[str]) -> list[dict[str, Any]]:
    """One row per goal, as the JSON shows it."""
    rows = []
    for goal in GOALS:
        if goal.id not in ids:
            continue
        figure = goal.read(results)
        rows.append(
            {
                "goal": goal.id,
                "what": goal.what,
                "unit": goal.unit,
                "sign": SIGN[goal.least],
                "limit": goal.limit,
                "target": goal.target,
                "measured": figure.value if figure else None,
                "low": figure.low if figure else None,
                "high": figure.high if figure else None,
                "met": met(goal, figure, goal.limit),
                "target_met": met(goal, figure, goal.target),
                "note": goal.note if figure is None else "",
            }
        )
    return rows


def variant_rows(results: Results) -> list[dict[str, Any]]:
    """Absolute medians per variant: context for the ratios, never goals."""
    names = dict.fromkeys(name for r in results.rounds for name in r)
    rows = []
    for name in names:
        samples = [r[name] for r in results.rounds if name in r]
        rows.append(
            {
                "variant": name,
                "cpu_us": median(s.cost for s in samples) * 1e6,
                "rps": median(s.rate for s in samples),
                "p50_ms": median(s.quantile(0.5) for s in samples) * 1e3,
                "p99_ms": median(s.quantile(0.99) for s in samples) * 1e3,
                "requests": sum(s.requests for s in samples),
            }
        )
    return rows


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text in columns; the first two are words, the rest figures."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    sides = [str.ljust, str.ljust, *[str.rjust] * (len(head) - 2)]
    shown = ["  ".join(side(*pair) for side, *pair in zip(sides, line, widths, strict=True)) for line in lines]
    return "\n".join([shown[0], "  ".join("-" * width for width in widths), *shown[1:]]) + "\n"


def short(value: float | None) -> str:
    """Three significant digits."""
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


VERDICT = {True: "met", False: "missed", None: ""}


def goals_text(rows: list[dict[str, Any]]) -> str:
    """The goals beside the figures."""
    return table(
        ("goal", "what", "measured", "spread", "unit", "goal is", "", "this stage", ""),
        (
            (
                row["goal"],
                row["what"],
                short(row["measured"]) or row["note"] or "not measured",
                f"{short(row['low'])}..{short(row['high'])}" if row["low"] != row["high"] else "",
                row["unit"],
                f"{row['sign']} {short(row['limit'])}" if row["limit"] is not None else "",
                VERDICT[row["met"]],
                f"{row['sign']} {short(row['target'])}" if row["target"] is not None else "",
                VERDICT[row["target_met"]],
            )
            for row in rows
        ),
    )


def variants_text(rows: list[dict[str, Any]]) -> str:
    """The absolute figures of this run."""
    return table(
        ("variant", "", "CPU us/request", "requests/s", "p50 ms", "p99 ms"),
        ((row["variant"], "", *(short(row[key]) for key in ("cpu_us", "rps", "p50_ms", "p99_ms"))) for row in rows),
    )


def trips_text(rows: list[dict[str, Any]]) -> str:
    """P9 in full."""
    return table(
        ("call", "", "upstream", "store, first", "store, again"),
        ((row["call"], "", *(short(row[key]) for key in ("upstream", "first", "again"))) for row in rows),
    )
