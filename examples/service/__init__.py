"""A small referral service: FastAPI for HTTP, SQLAlchemy for the database, and ``referral_rules`` for PATCH."""
