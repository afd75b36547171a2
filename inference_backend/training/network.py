"""The style generator's networks: a listener, two readers of style, and an actor (the denoiser)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..contract import CHANNELS, HEAD, region
from ..data_engine.captures import LIVE_LIPS
from ..data_engine.speech.phones import PHONES
from ..generator import features
from .attributes import ANSWERS
from .layers import DilatedLinear, ListenerBlock
from .shape import Shape
from .style import Persons, ReferenceReader, StyleQuestions, StyleReader
from .tokenizer import MotionTokenizer

CONTACTS = 2  # p b m | f v
CAPTURED = 1  # mouths as cameras see them, among the mouth's answers and the sources; 0 are the rules'
_MOUTH_DROPOUT = 0.05  # captured faces are few
# What the camera's answer is taken for: channels that trackers see, and the upper lip, on which rules are too wide.
_CAMERA = {*LIVE_LIPS, "mouthUpperUpLeft", "mouthUpperUpRight"}
SEEN = torch.tensor([name in _CAMERA for name in CHANNELS if region(name) == "lips"])
LIPS = torch.tensor([region(name) == "lips" for name in CHANNELS] + [False] * len(HEAD))


class Listener(nn.Module):
    """Log-mel [B, 2T, 80] -> audio features [B, T, width], phone logits [B, T, 40], contact logits [B, T, 2]."""

    def __init__(self, shape: Shape):
        super().__init__()
        width = shape.listener_width
        self.halve = nn.Linear(2 * features.BANDS, width)
        self.blocks = nn.ModuleList(ListenerBlock(width, d) for d in shape.listener_dilations)
        self.norm = nn.LayerNorm(width)
        self.phones = nn.Linear(width, len(PHONES))
        self.contacts = nn.Linear(width, CONTACTS)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Listen to a sound."""
        batch, frames, bands = mel.shape
        x = self.halve(mel.reshape(batch, frames // 2, 2 * bands))
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return x, self.phones(x), self.contacts(x)


class ActorBlock(nn.Module):
    """Residual dilated convolution, modulated by style and time (AdaLN, Peebles and Xie 2022)."""

    def __init__(self, width: int, condition: int, dilation: int):
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.spread = DilatedLinear(width, width, dilation)
        self.mix = nn.Linear(width, width)
        self.modulation = nn.Linear(condition, 3 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """[B, T, C], [B, condition] -> [B, T, C]."""
        shift, scale, gate = self.modulation(condition)[:, None].chunk(3, dim=-1)
        y = self.norm(x) * (1 + scale) + shift
        return x + (0.5 + gate) * self.mix(F.gelu(self.spread(y)))


class Mouth(nn.Module):
    """What the sound alone says about the lips: log-mel [B, 2T, 80] -> normalised lip curves [B, T, 2, 28].

    Cameras and rules disagree about mouths: there are two answers, the rules' first, and use asks for the camera's.
    What no camera sees of lips is the rules' in both. It has ears of its own: what tells phones apart in many voices
    is not what tells how far one jaw drops.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        self.ears = Listener(shape)
        self.drop = nn.Dropout(_MOUTH_DROPOUT)
        self.spread = DilatedLinear(shape.listener_width, shape.mouth_width, 2)
        self.out = nn.Linear(shape.mouth_width, 2 * int(LIPS.sum()))
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, mel: Tensor) -> Tensor:
        """Guess the lips."""
        return self.of(self.ears(mel)[0])

    def of(self, audio: Tensor) -> Tensor:
        """Guess the lips from what its ears heard [B, T, W]."""
        rules, camera = self.out(F.gelu(self.spread(self.drop(audio)))).unflatten(-1, (2, -1)).unbind(-2)
        return torch.stack([rules, torch.where(SEEN.to(audio.device), camera, rules)], -2)


class Actor(nn.Module):
    """Denoiser: noisy curves [B, T, C] at time t in [0, 1], what is heard, style summary [B, S] -> clean curves.

    What is heard [B, T, W + 28] are audio features and the lips that they say, from which the actor departs.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        width, condition = shape.actor_width, shape.summary
        self.curves = nn.Linear(shape.curves, width)
        self.audio = nn.Linear(shape.listener_width, width)
        self.register_buffer("to_curves", torch.eye(shape.curves)[LIPS], persistent=False)
        self.time = nn.Sequential(nn.Linear(32, condition), nn.GELU(), nn.Linear(condition, condition))
        self.condition = nn.Sequential(nn.GELU(), nn.Linear(condition, condition), nn.GELU())
        self.blocks = nn.ModuleList(ActorBlock(width, condition, d) for d in shape.actor_dilations)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, shape.curves)

    def forward(self, noisy: Tensor, time: Tensor, heard: Tensor, style: Tensor) -> Tensor:
        """Estimate the clean curves."""
        return self.move(noisy, heard, self.led_by(time, style))

    def led_by(self, time: Tensor, style: Tensor) -> Tensor:
        """Give the condition [B, S] that modulates every block."""
        return self.condition(style + self.time(waves(time)))

    def move(self, noisy: Tensor, heard: Tensor, condition: Tensor) -> Tensor:
        """Estimate the clean curves under a condition."""
        audio, mouth = heard.split([self.audio.in_features, len(self.to_curves)], -1)
        x = self.curves(noisy) + self.audio(audio)
        for block in self.blocks:
            x = block(x, condition)
        return self.out(self.norm(x)) + mouth @ self.to_curves


def waves(time: Tensor) -> Tensor:
    """Sinusoidal embedding [B, 32] of a time [B] in [0, 1]."""
    hz = 2.0 ** torch.linspace(0.0, 6.0, 16, device=time.device)
    angles = time[:, None] * hz[None] * math.pi
    return torch.cat([angles.sin(), angles.cos()], -1)


class StyleGenerator(nn.Module):
    """The networks, the learned conditions for absent sound and absent style, and the curves' scale."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.listener = Listener(shape)
        self.style_reader = StyleReader(shape)
        self.tokenizer = MotionTokenizer(shape.curves)
        self.reference_reader = ReferenceReader(shape)
        self.persons = Persons(shape)
        self.questions = StyleQuestions(shape, ANSWERS)
        self.mouth = Mouth(shape)
        self.actor = Actor(shape)
        self.no_audio = nn.Parameter(torch.zeros(shape.listener_width + int(LIPS.sum())))
        self.no_style = nn.Parameter(torch.zeros(shape.summary))
        self.sources = nn.Embedding(2, shape.summary)
        nn.init.zeros_(self.sources.weight)
        self.register_buffer("mean", torch.zeros(shape.curves))
        self.register_buffer("scale", torch.ones(shape.curves))
        # Size of the noise that acting starts from: lips follow the sound and need little of it.
        self.register_buffer("noise", torch.where(LIPS, 0.3, 1.0))

    def listen(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-mel [B, 2T, 80] -> what an actor is given, and logits of phones and contacts.

        It is given audio features and beside them the lips that a camera would see, [B, T, W + 28].
        """
        audio, phones, contacts = self.listener(mel)
        return torch.cat([audio, self.mouth(mel)[:, :, CAPTURED]], -1), phones, contacts

    def read_motion(self, motion: Tensor) -> Tensor:
        """Style summary [B, S] of normalised reference motion [B, T, 55]; the tokenizer learns apart from it."""
        with torch.no_grad():
            quantized = self.tokenizer.encode(motion)
        return self.reference_reader(quantized)
