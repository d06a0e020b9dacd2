"""What can go wrong with the server in the folder."""


class EmbeddedServerError(RuntimeError):
    """The server cannot run here; the message says why and what would help, without any secret."""
