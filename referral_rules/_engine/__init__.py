"""The judgement of a patch; ``judgement`` has it from top to bottom, with a module for each stage."""

from referral_rules._engine.judgement import judge, judge_referral, judge_text
from referral_rules._engine.shape import ABSENT

__all__ = ["ABSENT", "judge", "judge_referral", "judge_text"]
