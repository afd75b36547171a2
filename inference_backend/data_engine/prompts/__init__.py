"""Stage I: prompts balanced over subject, emotion, intensity, delivery, gaze, head motion and vocal activity."""
