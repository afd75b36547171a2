"""Materials of the demo character: each takes its colour from the tint baked into the vertices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

TINT, SURFACE, STRAND = "tint", "surface", "strand"
"""Attributes of the vertices: colour; skin, moist, hair and open; the way of the hair."""


@dataclass(frozen=True)
class Look:
    """What sets one part's surface apart; roughness varies by a fifth of itself where `pores` is set."""

    roughness: float
    subsurface: float = 0.0
    coat: float = 0.0
    specular: float = 0.5
    pores: bool = False


LOOKS: dict[str, Look] = {
    "head": Look(0.48, subsurface=0.12, specular=0.4, pores=True),
    "eyes": Look(0.12, coat=1.0),
    "teeth": Look(0.18, subsurface=0.05, coat=0.4),
    "tongue": Look(0.3, subsurface=0.1, coat=0.3),
    "lashes": Look(0.6, specular=0.2),
    "brows": Look(0.55, specular=0.25),
    "hair": Look(0.42, specular=0.4),
    "shirt": Look(0.9, specular=0.15),
}


def material_for(part: str) -> bpy.types.Material:
    """Fetch or make the material of a part."""
    name = f"Mien Demo {part.capitalize()}"
    return bpy.data.materials.get(name) or _make(name, LOOKS[part])


def _make(name: str, look: Look) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree: Any = material.node_tree
    shader = tree.nodes["Principled BSDF"]
    tint = tree.nodes.new("ShaderNodeVertexColor")
    tint.layer_name = TINT
    tint.location = (-500, 300)
    tree.links.new(tint.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = look.roughness
    shader.inputs["Specular IOR Level"].default_value = look.specular
    shader.inputs["Coat Weight"].default_value = look.coat
    shader.inputs["Coat Roughness"].default_value = 0.03
    shader.inputs["Subsurface Weight"].default_value = look.subsurface
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.35, 0.2)
    shader.inputs["Subsurface Scale"].default_value = 0.008
    if look.pores:
        _roughen(tree, shader, tint, look.roughness)
    return material


def _roughen(tree: Any, shader: Any, tint: Any, roughness: float) -> None:
    """Vary the roughness as skin does, and keep the lips, which have little green, moist."""
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.location = (-900, -100)
    noise.inputs["Scale"].default_value = 90.0
    split = tree.nodes.new("ShaderNodeSeparateColor")
    split.location = (-700, 100)
    moist = tree.nodes.new("ShaderNodeMapRange")
    moist.location = (-500, 0)
    for socket, value in (("From Min", 0.12), ("From Max", 0.26), ("To Min", 0.3), ("To Max", roughness)):
        moist.inputs[socket].default_value = value
    vary = tree.nodes.new("ShaderNodeMath")
    vary.operation = "MULTIPLY_ADD"
    vary.location = (-250, -100)
    vary.inputs[1].default_value = 0.2
    tree.links.new(tint.outputs["Color"], split.inputs["Color"])
    tree.links.new(split.outputs["Green"], moist.inputs["Value"])
    tree.links.new(noise.outputs[0], vary.inputs[0])
    tree.links.new(moist.outputs["Result"], vary.inputs[2])
    tree.links.new(vary.outputs["Value"], shader.inputs["Roughness"])
