"""Complete recipes for other frameworks. Each keeps its referrals in a dict.

In one process, a lock is enough to protect the dict. With a database, compare the entity tag when you store a referral,
as ``examples/service`` does.
"""
