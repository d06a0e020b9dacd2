"""What Homeward says in English of protection, kin, consent and assurances."""

from __future__ import annotations

from typing import Final

FACTS: Final = {
    "case.specific-need-identified": "A specific need of the person was identified.",
    "case.specific-need-resolved": "A specific need of the person was resolved.",
    "case.guardian-appointed": "{authority} appointed a guardian for the child.",
    "case.guardianship-ended": "A guardian no longer acts for the child.",
    "case.best-interests-assessed": "{assessor} assessed the best interests of the child.",
    "case.best-interests-determined": (
        "A panel determined the best interests of the child; it counts until {valid_until}."
    ),
    "case.best-interests-reopened": "The question of the child's best interests was opened again.",
    "case.child-views-heard": "The child's views were heard.",
    "case.non-refoulement-assessed": "{assessor} assessed the risk of a return; it counts until {valid_until}.",
    "case.fear-of-return-expressed": "The person expressed a fear of being sent somewhere.",
    "case.majority-reached": "The person has come of age.",
    "case.kin-linked": "A link to a relative was recorded ({strength}).",
    "case.kin-refuted": "A link to a relative was refuted.",
    "case.consent-given": "Consent was recorded ({scope}, {basis}), for {destination}.",
    "case.consent-refused": "Consent was refused ({scope}), for {destination}.",
    "case.consent-withdrawn": "A consent was withdrawn.",
    "case.assurance-requested": "{country} was asked for an assurance.",
    "case.assurance-received": "An assurance by {country} was received.",
    "case.assurance-accepted": "{authority} accepted an assurance.",
    "case.assurance-rejected": "{authority} rejected an assurance.",
    "case.assurance-breach-reported": "A breach of an assurance was reported.",
}

WORDS: Final[dict[tuple[str, object], str]] = {
    ("basis", "informed"): "informed",
    ("basis", "supported"): "informed, with support",
    ("basis", "court_order"): "ordered by a court",
    ("scope", "transfer"): "transfer",
    ("scope", "sharing"): "sharing with the destination",
    ("scope", "examination"): "medical examination",
    ("scope", "dna_test"): "DNA test",
    ("scope", "tracing"): "tracing of relatives",
    ("cause", "protection"): "something that protects the person asks for it",
    ("cause", "best_interests"): "the best interests of the child are open",
    ("cause", "non_refoulement"): "the risk of a return has to be assessed",
    ("cause", "consent"): "the consent on which it rested no longer stands",
    ("cause", "assurance"): "an assurance no longer stands",
    ("cause", "guardianship"): "a guardian no longer acts for the child",
}

REFUSALS: Final = {
    "assurance.breached": "The state did not keep it: it gives another one first.",
    "assurance.expired": "The assurance does not hold any more.",
    "assurance.own-state": "A state does not judge its own promise.",
    "assurance.unanswered": "The state has not answered yet.",
    "assurance.unknown": "No such assurance is on this case.",
    "best-interests.caseworker-on-panel": "Who is responsible for the case does not sit on its panel.",
    "best-interests.expires-before-given": "The determination would have expired before it was made.",
    "best-interests.not-assessed": "Nothing has been assessed that could be reopened.",
    "best-interests.panel-repeats": "Somebody is named twice as a member of the panel.",
    "consent.court-has-no-giver": "A court order is nobody's consent.",
    "consent.destination-missing": "Say to which destination: consent is informed.",
    "guardianship.of-age": "The person came of age: nobody is appointed to act for them.",
    "guardianship.unknown": "Nobody of this id is a guardian on this case.",
    "kin.of-oneself": "Nobody is their own relative.",
    "majority.not-certain": "The person may still be a child; doubt benefits the child.",
    "need.unknown": "No such need is on this case.",
    "non-refoulement.expires-before-given": "The assessment would have expired before it was made.",
    "non-refoulement.own-state": "A state does not assess the risk that it is itself.",
    "views.of-incapable": "A child that cannot form views yet has not said any.",
}

ANOMALIES: Final = {
    "assurance.accepted-unanswered": "An assurance was accepted that the state had not given.",
    "assurance.requested-twice": "The same assurance was requested twice.",
    "assurance.unknown": "Something is on record about an assurance that is not.",
    "consent.unknown": "A consent was withdrawn that is not on record.",
    "guardianship.unknown": "A guardianship ended that is not on record.",
    "kin.linked-after-refutation": "A link was recorded again under the id of one that was refuted.",
    "kin.of-oneself": "A person was recorded as their own relative.",
    "kin.refuted-twice": "The same link was refuted twice.",
    "kin.unknown": "A link was refuted that is not on record.",
    "need.unknown": "A need was resolved that is not on record.",
}
