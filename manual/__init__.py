"""The procedures manual: editions, amendments and the reading of them."""
