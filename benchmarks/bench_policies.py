"""What policies cost: loading them, deciding with them, keeping them, for 1,000 to 100,000 lines over 1,000 products.

    make bench-policies

Each size runs in a process of its own. A decision is about a relation of 60 columns. First: nobody has asked about the
relation before. Miss: others have, this principal has not. Hit: the decision is remembered.
"""

import gc
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' policies are no part of what is installed

from benchmarks.measure import clean_up_when_told_to_end, machine, table, verdict
from policies.decision import Decision, ProtectedRelation
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal
from tests.policies import large

SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 2_000
THREADS = 8
AUDIT = Circumstances(now=1_700_000_000.0, endpoint="postgres", purpose="audit")

MISS_MS, HIT_US, LOAD_S, FLAT = 0.3, 5.0, 3.0, 3.0
"""The goals; `FLAT`: a miss at the largest size may take so many times that of the size before."""

Question = tuple[Principal, ProtectedRelation]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Seconds: of the load (the processor's, and by the clock) and of each decision; `memory` in bytes: what the
    policy set added to the process; `slower`: what 8 threads take together, in times of what one takes."""

    lines: int
    load: tuple[float, float]
    memory: int
    first: tuple[float, ...]
    miss: tuple[float, ...]
    hit: tuple[float, ...]
    rules: float
    equal: bool
    slower: float


def measured(lines: int) -> Numbers:
    with tempfile.TemporaryDirectory() as name:
        for owner, text in large.files(lines).items():
            Path(name, owner.replace("*", "mesh")).write_text(text)
        before = resident()
        wall, start = time.perf_counter(), time.thread_time()
        policies = loaded(Path(name))
        load = (time.thread_time() - start, time.perf_counter() - wall)
        memory = resident() - before
    gc.collect()
    gc.freeze()  # as the gateway does with what it has loaded
    rng = random.Random(lines)
    relations = large.relations()
    asked = [(principal, rng.choice(relations)) for principal in large.principals(QUESTIONS, lines)]
    others = large.principals(QUESTIONS, lines, start=QUESTIONS)
    again = [(principal, relation) for principal, (_, relation) in zip(others, asked, strict=True)]
    seen: set[str] = set()
    fresh = [question for question in asked if not (name_of(question) in seen or seen.add(name_of(question)))]
    first = taken(policies, fresh)
    decided = [policies.decide(*question, AUDIT) for question in asked]
    miss, hit = taken(policies, again), taken(policies, again)
    equal, slower = under_threads(policies, asked, decided)
    rules = sum(len(decision.rules) for decision in decided) / len(decided)
    return Numbers(len(policies.lines), load, memory, first, miss, hit, rules, equal, slower)


def loaded(folder: Path) -> PolicySet:
    """From the files on."""
    texts = {path.name.replace("mesh", "*"): path.read_text() for path in sorted(folder.iterdir())}
    return PolicySet(large.read(texts))


def name_of(question: Question) -> str:
    _, relation = question
    return f"{relation.domain}.{relation.name}"


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def taken(policies: PolicySet, questions: Sequence[Question]) -> tuple[float, ...]:
    times = []
    for principal, relation in questions:
        start = time.thread_time()
        policies.decide(principal, relation, AUDIT)
        times.append(time.thread_time() - start)
    return tuple(times)


def under_threads(
    policies: PolicySet, questions: Sequence[Question], expected: Sequence[Decision]
) -> tuple[bool, float]:
    """Whether 8 threads with principals in random order get what one got, nothing remembered; and how many times as
    long they take for it together."""
    order = list(range(len(questions)))
    random.Random(1).shuffle(order)

    def asked(fresh: PolicySet) -> Callable[[int], Decision]:
        return lambda index: fresh.decide(*questions[index], AUDIT)

    start = time.perf_counter()
    single = list(map(asked(PolicySet(policies.lines)), order))
    between = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        shared = list(pool.map(asked(PolicySet(policies.lines)), order))
    end = time.perf_counter()
    equal = single == shared == [expected[index] for index in order]
    return equal, (end - between) / (between - start)


def middle(times: Sequence[float], unit: float) -> str:
    return f"{median(times) * unit:.3g} ({quantiles(times, n=20)[-1] * unit:.3g})"


def row(numbers: Numbers) -> Sequence[object]:
    return (
        f"{numbers.lines:,}",
        "{:.2f} ({:.2f})".format(*numbers.load),
        f"{numbers.memory / 1e6:.0f}",
        f"{numbers.rules:.1f}",
        middle(numbers.first, 1e3),
        middle(numbers.miss, 1e3),
        middle(numbers.hit, 1e6),
        f"{'equal' if numbers.equal else 'DIFFERENT'}, {numbers.slower:.2f}",
    )


HEADS = (
    "lines",
    "load, s (by the clock)",
    "memory, MB",
    "rules that matched",
    "first, ms (95 %)",
    "miss, ms (95 %)",
    "hit, µs (95 %)",
    "8 threads: decisions, time / one thread's",
)


def main() -> None:
    clean_up_when_told_to_end()
    print(machine())
    with ProcessPoolExecutor(1, max_tasks_per_child=1) as pool:
        found = list(pool.map(measured, SIZES))
    print(table(HEADS, [row(numbers) for numbers in found]))
    miss, hit = ([median(getattr(numbers, kind)) for numbers in found] for kind in ("miss", "hit"))
    print(verdict(f"miss under {MISS_MS} ms", holds=max(miss) * 1e3 < MISS_MS))
    print(verdict(f"hit under {HIT_US:.0f} µs", holds=max(hit) * 1e6 < HIT_US))
    print(verdict(f"load of 100,000 lines under {LOAD_S:.0f} s", holds=found[-1].load[0] < LOAD_S))
    ratio = miss[-1] / miss[-2]
    print(verdict(f"latency flat: miss at 100,000 / at 10,000 = {ratio:.2f}", holds=ratio < FLAT))
    print(verdict("8 threads decide as one", holds=all(numbers.equal for numbers in found)))


if __name__ == "__main__":
    main()
