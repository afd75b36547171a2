"""How long keys take: ten minutes, and a minute, on five meshes with all 52 keys each; processor time."""

from __future__ import annotations

import time

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, keying  # noqa: E402
from mien.addon.takes import applying, storage  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402

MOST_S = {600.0: 2.0, 60.0: 0.2}
FPS = 24


@pytest.fixture
def rig(registered):
    registered.render.fps = FPS
    bones = {
        "neck": (None, (0, 0, 0), (0, 0, 1), 0.0, "QUATERNION"),
        "head": ("neck", (0, 0, 1), (0, 0, 2), 0.0, "XYZ"),
    }
    made = people.armature(bones)
    for number in range(5):
        people.bind(people.mesh_with_keys(f"Face {number}", contract.CHANNELS), made)
    bpy.context.view_layer.update()
    return made


def spent(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("duration_s", MOST_S)
def test_five_meshes_are_keyed_in_time(rig, duration_s, record_property):
    character = characters.find(rig, bpy.context.scene)
    assert len(character.meshes) == 5
    take = people.random_take(contract, int(duration_s * FPS), FPS)
    took_s = spent(lambda: keying.key_take(character, take, 1.0))
    record_property("keyed_s", took_s)
    assert len(character.meshes[4].keys.animation_data.action.name) > 0
    assert took_s < MOST_S[duration_s]


def test_a_minute_that_is_there_already_plays_within_a_tenth_of_a_second(rig):
    owner = storage.owner_of(characters.find(rig, bpy.context.scene))
    take = people.random_take(contract, 60 * FPS, FPS)
    facts = storage.Facts("Take", contract.Request(fps=FPS))
    for _ in range(2):
        storage.store(owner, take, facts)
    applied = [spent(lambda i=i: applying.apply(bpy.context.scene, owner, owner.mien_takes[i])) for i in (0, 1)]
    assert max(applied) < 0.5  # decoded, shaped, keyed, remembered
    assert spent(lambda: applying.apply(bpy.context.scene, owner, owner.mien_takes[0])) < 0.1
