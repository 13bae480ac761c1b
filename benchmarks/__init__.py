"""How long a judgement takes, compared with other ways to do the same: ``python -m benchmarks``."""
