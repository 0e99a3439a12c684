"""Handing over a message of several parts, so that a repeat goes on behind what was taken."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from channels.protocol import ChannelError, Receipt, Refused, Tools, Unknown

_REMEMBERED = timedelta(days=4)  # longer than anybody keeps trying

HandOver = Callable[[str], Awaitable[Receipt]]


async def hand_over_parts(
    out_id: str, parts: Sequence[str], hand_over: HandOver, *, tools: Tools
) -> Receipt:
    """Hand over all parts in their order; those an earlier try got rid of are left out.

    Answers the last part's receipt.

    Raises:
        Refused: none was taken, or one never will be.
        Unknown: nobody knows, or some were taken and the next was not: try the same again.
    """
    if len(parts) == 1:
        return await hand_over(parts[0])
    name = f"parts:{out_id}"
    taken = int(await tools.store.get(name) or 0)
    receipt = Receipt()
    for number in range(taken, len(parts)):
        outcome = await _tried(hand_over, parts[number])
        if isinstance(outcome, ChannelError):
            raise _of_all(outcome, number)
        receipt = outcome
        until = tools.clock() + _REMEMBERED
        await tools.store.put(name, str(number + 1), until=until)
    return receipt


async def _tried(hand_over: HandOver, part: str) -> Receipt | ChannelError:
    try:
        return await hand_over(part)
    except (Refused, Unknown) as error:
        return error


def _of_all(outcome: ChannelError, number: int) -> ChannelError:
    """Judge the whole by the part that failed. A refusal for now means: the rest must follow."""
    if number == 0 or not isinstance(outcome, Refused) or outcome.permanent:
        return outcome
    return Unknown(outcome.reason, f"part {number + 1}: {outcome.detail}")
