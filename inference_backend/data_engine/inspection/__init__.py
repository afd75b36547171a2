"""Inspection: what a stage's folder or a folder of shards holds, in numbers, a picture and a page."""

from .report import Report as Report
from .report import inspect as inspect
