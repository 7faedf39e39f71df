"""Resources that one step holds for others.

Read `leasing`, a lease for one step; `leases`, those that nodes open for the steps that follow. The latter is imported by
runs that need it alone.
"""
