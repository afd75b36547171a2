"""Work out the expressions of Blender's drivers without Blender: arithmetic, comparisons and the usual functions."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_UNARY: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min, "max": max, "abs": abs, "pow": pow, "round": round, "int": int, "float": float,
    **{name: getattr(math, name) for name in (
        "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "exp", "log", "floor", "ceil", "fabs", "fmod",
        "radians", "degrees",
    )},
    "clamp": lambda value, low=0.0, high=1.0: min(max(value, low), high),
    "lerp": lambda start, end, part: start + (end - start) * part,
    "smoothstep": lambda start, end, value: _smooth((value - start) / (end - start)),
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "e": math.e, "True": True, "False": False}


class NotArithmetic(ValueError):
    """The expression does more than arithmetic on its variables."""


class Expression:
    """An expression that was read once and is worked out many times."""

    def __init__(self, text: str) -> None:
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError) as error:
            raise NotArithmetic(f"'{text}' cannot be read") from error

    def value(self, variables: Mapping[str, float]) -> float:
        """Work it out; raises NotArithmetic for anything but arithmetic."""
        try:
            return float(_value(self._tree, variables))
        except NotArithmetic:
            raise
        except (ArithmeticError, ValueError, TypeError) as error:
            raise NotArithmetic(str(error)) from error


def _value(node: ast.expr, variables: Mapping[str, float]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.Name(id=name) if name in variables or name in _CONSTANTS:
            return variables[name] if name in variables else _CONSTANTS[name]
        case ast.BinOp() if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](_value(node.left, variables), _value(node.right, variables))
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return _UNARY[type(node.op)](_value(node.operand, variables))
        case ast.Compare(ops=[op], comparators=[other]) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(node.left, variables), _value(other, variables))
        case ast.BoolOp():
            parts = (_value(each, variables) for each in node.values)
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        case ast.IfExp():
            return _value(node.body if _value(node.test, variables) else node.orelse, variables)
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(each, variables) for each in node.args))
    raise NotArithmetic(f"'{ast.unparse(node)}' is no arithmetic")


def _smooth(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return part * part * (3.0 - 2.0 * part)
