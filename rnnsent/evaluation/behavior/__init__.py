"""Behavioral tests of a sentiment model, in the sense of CheckList (Ribeiro et al. 2020): templates, cases, outcomes.

The templates were written for this project and are never trained on.
"""
