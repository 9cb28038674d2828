"""What was measured, and the ratios read from it: medians of per-round ratios."""

from __future__ import annotations

from statistics import median

import msgspec

from tests.bench.load import Sample


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A measured number with its spread over the rounds."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Figure:
        """The median of `values`."""
        return cls(value=median(values), low=min(values), high=max(values))


class Results:
    """`rounds`: what each variant did in each round. `facts`: figures that are counted, or measured in another way."""

    def __init__(self) -> None:
        self.rounds: list[dict[str, Sample]] = []
        self.facts: dict[str, list[float]] = {}

    def add(self, fact: str, value: float) -> None:
        """One more value of a fact."""
        self.facts.setdefault(fact, []).append(value)

    def fact(self, name: str) -> Figure | None:
        """A fact, None when it was not measured."""
        values = self.facts.get(name)
        return Figure.of(values) if values else None

    def per_round(self, names: tuple[str, ...]) -> list[tuple[Sample, ...]]:
        """The samples of these variants, from every round that has them all."""
        return [tuple(r[name] for name in names) for r in self.rounds if all(name in r for name in names)]

    def cost(self, name: str, beside: str) -> Figure | None:
        """CPU per request of one variant in units of another."""
        ratios = [a.cost / b.cost for a, b in self.per_round((name, beside))]
        return Figure.of(ratios) if ratios else None

    def rate(self, name: str, beside: str) -> Figure | None:
        """Throughput of one variant in units of another."""
        ratios = [a.rate / b.rate for a, b in self.per_round((name, beside))]
        return Figure.of(ratios) if ratios else None

    def p50(self, name: str, beside: str) -> Figure | None:
        """Median latency of one variant in units of another."""
        ratios = [a.quantile(0.5) / b.quantile(0.5) for a, b in self.per_round((name, beside))]
        return Figure.of(ratios) if ratios else None

    def tail(self, name: str, bare: str) -> Figure | None:
        """What a variant adds to `bare` at the 99th percentile, in units of what it adds at the median."""
        ratios = [
            (a.quantile(0.99) - b.quantile(0.99)) / (a.quantile(0.5) - b.quantile(0.5))
            for a, b in self.per_round((name, bare))
        ]
        return Figure.of(ratios) if ratios else None

    def ideal(self, name: str, in_flight: int, latency: float) -> Figure | None:
        """Throughput beside `in_flight` / `latency`, which no server can beat."""
        parts = [a.rate * latency / in_flight for (a,) in self.per_round((name,))]
        return Figure.of(parts) if parts else None

    def of_peak(self, name: str, all_names: tuple[str, ...]) -> Figure | None:
        """Throughput beside the best of several variants."""
        parts = [sample.rate / max(s.rate for s in others) for (sample, *others) in self.per_round((name, *all_names))]
        return Figure.of(parts) if parts else None
