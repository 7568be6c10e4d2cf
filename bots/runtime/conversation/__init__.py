"""From a message heard to a draft that waits."""
