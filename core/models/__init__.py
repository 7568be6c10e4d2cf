"""The providers of models: Ollama, the embedded one, and a scripted one for tests."""
