"""What a gateway does to a delivery of its own, when it is told to misbehave on the way.

The words are those of ``behaviours.faults``. What is slow or broken off is so at the sender's end: bytes that
come drop by drop, a body that is not whole. Not here: what is decided (``Node.leaving``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from asw_exchange.behaviours import Behaviour, damage, faults
from asw_exchange.server.client import Answered, Failed

Body = bytes | AsyncIterator[bytes]
Post = Callable[[Body, Mapping[str, str]], Awaitable[Answered | Failed]]
"""From body and head to what came of it."""

_NEVER_SENT = (faults.Lost, faults.RefuseConnection, faults.ResetBefore)
_PIECES_A_SECOND = 10


async def leave(
    post: Post, raw: bytes, headers: Mapping[str, str], fault: Behaviour | None
) -> Answered | Failed:
    """Deliver a message in the way that is wanted, and return what the sender knows of it then."""
    if fault is None:
        return await post(raw, headers)
    if isinstance(fault, _NEVER_SENT):
        return Failed(reason=fault.word, may_have_arrived=False)
    match fault:
        case faults.Stall():
            await asyncio.sleep(fault.seconds)
        case faults.Duplicated():
            await post(raw, headers)
    result = await post(*_damaged(raw, headers, fault))
    if isinstance(fault, faults.ResetAfter):
        return Failed(reason=fault.word, may_have_arrived=True)
    return result


def _damaged(raw: bytes, headers: Mapping[str, str], fault: Behaviour) -> tuple[Body, Mapping[str, str]]:
    match fault:
        case faults.TamperedInTransit():
            return damage.tamper(raw), headers
        case faults.TruncatedBody():
            return damage.break_off(raw, fault.percent), headers
        case faults.SlowBytes():
            return _slow(raw, fault.bytes_per_second), headers
        case faults.WrongLength():
            return raw, {**headers, "Content-Length": str(max(0, len(raw) + fault.by))}
        case faults.WrongContentType():
            return raw, {**headers, "Content-Type": fault.content_type}
    return raw, headers


async def _slow(raw: bytes, rate: int) -> AsyncIterator[bytes]:
    size = max(1, rate // _PIECES_A_SECOND)
    for start in range(0, len(raw), size):
        yield raw[start : start + size]
        await asyncio.sleep(size / rate)
