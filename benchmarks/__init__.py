"""What a verdict and a new referral cost, beside what one would glue together instead: ``python -m benchmarks``."""
