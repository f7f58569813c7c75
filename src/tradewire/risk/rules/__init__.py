"""One rule a file: `active(profile)` says whether it has anything to do, `check(…)` refuses or lets pass.

A limit that is met exactly passes; just over it refuses. Limits on losses refuse once they are reached.
"""
