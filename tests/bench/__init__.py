"""`make bench`: the speed goals P1-P14, measured as ratios in one run (docs/benchmarks.md)."""
