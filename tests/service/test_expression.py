import operator
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import expression as e

INT64_MAX = 2**63 - 1


def parse(text: str) -> e.Expression:
    return e.parse(text, characters=1_000, depth=32)


def value(text: str, **values: int) -> int:
    return parse(text).evaluate(values)


def resolve(variables: dict[str, int | str], **bindings: int) -> dict[str, int]:
    return e.resolve(variables, bindings, characters=1_000, depth=32)


def faults(variables: dict[str, int | str], **bindings: int) -> dict[str, e.ExpressionError]:
    with pytest.raises(e.VariablesError) as caught:
        resolve(variables, **bindings)
    return dict(caught.value.faults)


# Against Python: a tree is printed, and computed by Python's own operators.


@dataclass
class Tree:
    text: str
    compute: Callable[[dict[str, int]], int]


OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "min": min,
    "max": max,
}


def combined(parts: tuple[str, Tree, Tree, str]) -> Tree:
    symbol, left, right, space = parts

    def compute(values: dict[str, int]) -> int:
        result = OPERATIONS[symbol](left.compute(values), right.compute(values))
        if abs(result) > INT64_MAX:
            raise OverflowError
        return result

    if symbol.isalpha():
        return Tree(f"{symbol}{space}({left.text},{space}{right.text})", compute)
    return Tree(f"({left.text}){space}{symbol}{space}({right.text})", compute)


def negated(tree: Tree) -> Tree:
    return Tree(f"-({tree.text})", lambda values: -tree.compute(values))


LEAVES = st.one_of(
    st.integers(0, 9).map(lambda n: Tree(str(n), lambda _: n)),
    st.integers(0, INT64_MAX).map(lambda n: Tree(str(n), lambda _: n)),
    st.sampled_from("abc").map(lambda name: Tree(name, lambda values: values[name])),
)
TREES = st.recursive(
    LEAVES,
    lambda trees: st.one_of(
        trees.map(negated),
        st.tuples(
            st.sampled_from(sorted(OPERATIONS)), trees, trees, st.sampled_from(["", " ", " \t"])
        ).map(combined),
    ),
    max_leaves=12,
)
VALUES = st.fixed_dictionaries(dict.fromkeys("abc", st.integers(-100, 100)))


@given(TREES, VALUES)
def test_a_value_is_what_python_computes(tree: Tree, values: dict[str, int]) -> None:
    expression = e.parse(tree.text, characters=10_000, depth=100)
    try:
        expected = tree.compute(values)
    except ZeroDivisionError:
        with pytest.raises(e.DivisionByZeroError):
            expression.evaluate(values)
    except OverflowError:
        with pytest.raises(e.ExpressionOverflowError):
            expression.evaluate(values)
    else:
        assert expression.evaluate(values) == expected


PLAIN = st.lists(
    st.tuples(st.sampled_from(["+", "-", "*", "//", "%", "- -"]), st.integers(1, 20)), max_size=8
)


@given(st.integers(0, 20), PLAIN)
def test_precedence_and_grouping_are_pythons(first: int, rest: list[tuple[str, int]]) -> None:
    text = f"-{first} " + " ".join(f"{symbol} {number}" for symbol, number in rest)
    # The text holds numbers and operators only, all made here.
    assert value(text) == eval(text)  # noqa: S307


@given(st.text(alphabet="12ab0minx(),+-*/% \t\n.é", max_size=40))
def test_any_text_is_an_expression_or_an_expression_error(text: str) -> None:
    with suppress(e.ExpressionError):
        assert -INT64_MAX - 1 <= value(text, a=1, b=2) <= INT64_MAX


# One by one.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 - 4 - 3", 3),
        ("-7 // 2", -4),
        ("7 % -2", -1),
        ("2 * -3", -6),
        ("--3", 3),
        ("max(min(8, 3), -1)", 3),
        (" min\t( 1 , 2 ) ", 1),
        ("width // 4 * heads", 48),
        ("minimum + max1", 3),
        (str(INT64_MAX), INT64_MAX),
    ],
)
def test_values(text: str, expected: int) -> None:
    assert value(text, width=64, heads=3, minimum=1, max1=2) == expected


def test_names_are_listed_once_in_order_of_appearance() -> None:
    assert parse("b * (a + b) - max(c, a)").names == ("b", "a", "c")


def test_it_prints_as_it_was_written() -> None:
    assert str(parse("4*width ")) == "4*width "


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "a number or a name is missing"),
        ("  ", 2, "a number or a name is missing"),
        ("1 +", 3, "a number or a name is missing"),
        ("* 2", 0, "a number or a name is missing before '*'"),
        ("+1", 0, "a number or a name is missing before '+'"),
        ("()", 1, "a number or a name is missing before ')'"),
        ("1 2", 2, "an operator is missing before '2'"),
        ("2width", 1, "an operator is missing before 'width'"),
        ("width(2)", 5, "an operator is missing before '('"),
        ("(1", 0, "'(' is never closed"),
        ("min(1, 2", 0, "'(' is never closed"),
        ("1)", 1, "')' closes nothing"),
        ("1, 2", 1, "a comma stands only between the two arguments of min and max"),
        ("(1, 2)", 2, "a comma stands only between the two arguments of min and max"),
        ("min(1, 2, 3)", 8, "a comma stands only between the two arguments of min and max"),
        ("min(1)", 5, "min takes two arguments, got one"),
        ("max + 1", 0, "max is a function and takes two arguments in parentheses"),
        ("007", 0, "a number does not begin with 0"),
        ("2 ** 3", 3, "a number or a name is missing before '*'"),
        ("1.5", 1, "'.' has no meaning"),
        ("4 / 2", 2, "'/' has no meaning"),
        ("1\n", 1, "'\\n' has no meaning"),
        ("٣", 0, "'٣' has no meaning"),
        ("__import__('os')", 10, "an operator is missing before '('"),
    ],
)
def test_a_text_that_is_no_expression_is_refused_at_its_place(
    text: str, position: int, message: str
) -> None:
    with pytest.raises(e.ExpressionSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(caught.value) == f"{message}, at character {position + 1} of the expression"
    assert caught.value.code == "invalid_model"


@pytest.mark.parametrize("text", ["9223372036854775808", "1" * 900])
def test_a_number_past_int64_is_an_overflow(text: str) -> None:
    with pytest.raises(e.ExpressionOverflowError) as caught:
        parse(text)
    assert caught.value.code == "overflow"


@pytest.mark.parametrize("text", [f"{INT64_MAX} + 1", f"{INT64_MAX} * 2 // 2", f"-{INT64_MAX} - 2"])
def test_a_result_past_int64_is_an_overflow_on_the_way_too(text: str) -> None:
    with pytest.raises(e.ExpressionOverflowError):
        value(text)


@pytest.mark.parametrize("text", ["1 // 0", "1 % (a - a)"])
def test_division_by_zero_is_an_error_of_its_own(text: str) -> None:
    with pytest.raises(e.DivisionByZeroError):
        value(text, a=3)


def test_an_unknown_name_is_named_with_the_nearest() -> None:
    with pytest.raises(e.UnknownNameError, match="unknown name 'widht', did you mean 'width'") as c:
        value("2 * widht", width=2)
    assert c.value.name == "widht"


def test_length_is_limited() -> None:
    assert str(e.parse("1 + 1", characters=5, depth=1)) == "1 + 1"
    with pytest.raises(e.ExpressionTooComplexError, match="expression_characters") as caught:
        e.parse("1 + 10", characters=5, depth=1)
    assert (caught.value.code, caught.value.limit) == ("too_complex", "expression_characters")


@pytest.mark.parametrize("text", ["(((1)))", "max(1, min(2, -3))", "---1", "(1) + ((-1))"])
def test_depth_is_limited(text: str) -> None:
    assert str(e.parse(text, characters=100, depth=3)) == text
    with pytest.raises(e.ExpressionTooComplexError, match="expression_depth") as caught:
        e.parse(text, characters=100, depth=2)
    assert caught.value.limit == "expression_depth"


def test_neither_length_nor_depth_costs_stack() -> None:
    nested = "(" * 50_000 + "1" + ")" * 50_000
    assert e.parse(nested, characters=200_000, depth=50_000).evaluate({}) == 1
    assert e.parse("1" + " + 1" * 40_000, characters=200_000, depth=0).evaluate({}) == 40_001


# Variables.


def test_variables_are_resolved_after_what_they_depend_on() -> None:
    variables: dict[str, int | str] = {"c": "a + b", "b": "2 * a", "a": 5}
    assert list(resolve(variables).items()) == [("a", 5), ("b", 10), ("c", 15)]


def test_a_binding_stands_instead_of_the_definition() -> None:
    variables: dict[str, int | str] = {"width": 64, "hidden": "4 * width"}
    assert resolve(variables, width=2) == {"width": 2, "hidden": 8}
    assert resolve(variables, hidden=3, batch=9) == {"width": 64, "hidden": 3}


def test_a_cycle_is_refused_by_its_path() -> None:
    found = faults({"a": "b", "b": "2 * c", "c": "b + 1", "d": "d", "fine": 1})
    assert {name: str(error) for name, error in found.items()} == {
        "b": "depends on itself: b -> c -> b",
        "d": "depends on itself: d -> d",
    }


def test_a_binding_opens_a_cycle() -> None:
    assert resolve({"a": "b // 2", "b": "2 * a"}, b=6) == {"a": 3, "b": 6}


def test_every_fault_is_found_at_its_variable() -> None:
    found = faults(
        {
            "width": 64,
            "typo": "widht * 2",
            "zero": "width // (width - 64)",
            "broken": "2 *",
            "huge": 2**70,
            "after": "typo + zero + broken + huge",
        }
    )
    assert {name: type(error) for name, error in found.items()} == {
        "typo": e.UnknownNameError,
        "zero": e.DivisionByZeroError,
        "broken": e.ExpressionSyntaxError,
        "huge": e.ExpressionOverflowError,
    }


def test_a_variable_has_a_name_that_an_expression_can_use() -> None:
    found = faults({"1x": 1, "a b": 1, "": 1, "min": 1, "max": 1, "größe": 1, "_ok1": 1})
    assert list(found) == ["1x", "a b", "", "min", "max", "größe"]
    assert all("is no name" in str(error) for error in found.values())


def test_a_long_chain_of_variables_costs_no_stack() -> None:
    chain: dict[str, int | str] = {f"v{i}": f"v{i + 1} + 1" for i in range(20_000)}
    assert resolve({**chain, "v20000": 0})["v0"] == 20_000
    assert len(faults({**chain, "v20000": "v0"})) == 1
