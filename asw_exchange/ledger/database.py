"""One connection to the database of a ledger: opened with care, guarded by a lock, failing in plain words.

The connection runs in the driver's autocommit mode, so that BEGIN and COMMIT are ours: a transaction
that will write takes the write lock at once, which lets SQLite wait for another process instead of
failing half-way.

Not here: what is written (``store.py``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Executable, create_engine, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.failures import failure
from asw_exchange.ledger.rows import Row
from asw_exchange.ledger.statements import statements_of
from asw_exchange.ledger.tables import NAME, VERSION, about, metadata
