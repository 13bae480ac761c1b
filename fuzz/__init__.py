"""Coverage-guided fuzzing with atheris. The targets themselves do not need atheris, and the tests run them."""
