"""The local web page: a platform to write on, and the owner's inbox."""
