"""``python -m referral_rules`` runs the command line."""

from referral_rules._cli import main

main()
