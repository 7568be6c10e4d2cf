"""Errors, by who must act. Messages never hold what was said in a conversation, nor a token."""


class UnderstudyError(Exception):
    """The root of what we raise on purpose. Never raised itself."""


class OwnerMustFix(UnderstudyError):
    """Something only the owner can mend; the message names the file and the key, or the command.

    Caught by the command line (exit 2), the console (shown) and the gateway (told to the owner).
    """


class TryAgain(UnderstudyError):
    """The model or the network did not answer; nothing is lost.

    Caught by the gateway and the sender, which retry with backoff, and not before `wait_s` seconds.
    """

    def __init__(self, why: str = "", *, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class Refused(UnderstudyError):
    """Policy or the state of things says no: a stale revision, a stranger's click, a send while paused.

    Caught where the act came from (command line, console, platform) and shown as such.
    """


class InAnotherName(Refused):
    """Nothing was sent: it would have gone out in another name than the one asked for.

    Caught by the sender, which puts it before the owner again.
    """


class AlreadyHandled(Refused):
    """Somebody or something was faster; `became` says what became of it.

    Caught as Refused is; on a card, which says it in the words that the card itself closes with.
    """

    def __init__(self, became: str) -> None:
        super().__init__(f"already handled: {became}")
        self.became = became
