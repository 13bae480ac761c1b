"""The exchange without a framework of its own: each recipe is whole, and keeps its referrals in a dict.

A dict in one process needs no more than a lock; a database compares the entity tag, as ``examples/service`` does.
"""
