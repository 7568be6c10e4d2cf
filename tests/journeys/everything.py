"""Loads all of Understudy, so that a process forked from one that did begins at once."""

import importlib
import pkgutil

for package in ("bots", "core", "memory", "personas"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(found.name)
