"""A store of referrals that speaks the referral API's PATCH: FastAPI above, SQLAlchemy below, the rules between."""
