import pytest

from policies.lint import union_problems
from policies.policy_set import PolicySet
from tests.policies.mesh import HERE, ana, lines_of, orders


def chain(levels: int) -> str:
    links = [f"g, role:sales.r{level}, role:sales.r{level + 1}, sales" for level in range(1, levels)]
    return "\n".join(["g, user:ana, role:sales.r1, sales", *links])


def test_a_chain_of_ten_roles_still_denies() -> None:
    text = (
        "p, a, role:any, sales, sales.orders, select, *, -, -, allow\n"
        "p, n, role:sales.r10, sales, sales.orders.id, select, *, -, -, deny\n" + chain(10)
    )
    assert PolicySet(lines_of(sales=text)).decide(ana(), orders(), HERE).selectable == ("amount",)


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_chain_of_more_than_ten_roles_is_refused(shuffled: bool) -> None:
    lines = lines_of(sales=chain(11))
    problems = union_problems(lines[::-1] if shuffled else lines)
    assert problems == (
        "domains/sales/policies.csv:11: role:sales.r11 ends a chain of more than 10 roles; "
        "give it more directly",
    )
    with pytest.raises(ValueError, match=r"ends a chain of more than 10 roles"):
        PolicySet(lines)


def test_the_longest_chain_counts() -> None:
    assert union_problems(lines_of(sales=chain(11) + "\ng, user:ana, role:sales.r11, sales")) != ()


def test_circles_are_refused_each_with_its_path() -> None:
    problems = union_problems(
        lines_of(
            mesh="g, role:a, role:b, *\ng, role:b, role:c, sales\ng, role:c, role:a, shipping\n"
            "g, role:self, role:self, *\ng, user:ana, role:a, *\ng, role:c, role:end, *"
        )
    )
    end = "form a circle; remove one of their g lines"
    assert sorted(problems) == [
        f"policies.csv:1: the roles role:a > role:b > role:c > role:a {end}",
        f"policies.csv:4: the roles role:self > role:self {end}",
    ]
