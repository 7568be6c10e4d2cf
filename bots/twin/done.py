"""What is answered where a setting was changed."""

from bots.api.views import Done
from bots.runtime.base.changes import Changes


def settings_changed(changes: Changes, said: str) -> Done:
    """Tell whoever watches; the word for it."""
    changes.publish("settings")
    return Done(said)
