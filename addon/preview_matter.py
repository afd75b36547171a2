"""The one material of a preview: it works out light by arithmetic, so that a handful of samples is free of noise.

The sun alone is traced, for its shadows. A lamp on the shadow side, a rim, the sky, what shines through skin, the
gloss of skin, eyes and hair come from the normal, from the baked tint, and from two baked attributes of the vertices:
`surface` (how much is skin, moist, hair; and how open to light it lies) and `strand` (the way that hair runs). A mesh
that has neither is shaded as clay.
"""

from __future__ import annotations

from typing import Any

import bpy

from .demo_materials import STRAND, SURFACE, TINT, mottle
from .sockets import Socket, Triple, attribute, parts

CLAY = (0.45, 0.42, 0.4)
SUN_TOWARDS: Triple = (0.45, 0.8, -0.62)
# Unit vectors from the face to the lamps.
KEY_FROM: Triple = (-0.4063, -0.7222, 0.5597)
FILL_FROM: Triple = (0.7767, -0.6213, 0.1036)
RIM_FROM: Triple = (0.4735, 0.7103, 0.5209)
LEFT_RIM_FROM: Triple = (-0.7547, 0.5535, 0.3522)
SKY, GROUND = (0.20, 0.215, 0.24), (0.105, 0.088, 0.08)
FILL, RIM, KEY = (0.12, 0.135, 0.16), (0.50, 0.50, 0.53), (1.0, 0.96, 0.9)
THROUGH_SKIN = (0.24, 0.075, 0.045)
"""Light that comes out of skin beside the edge of the shadow: blood reddens it."""


def matter(name: str, *, fine: bool) -> bpy.types.Material:
    """Make the material; a fine one also has mottled skin and light in the hair."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    emitter: Any = material
    emitter.cycles.emission_sampling = "NONE"  # the glow stands for light that arrives: it lights nothing itself
    tree: Any = material.node_tree
    tree.nodes.clear()
    tint, known = attribute(tree, TINT)
    surface, openness = attribute(tree, SURFACE)
    colour = known.mixed(CLAY, tint)
    if fine:
        colour = colour * mottle(parts(surface)[0])
    light = _Light(tree, surface, openness, fine)
    solid = _shader(tree, colour * (openness + (known * -1.0 + 1.0)), light.on_skin(colour))
    out = tree.nodes.new("ShaderNodeOutputMaterial")
    if not fine:
        tree.links.new(solid, out.inputs["Surface"])
        return material
    # Cycles leaves out whichever of the two a sample has no share in, and all that only leads there.
    either = tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(light.hair.output, either.inputs[0])
    tree.links.new(solid, either.inputs[1])
    tree.links.new(_shader(tree, tint * 0.8, light.on_hair(tint)), either.inputs[2])
    tree.links.new(either.outputs[0], out.inputs["Surface"])
    return material


def _shader(tree: Any, colour: Socket, glow: Socket) -> Any:
    """Throw the sun back in one colour and shine in another."""
    diffuse, emission, both = (
        tree.nodes.new(kind) for kind in ("ShaderNodeBsdfDiffuse", "ShaderNodeEmission", "ShaderNodeAddShader")
    )
    tree.links.new(colour.output, diffuse.inputs["Color"])
    tree.links.new(glow.output, emission.inputs["Color"])
    tree.links.new(diffuse.outputs[0], both.inputs[0])
    tree.links.new(emission.outputs[0], both.inputs[1])
    return both.outputs[0]


class _Light:
    """Light without rays, on the surface of a shader."""

    def __init__(self, tree: Any, surface: Socket, openness: Socket, fine: bool):
        geometry = tree.nodes.new("ShaderNodeNewGeometry")
        self.tree, self.fine = tree, fine
        self.normal = Socket(tree, geometry.outputs["Normal"])
        self.eye = Socket(tree, geometry.outputs["Incoming"])  # points back at the eye
        self.skin, self.moist, self.hair = parts(surface)
        self.open = openness

    def on_skin(self, colour: Socket) -> Socket:
        """Light skin, eyes, teeth and cloth: what they throw back, what shines through, and the gloss."""
        return self._thrown(colour) + self._through(colour) + self._gloss()

    def on_hair(self, colour: Socket) -> Socket:
        """Light hair: what it throws back, and the lights that run along it."""
        return self._thrown(colour) + self._strands(colour)

    def _thrown(self, colour: Socket) -> Socket:
        sky = (self.normal.dot((0.0, 0.0, 1.0)) * 0.5 + 0.5).mixed(GROUND, SKY)
        fill = self._lamp(FILL_FROM, 0.25) * FILL
        rims = self.normal.dot(RIM_FROM).positive() ** 2.0
        if self.fine:
            rims = rims + self.normal.dot(LEFT_RIM_FROM).positive() ** 3.0
        return colour * ((sky + fill + rims * RIM) * (self.open * 0.9 + 0.1))

    def _lamp(self, towards: Triple, wrap: float) -> Socket:
        return ((self.normal.dot(towards) + wrap) * (1 / (1 + wrap))).positive()

    def _through(self, colour: Socket) -> Socket:
        """Let light that fell in on the sunny side come out beside the edge of the shadow."""
        slant = self.normal.dot(KEY_FROM)
        near = slant.ramp(-0.4, 0.12) * (slant.ramp(0.02, 0.55) * -1.0 + 1.0)
        return colour * (near * self.skin * self.open) * THROUGH_SKIN

    def _gloss(self) -> Socket:
        """Mirror the lamps: broad on skin, sharp on what is moist; more at a grazing angle."""
        # Blender reflects a ray that comes in, and the mirrored ray comes out reversed.
        mirrored = self.eye.reflect(self.normal) * -1.0
        key, fill = mirrored.dot(KEY_FROM).positive(), mirrored.dot(FILL_FROM).positive()
        broad = (key**14.0) * 0.09 + (key**55.0) * 0.10 + (fill**20.0) * 0.03
        wet = self.moist.ramp(0.5, 1.0)
        sharp = key.ramp(0.962, 0.985) * 0.85 + fill.ramp(0.975, 0.99) * 0.16
        grazing = (self.normal.dot(self.eye) * -1.0 + 1.0).positive() ** 3.5
        return ((broad * self.moist * 1.9 + wet * sharp) * self.open + grazing * self.moist * self.open * 0.16) * KEY

    def _strands(self, colour: Socket) -> Socket:
        """Run lights along hair: Kajiya and Kay's highlight, one white and one of the hair's own colour."""
        strand, _ = attribute(self.tree, STRAND)
        out = None
        for towards, strength in ((KEY_FROM, 1.0), (RIM_FROM, 0.7)):
            half = (self.eye + towards).normalized()
            white, own = (
                (((strand + self.normal * shift).normalized().dot(half) ** 2.0) * -1.0 + 1.0).positive().root()
                for shift in (0.10, -0.16)
            )
            shine = (own**22.0) * (colour * 1.5) + (white**70.0) * 0.055
            lit = (self.normal.dot(towards) * 0.6 + 0.4).positive() * strength
            out = shine * lit if out is None else out + shine * lit
        assert out is not None
        return out
