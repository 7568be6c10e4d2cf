"""The one facade that the command line, the control socket, the console and the owner's DM speak to."""

from bots.twin.control import ControlPart
from bots.twin.conversations import ConversationPart
from bots.twin.digests import DigestPart
from bots.twin.drafts import DraftPart
from bots.twin.knowledge import KnowledgePart
from bots.twin.people import PeoplePart
from bots.twin.status import StatusPart


class TwinFacade:
    """Implements `bots.api.twin.Twin`: each method is that of the part which knows its subject."""

    def __init__(
        self,
        conversations: ConversationPart,
        drafts: DraftPart,
        control: ControlPart,
        people: PeoplePart,
        knowledge: KnowledgePart,
        digests: DigestPart,
        status: StatusPart,
    ) -> None:
        self.hear = conversations.hear
        self.receive = conversations.receive
        self.conversations = conversations.conversations
        self.thread = conversations.thread

        self.inbox = drafts.inbox
        self.draft = drafts.draft
        self.approve = drafts.approve
        self.edit = drafts.edit
        self.reject = drafts.reject
        self.redraft = drafts.redraft
        self.snooze = drafts.snooze
        self.settle = drafts.settle
        self.withheld = drafts.withheld
        self.share = drafts.share
        self.receipts = drafts.receipts

        self.pause = control.pause
        self.resume = control.resume
        self.away = control.away
        self.back = control.back
        self.mode = control.mode

        self.preview_delegation = control.delegating.preview_delegation
        self.delegate = control.delegating.delegate
        self.delegations = control.delegating.delegations
        self.revoke = control.delegating.revoke

        self.people = people.people
        self.circles = people.circles
        self.remove_person = people.remove_person
        self.set_circle = people.set_circle
        self.remove_circle = people.remove_circle
        self.personas = people.personas
        self.persona = people.persona
        self.bind = people.bind
        self.pair = people.pair
        self.accounts = people.accounts
        self.unpair = people.unpair
        self.link = people.link
        self.unlink = people.unlink

        self.recall = knowledge.recall
        self.ask = knowledge.ask
        self.remember = knowledge.remember
        self.forget = knowledge.forget
        self.suggestions = knowledge.suggestions
        self.accept_suggestion = knowledge.accept_suggestion
        self.dismiss_suggestion = knowledge.dismiss_suggestion
        self.rules = knowledge.rules
        self.set_rule = knowledge.set_rule

        self.digest = digests.digest
        self.digest_picture = digests.digest_picture
        self.digests = digests.digests
        self.remind = digests.remind
        self.reminders = digests.reminders
        self.unremind = digests.unremind

        self.status = status.status
        self.backup = status.backup
        self.changes = status.changes
