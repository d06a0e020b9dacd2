"""Every rule that binds a case, as one list: those of the departure gate and those that hold at any time.

What each rule asks is enforced where its subject is decided; here it stands to be read, printed and argued with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.case.gate import DEPARTURE

AT_ANY_TIME: Final = "at_any_time"
"""Kind of the rules that are not asked at the gate."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule as a person reads it."""

    code: str
    sentence: str
    cure: str
    """What to do where the rule stands in the way."""
    who: str
    source: str
    kind: str


def _always(code: str, sentence: str, *, cure: str, who: str, source: str) -> RuleEntry:
    return RuleEntry(code, sentence, cure, who, source, AT_ANY_TIME)


PRINCIPLES: Final = (
    _always(
        "I1",
        "A block names agency, category of ground and review date; it goes overdue, it never lapses.",
        cure="The imposing agency reviews it, and upholds or lifts it.",
        who="The imposing agency.",
        source="Practice of the national security agencies; periodic review of restrictions (ICCPR, article 12(3)).",
    ),
    _always(
        "I2",
        "Only the imposing agency, its registered successor or superior, or a court of its state lifts a block.",
        cure="Others propose to lift it; one of these decides.",
        who="The imposing agency, its registered successor or superior, or a court of its state.",
        source="Who may end a measure is who may take it, and who stands above; registered in domain/case/agencies.py.",
    ),
    _always(
        "I3",
        "Lifting the last block does not restore a clearance.",
        cure="The person is cleared anew.",
        who="An officer who has not requested the repatriation.",
        source="A clearance rests on the evidence that it saw; that evidence has changed since.",
    ),
    _always(
        "I4",
        "A refusal carries reasons and a body that can review it.",
        cure="The refusing authority states both.",
        who="An authority of the state that refuses.",
        source="H.F. and Others v. France (ECtHR, Grand Chamber, 14 September 2022).",
    ),
    _always(
        "I5",
        "A deprivation that leaves no confirmed nationality raises the risk of statelessness; claims do not count.",
        cure="A state confirms a nationality, or a state agrees to receive the person.",
        who="An authority of any state concerned.",
        source="Convention on the Reduction of Statelessness (1961), article 8(1).",
    ),
    _always(
        "I6",
        "A citizenship can be restored with effect from the past; what was believed before stays readable.",
        cure="Ask for the state known at the time, or for the state as it is known now.",
        who="Whoever asks chooses both clocks.",
        source="[2025] UKSC 6: a citizen throughout, once the order is set aside.",
    ),
    _always(
        "I7",
        "The deprivation of a parent never changes the nationality of a living child; it raises a review.",
        cure="The nationality of each child is reviewed by a person.",
        who="The caseworker.",
        source="CRC, articles 7 and 8.",
    ),
    _always(
        "I8",
        "A person is in one place at an instant.",
        cure="What contradicts the last known whereabouts is kept, shown as an anomaly, and put right.",
        who="The caseworker.",
        source="Nobody is in two places; registers of two camps can both be wrong.",
    ),
    _always(
        "I9",
        "After a death only corrections, documents, the end of proceedings, holds and erasure are decided.",
        cure="If the person lives: retract the record of the death.",
        who="The caseworker.",
        source="Reports of deaths from camps are often mistaken; an observation of a living person is always recorded.",
    ),
    _always(
        "I10",
        "Nothing occurred after it was recorded, before the birth, or arrived before it departed.",
        cure="State the day on which it happened; a mistaken earlier fact is corrected.",
        who="Whoever records it.",
        source="Order of time; observed facts that break it are recorded as anomalies.",
    ),
    _always(
        "I11",
        "A fact on which others rest is not retracted before these are dealt with; a retraction can be retracted.",
        cure="Retract or correct what rests on it first.",
        who="Whoever retracts.",
        source="Nothing in the record is ever removed; a retraction is a fact like any other.",
    ),
    _always(
        "I12",
        "A closed case takes no facts of work.",
        cure="The case is reopened.",
        who="A supervisor.",
        source="A closed case is nobody's work; observations are still recorded, as anomalies.",
    ),
    _always(
        "I13",
        "Age is computed for a day and never stored; an unknown age is an interval, and doubt benefits the child.",
        cure="A birth or an age assessment with better evidence is recorded.",
        who="The caseworker, an assessor of ages.",
        source="CRC, articles 1 and 3; Committee on the Rights of the Child, General Comment No. 24 (2019).",
    ),
    _always(
        "I14",
        "Nobody is erased during a retention hold, an open proceeding, an open tracing request or a journey.",
        cure="The hold is released, the proceeding or tracing ends, the journey is completed.",
        who="Whoever placed the hold, or leads the proceeding or the tracing.",
        source="Right to erasure and its limits (GDPR, article 17(3)).",
    ),
)  # fmt: skip
"""The rules that hold at any time, in the order of their codes."""

RULEBOOK: Final = (
    *(RuleEntry(rule.code, rule.sentence, rule.cure, rule.who, rule.source, rule.kind.value) for rule in DEPARTURE),
    *PRINCIPLES,
)
"""Gate first, then the rest."""
