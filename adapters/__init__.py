"""The far side: one package per backend family, all behind the `Backend` protocol."""
