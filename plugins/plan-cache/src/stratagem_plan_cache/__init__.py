"""Stored plans for Stratagem: the plugin ``plan-cache``, and plans in files of their own."""

from stratagem_plan_cache.plugin import PlanCachePlugin, PlanCacheSettings

__all__ = ["PlanCachePlugin", "PlanCacheSettings"]
