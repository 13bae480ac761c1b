"""The specification of referral_rules, as tests."""
