from __future__ import annotations

import numpy as np

from inference_backend.data_engine.prompts import sampling
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt
from inference_backend.data_engine.teachers import video_prompts
from inference_backend.data_engine.teachers.video_prompts import CAMERA


def worded(prompt: Prompt, line: str = "", seed: int = 0) -> str:
    return video_prompts.write(prompt, np.random.default_rng(seed), line)


def test_appearance_dynamics_voice_and_camera_are_all_said():
    attributes = Attributes("elderly woman", "angry", "irritated", "slight", vocal="whispers", gaze="forward")
    text = worded(Prompt("S = elderly woman", attributes))
    assert "an elderly woman with" in text
    assert "whispering" in text
    assert "looking slightly irritated" in text
    assert text.endswith(f", {CAMERA}.")
    assert "S =" not in text


def test_only_the_appearance_differs_between_draws_of_a_plain_prompt():
    prompt = Prompt("", Attributes("boy"))
    texts = {worded(prompt, seed=seed) for seed in range(30)}
    assert len(texts) > 15
    assert len({text.partition(", speaking")[2] for text in texts}) == 1


def test_a_prompt_without_attributes_keeps_its_own_words():
    assert "raising one eyebrow" in worded(Prompt("He talks on, raising one eyebrow.", Attributes()))


def test_eyes_that_turn_away_do_not_look_at_the_camera():
    text = worded(Prompt("", Attributes("man", gaze="away")))
    assert "looking at the camera" not in text
    assert "facing the camera" in text


def test_a_line_is_quoted_for_models_that_speak():
    assert 'speaking and saying "Good morning."' in worded(Prompt(), "Good morning.")


def test_every_sampled_prompt_is_worded_whole():
    for i, prompt in enumerate(sampling.sample(60, 3)):
        text = worded(prompt, seed=i)
        assert "{" not in text
        assert "~" not in text
        assert ", ," not in text
        assert len(text.split()) < 75  # the shortest text encoder hears 77 tokens
