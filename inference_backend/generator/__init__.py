"""The style generator: sound and style text in, a Take out; ONNX Runtime, no torch."""
