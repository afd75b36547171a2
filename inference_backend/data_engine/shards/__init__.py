"""Shards: clips packed into tar files that a trainer streams, split by speaker and by prompt."""

from .packing import PackConfig as PackConfig
from .packing import pack as pack
from .reading import Sample as Sample
from .reading import samples as samples
