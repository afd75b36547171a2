"""The head's rotation arrives in the world as wanted, whatever the bones look like."""

from __future__ import annotations

import numpy as np
import pytest
from mien.rigs import neck


def turn(axis: int, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[i, i], matrix[i, j], matrix[j, i], matrix[j, j] = c, -s, s, c
    return matrix


def wanted(angles) -> np.ndarray:
    pitch, yaw, roll = angles
    return turn(1, yaw) @ turn(0, pitch) @ turn(2, roll)


def matrices(wxyz: np.ndarray) -> np.ndarray:
    w, x, y, z = wxyz.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def random_rotation(rng, mirror: bool = False) -> np.ndarray:
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return q * (np.sign(np.linalg.det(q)) * (-1 if mirror else 1))


def smooth_head(rng, frames=200):
    time = np.linspace(0, 6, frames)[:, None]
    return 0.7 * np.sin(rng.uniform(1, 4, 3) * time + rng.uniform(0, 6, 3))


def test_signs_of_the_contract_on_a_character_that_faces_minus_y():
    def moved(pitch=0.0, yaw=0.0, roll=0.0, point=(0.0, -1.0, 0.0)):
        [wxyz] = neck.split(np.array([[pitch, yaw, roll]]), [np.eye(3)], [1.0])
        return matrices(wxyz)[0] @ point

    assert moved(pitch=0.3)[2] < 0  # the nose, at -Y, goes down
    assert moved(yaw=0.3)[0] > 0  # to the character's own left, +X
    assert moved(roll=0.3, point=(0.0, 0.0, 1.0))[0] < 0  # the crown tips to its right, -X


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("necks", [0, 1, 3])
@pytest.mark.parametrize("mirror", [False, True])
def test_world_rotation_of_the_head_is_the_wanted_one(seed, necks, mirror):
    rng = np.random.default_rng(seed)
    head = smooth_head(rng, 30)
    rests = [random_rotation(rng) for _ in range(necks + 1)]
    world, facing = random_rotation(rng, mirror), random_rotation(rng)
    poses = [matrices(p) for p in neck.split(head, rests, neck.shares(necks), world, facing)]
    for k, angles in enumerate(head):
        arm = np.eye(3)  # rotation that the chain adds up to, in armature space
        for rest, pose in zip(rests, poses, strict=True):
            arm = arm @ rest @ pose[k] @ rest.T
        np.testing.assert_allclose(world @ arm @ world.T, facing @ wanted(angles) @ facing.T, atol=1e-9)


def test_neck_carries_its_share_about_the_same_axis():
    head = np.array([[0.5, 0.0, 0.0]])
    first, second, last = neck.split(head, [np.eye(3)] * 3, neck.shares(2))
    angles = [2 * np.arccos(pose[0, 0]) for pose in (first, second, last)]
    np.testing.assert_allclose(angles, [0.1, 0.1, 0.3], atol=1e-9)


@pytest.mark.parametrize("necks", [1, 2, 5])
@pytest.mark.parametrize("head", [True, False])
def test_shares_add_up_to_one(necks, head):
    assert sum(neck.shares(necks, head=head)) == pytest.approx(1.0)


def test_rest_stays_at_rest():
    poses = neck.split(np.zeros((4, 3)), [random_rotation(np.random.default_rng(3))], [1.0])
    np.testing.assert_allclose(poses[0], np.tile([1.0, 0, 0, 0], (4, 1)), atol=1e-12)


def test_quaternions_never_change_sign_between_frames():
    spin = np.zeros((400, 3))
    spin[:, 1] = np.linspace(0, 4 * np.pi, 400)
    steps = np.sum(np.diff(neck.quaternions(spin), axis=0) ** 2, axis=1)
    assert steps.max() < 0.01


def test_continuous_keeps_the_rotation():
    rng = np.random.default_rng(0)
    q = rng.normal(size=(50, 4))
    q /= np.linalg.norm(q, axis=1, keepdims=True)
    np.testing.assert_allclose(matrices(neck.continuous(q)), matrices(q), atol=1e-12)
    assert neck.continuous(q)[0, 0] >= 0
