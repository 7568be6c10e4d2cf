"""Drafts and what lets them go: authorizations, delegations, switches, parts, receipts."""
