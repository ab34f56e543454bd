"""The tables and the lines at the end."""

from collections.abc import Callable, Iterator, Sequence
from math import exp, inf, log

from benchmarks.federation.measuring import HEAD, Figures, Measured, cell
from benchmarks.measure import table

OURS = "meshgate"
SLOWER = 1.2


def per_statement(found: Measured) -> str:
    """What is in the cells, then statement by statement."""
    peers = [name for name in found if name != OURS]
    rows = [
        (name, *(cell(found[peer][name]) for peer in (OURS, *peers)), _against_best(found, peers, name))
        for name in found[OURS]
    ]
    return f"{HEAD}\n\n" + table(("statement", OURS, *peers, "wall: best peer / meshgate"), rows)


def lines(found: Measured) -> Iterator[str]:
    for peer in found:
        right = sum(not figures.fault for figures in found[peer].values())
        faults = "".join(f"; {name} {f.fault}" for name, f in found[peer].items() if f.fault)
        yield f"{peer}: {right} of {len(found[peer])} right{faults}"
    for peer in found:
        if peer != OURS:
            yield f"geometric mean vs {peer}: {_ratios(found, peer)}"
    slow = dict(_slower(found))
    slow |= {name: inf for name, figures in found[OURS].items() if figures.fault}
    told = ", ".join(f"{name} {ratio:.1f}x" for name, ratio in slow.items())
    yield f"slower than {SLOWER}x the best peer: {told or 'none'}"


def _ratios(found: Measured, peer: str) -> str:
    pairs = list(both(found, peer))
    if not pairs:
        return "no statement that both answer"
    wall = geometric_mean(pairs, lambda figures: figures.wall)
    cpu = geometric_mean(pairs, lambda figures: max(figures.cpu, 0.001))
    sent = geometric_mean(pairs, lambda figures: max(figures.bytes, 1))
    return f"{wall:.2f} wall, {cpu:.2f} cpu, {sent:.2f} bytes"


def both(found: Measured, peer: str) -> Iterator[tuple[Figures, Figures]]:
    """(meshgate's, the peer's) of the statements that both answer."""
    for name, ours in found[OURS].items():
        theirs = found[peer].get(name)
        if theirs is not None and not ours.fault and not theirs.fault:
            yield ours, theirs


def geometric_mean(pairs: Sequence[tuple[Figures, Figures]], value: Callable[[Figures], float]) -> float:
    """Of peer / meshgate."""
    return exp(sum(log(value(theirs) / value(ours)) for ours, theirs in pairs) / len(pairs))


def _best(found: Measured, peers: Sequence[str], name: str) -> float | None:
    walls = [found[peer][name].wall for peer in peers if not found[peer][name].fault]
    return min(walls, default=None)


def _against_best(found: Measured, peers: Sequence[str], name: str) -> str:
    best, ours = _best(found, peers, name), found[OURS][name]
    return "-" if best is None or ours.fault else f"{best / ours.wall:.2f}"


def _slower(found: Measured) -> Iterator[tuple[str, float]]:
    peers = [name for name in found if name != OURS]
    for name, ours in found[OURS].items():
        best = _best(found, peers, name)
        if best is not None and not ours.fault and ours.wall > SLOWER * best:
            yield name, ours.wall / best
