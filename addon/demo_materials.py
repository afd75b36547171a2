"""Materials of the demo character, for Eevee and Cycles: they take colour and surface from what the vertices carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from .sockets import Socket, attribute, parts

TINT, SURFACE, STRAND = "tint", "surface", "strand"
"""Attributes of the vertices: colour; skin, moist, hair and open; the way of the hair."""
MOTTLE_SCALE, PORE_SCALE = 14.0, 150.0
WET_ROUGHNESS = 0.1
HAIR_GLOSS = 0.05


@dataclass(frozen=True)
class Look:
    """What sets one part's surface apart; where it is `moist`, its vertices say how smooth it is."""

    roughness: float
    subsurface: float = 0.0
    coat: float = 0.0
    specular: float = 0.5
    skin: bool = False
    moist: bool = False
    strands: bool = False


LOOKS: dict[str, Look] = {
    "head": Look(0.5, subsurface=0.25, specular=0.42, skin=True, moist=True),
    "eyes": Look(0.2, subsurface=0.06, coat=1.0, specular=0.3),
    "teeth": Look(0.25, coat=0.5),
    "tongue": Look(0.35, subsurface=0.15, coat=0.4),
    "lashes": Look(0.6, specular=0.15, moist=True),
    "brows": Look(0.6, specular=0.15),
    "hair": Look(0.6, specular=0.0, strands=True),
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
    surface, openness = attribute(tree, SURFACE)
    skin, moist, _ = parts(surface)
    shade = (openness * 0.5 + 0.5) * (mottle(skin) if look.skin else (1.0, 1.0, 1.0))
    _multiply(tree, shade, shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = look.roughness
    if look.moist:
        roughness = moist.ramp(0.35, 1.0) * (WET_ROUGHNESS - look.roughness) + look.roughness
        tree.links.new(roughness.output, shader.inputs["Roughness"])
    shader.inputs["Specular IOR Level"].default_value = look.specular
    shader.inputs["Coat Weight"].default_value = look.coat
    shader.inputs["Coat Roughness"].default_value = 0.03
    shader.inputs["Subsurface Weight"].default_value = look.subsurface
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.35, 0.2)
    shader.inputs["Subsurface Scale"].default_value = 0.006
    if look.skin:
        _pore(tree, shader)
    if look.strands:
        _lay_lights_along(tree, shader)
    _arrange(tree)
    return material


def mottle(skin: Socket) -> Socket:
    """Vary skin as blood and sun do: a factor with patches of red, and pores."""
    patches, pores = (_noise(skin.tree, scale, detail) - 0.5 for scale, detail in ((MOTTLE_SCALE, 2.0), (126.0, 1.0)))
    red = (patches * skin * 0.8) * (0.25, -0.35, -0.30) + (1.0, 1.0, 1.0)
    return red * (pores * skin * 0.35 + 1.0)


def _noise(tree: Any, scale: float, detail: float) -> Socket:
    where, noise = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = scale, detail
    tree.links.new(where.outputs["Generated"], noise.inputs["Vector"])
    return Socket(tree, noise.outputs[0])


def _multiply(tree: Any, shade: Socket, colour: Any) -> None:
    """Link tint times shade; by this node, glTF's exporter still finds the vertices' colour."""
    tint, product = tree.nodes.new("ShaderNodeVertexColor"), tree.nodes.new("ShaderNodeMix")
    tint.layer_name = TINT
    product.data_type, product.blend_type = "RGBA", "MULTIPLY"
    a, b = (socket for socket in product.inputs if socket.type == "RGBA")
    product.inputs[0].default_value = 1.0
    tree.links.new(tint.outputs["Color"], a)
    tree.links.new(shade.output, b)
    tree.links.new(next(socket for socket in product.outputs if socket.type == "RGBA"), colour)


def _pore(tree: Any, shader: Any) -> None:
    """Break the gloss of skin up by fine relief."""
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.12, 0.0006
    tree.links.new(_noise(tree, PORE_SCALE, 3.0).output, bump.inputs["Height"])
    tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])


def _lay_lights_along(tree: Any, shader: Any) -> None:
    """Run lights along hair, stretched across its strands where the renderer can (Cycles), and none at its outline."""
    strand, _ = attribute(tree, STRAND)
    tint, _ = attribute(tree, TINT)
    gloss, both = tree.nodes.new("ShaderNodeBsdfAnisotropic"), tree.nodes.new("ShaderNodeMixShader")
    gloss.inputs["Roughness"].default_value, gloss.inputs["Anisotropy"].default_value = 0.42, 0.7
    both.inputs[0].default_value = HAIR_GLOSS
    tree.links.new((tint * 3.0 + 0.04).output, gloss.inputs["Color"])
    tree.links.new(strand.output, gloss.inputs["Tangent"])
    tree.links.new(shader.outputs[0], both.inputs[1])
    tree.links.new(gloss.outputs[0], both.inputs[2])
    tree.links.new(both.outputs[0], tree.nodes["Material Output"].inputs["Surface"])


def _arrange(tree: Any) -> None:
    """Put every node one column left of the first that it feeds, so that the graph can be read."""
    out = tree.nodes["Material Output"]
    columns, found = {out.name: 0}, [out]
    for node in found:
        for link in (link for socket in node.inputs for link in socket.links):
            columns[link.from_node.name] = max(columns.get(link.from_node.name, 0), columns[node.name] + 1)
            if link.from_node not in found:
                found.append(link.from_node)
    rows: dict[int, int] = {}
    for node in found:
        column = columns[node.name]
        node.location = (300 - 220 * column, 300 - 190 * rows.get(column, 0))
        rows[column] = rows.get(column, 0) + 1
