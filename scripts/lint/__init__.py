"""Rules of this project that no general linter knows; ``python -m scripts.lint``."""
