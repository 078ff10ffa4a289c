"""Proofreading of a content folder: reading age, spelling, repeats, time limits, ways between chapters."""

from manual.proofreading.extras import ExtraMissing
from manual.proofreading.report import Measured, Proofread, proofread

__all__ = ["ExtraMissing", "Measured", "Proofread", "proofread"]
