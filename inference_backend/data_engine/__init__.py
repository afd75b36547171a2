"""The data engine: from prompts to shards of acted speech, in five stages that can be stopped and go on."""
