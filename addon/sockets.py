"""Arithmetic on the sockets of a shader: `a * b + 0.5` makes the nodes that compute it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Triple = Sequence[float]


class Socket:
    """A number, vector or colour that a node gives, in a node tree."""

    def __init__(self, tree: Any, output: Any):
        self.tree, self.output = tree, output

    @property
    def _long(self) -> bool:
        return self.output.type in ("VECTOR", "RGBA")

    def __add__(self, other: Socket | float | Triple) -> Socket:
        return self._with("ADD", other)

    def __sub__(self, other: Socket | float | Triple) -> Socket:
        return self._with("SUBTRACT", other)

    def __mul__(self, other: Socket | float | Triple) -> Socket:
        return self._with("MULTIPLY", other)

    def __pow__(self, power: float) -> Socket:
        return self._math("POWER", power)

    def dot(self, other: Socket | Triple) -> Socket:
        """Multiply two vectors into a number."""
        return self._vector("DOT_PRODUCT", other, "Value")

    def reflect(self, normal: Socket) -> Socket:
        """Mirror a vector that comes in."""
        return self._vector("REFLECT", normal)

    def normalized(self) -> Socket:
        """Bring a vector to length one."""
        return self._vector("NORMALIZE")

    def positive(self) -> Socket:
        """Cut off what is below zero."""
        return self._math("MAXIMUM", 0.0)

    def root(self) -> Socket:
        """Take the square root of what is above zero."""
        return self._math("SQRT")

    def ramp(self, low: float, high: float) -> Socket:
        """Rise smoothly from 0 at low to 1 at high."""
        node = self.tree.nodes.new("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        _set(self.tree, node.inputs["Value"], self)
        node.inputs["From Min"].default_value, node.inputs["From Max"].default_value = low, high
        return Socket(self.tree, node.outputs["Result"])

    def mixed(self, first: Socket | Triple, second: Socket | Triple) -> Socket:
        """Mix two colours by this number: the first at 0, the second at 1."""
        node = self.tree.nodes.new("ShaderNodeMix")
        node.data_type = "RGBA"
        a, b = (socket for socket in node.inputs if socket.type == "RGBA")
        for socket, value in ((node.inputs[0], self), (a, first), (b, second)):
            _set(self.tree, socket, value)
        return Socket(self.tree, next(socket for socket in node.outputs if socket.type == "RGBA"))

    def _with(self, operation: str, other: Socket | float | Triple) -> Socket:
        long = self._long or not isinstance(other, (int, float, Socket)) or (isinstance(other, Socket) and other._long)
        return self._vector(operation, other) if long else self._math(operation, other)

    def _math(self, operation: str, *others: Any) -> Socket:
        return self._node("ShaderNodeMath", operation, others, "Value")

    def _vector(self, operation: str, *others: Any) -> Socket:
        output = "Value" if operation == "DOT_PRODUCT" else "Vector"
        return self._node("ShaderNodeVectorMath", operation, others[:1], output)

    def _node(self, kind: str, operation: str, others: Sequence[Any], output: str) -> Socket:
        node = self.tree.nodes.new(kind)
        node.operation = operation
        for socket, value in zip(node.inputs, (self, *others), strict=False):
            _set(self.tree, socket, value)
        return Socket(self.tree, node.outputs[output])


def attribute(tree: Any, name: str) -> tuple[Socket, Socket]:
    """Read an attribute of the mesh: its colour, and its alpha (0 where the mesh has none)."""
    node = tree.nodes.new("ShaderNodeAttribute")
    node.attribute_name = name
    return Socket(tree, node.outputs["Color"]), Socket(tree, node.outputs["Alpha"])


def parts(colour: Socket) -> tuple[Socket, Socket, Socket]:
    """Split a colour into its three numbers."""
    node = colour.tree.nodes.new("ShaderNodeSeparateColor")
    _set(colour.tree, node.inputs[0], colour)
    red, green, blue = (Socket(colour.tree, output) for output in node.outputs)
    return red, green, blue


def _set(tree: Any, socket: Any, value: Any) -> None:
    if isinstance(value, Socket):
        tree.links.new(value.output, socket)
    elif socket.type == "RGBA":
        socket.default_value = (*value, 1.0)
    elif socket.type == "VECTOR":
        socket.default_value = (value,) * 3 if isinstance(value, (int, float)) else tuple(value)
    else:
        socket.default_value = value
