"""Coverage-guided fuzzing with atheris; the targets themselves need only the package and its tests' requirements."""
