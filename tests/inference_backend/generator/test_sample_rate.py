import numpy as np
import pytest

from inference_backend.generator.sample_rate import RateConverter

RATES = [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000, 44099]


def convert(samples, source, target=16000, block=7001):
    converter = RateConverter(source, target)
    pieces = [converter.push(samples[i : i + block]) for i in range(0, len(samples), block)]
    return np.concatenate([*pieces, converter.finish()])


@pytest.mark.parametrize("rate", RATES)
def test_a_sine_stays_the_same_sine(rate):
    t, t16 = np.arange(2 * rate) / rate, np.arange(32000) / 16000
    for hz in (50, 440, 3000):
        out = convert(np.sin(2 * np.pi * hz * t).astype(np.float32), rate)
        assert len(out) == 32000
        # The quantised phases of odd rates cost some precision, far below what a log-mel sees.
        assert np.abs(out - np.sin(2 * np.pi * hz * t16))[1000:-1000].max() < 2e-3


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000, 192000])
def test_what_lies_above_8_khz_does_not_fold_down(rate):
    t = np.arange(2 * rate) / rate
    for hz in (8200, 9000, 10900):
        out = convert(np.sin(2 * np.pi * hz * t).astype(np.float32), rate)
        assert np.sqrt(np.mean(out[1000:-1000] ** 2)) < 1e-3


@pytest.mark.parametrize("rate", RATES)
def test_a_click_stays_at_its_time(rate):
    for at_s in (0.0, 0.25, 0.5, 1.0):
        samples = np.zeros(2 * rate, np.float32)
        samples[round(at_s * rate)] = 1
        assert abs(np.argmax(np.abs(convert(samples, rate))) / 16000 - round(at_s * rate) / rate) <= 0.5 / 16000


@pytest.mark.parametrize("rate", [8000, 44100, 44099, 192000])
def test_blocks_make_no_difference(rate):
    noise = np.random.default_rng(0).standard_normal(3 * rate).astype(np.float32)
    whole = convert(noise, rate, block=len(noise))
    assert np.allclose(convert(noise, rate, block=997), whole, atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 10, 44100, 65536, 100001])
def test_the_length_is_exact(count):
    assert len(convert(np.zeros(count, np.float32), 44100)) == round(count * 160 / 441)
