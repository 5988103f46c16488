from asw_exchange.records import Direction, Entry, Memory  # noqa: F401 - moved: import from asw_exchange.records
