"""The personal part of a case sheet: only the classes that were asked for by name, each under its own heading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

from api.shown import shown
from domain.case.age import Born, age_on, born
from domain.case.case import CaseState
from domain.case.decisions import Refusal
from domain.confided import CONFIDED
from domain.corrections import effective
from domain.kernel import Recorded, labels_of
from domain.privacy import BlockLabel

OPENABLE = Literal[
    BlockLabel.IDENTITY,
    BlockLabel.PROTECTION,
    BlockLabel.MEDICAL,
    BlockLabel.SECURITY,
    BlockLabel.JUDICIAL,
    BlockLabel.NARRATIVE,
]


def opened_part(
    case: CaseState, facts: Sequence[Recorded], opens: frozenset[BlockLabel], day: date, *, told: bool
) -> dict[str, Any]:
    """Return class → what it says on a day; what was erased is shown as erased.

    ``told``: whether the reader is also told what is confided to some.
    """
    parts: dict[str, Any] = {label.value: _PARTS[label](case, day) for label in sorted(opens & _PARTS.keys())}
    if BlockLabel.JUDICIAL in opens and told:
        parts["judicial"]["assurances"] = _promises(case)
    if BlockLabel.NARRATIVE in opens:
        parts["narrative"] = _texts(facts, told=told)
    return parts


def _identity(case: CaseState, day: date) -> dict[str, Any]:
    known = case.identity
    days = born(case)
    return {
        "names": [
            {"kind": name.kind, "name": shown(name.name), "strength": name.strength.name.lower()}
            for name in known.names.values()
        ],
        "births": [
            {"birth": shown(told.birth), "place": shown(told.place), "strength": told.strength.name.lower()}
            for told in known.births
        ],
        "age_assessments": [
            {
                "min_years": shown(found.min_years),
                "max_years": shown(found.max_years),
                "method": found.method,
                "assessor": found.assessor,
                "on": found.on.text,
            }
            for found in known.assessments
        ],
        "age_years": list(age_on(days, day)) if isinstance(days, Born) else shown(days),
        "sex": shown(known.sex),
        "documents": {str(document_id): shown(paper) for document_id, paper in known.papers.items()},
        "biometrics": [shown(reference) for reference in known.biometrics],
        "disputes": [shown(dispute) for dispute in known.disputes],
        "kin": [
            {
                "kin_id": kin_id,
                "relation": shown(link.relation),
                "person": shown(link.person),
                "strength": link.strength.name.lower(),
            }
            for kin_id, link in case.kin.links.items()
        ],
        "mother": shown(case.life.mother),
    }


def _protection(case: CaseState, _day: date) -> dict[str, Any]:
    known = case.protection
    interests = known.best_interests
    return {
        "care_status": shown(known.status),
        "needs": [
            {"need_id": need_id, "need": shown(need.need), "since": need.since.text}
            for need_id, need in known.needs.items()
        ],
        "best_interests": {
            "assessed": shown(interests.assessment.outcome) if interests.assessment is not None else None,
            "determined": [
                {
                    "destination": shown(determined.destination),
                    "outcome": shown(determined.outcome),
                    "on": determined.on.text,
                    "valid_until": determined.valid_until,
                }
                for determined in interests.determinations
            ],
        },
        "views": [
            {"capable": shown(heard.capable), "views": shown(heard.views), "on": heard.on.text}
            for heard in known.views.heard
        ],
        "non_refoulement": [
            {
                "country": shown(found.country),
                "outcome": shown(found.outcome),
                "on": found.on.text,
                "valid_until": found.valid_until,
            }
            for found in known.refoulement
        ],
        "fears": [
            {"country": shown(told.country), "fear": shown(told.fear), "on": told.on.text} for told in known.risks.fears
        ],
        "primary_caregivers": [
            kin_id for kin_id, link in case.kin.links.items() if link.primary_caregiver is True
        ],
        "reception": {country: shown(plan.plan) for country, plan in case.decisions.reception_plans.items()},
        "referrals": {
            str(referral_id): {"service": shown(made.service), "agency": shown(made.agency)}
            for referral_id, made in case.work.referrals.items()
        },
    }  # fmt: skip


def _medical(case: CaseState, _day: date) -> dict[str, Any]:
    death = case.life.death
    return {"death_manner": shown(death.manner) if death is not None else None}


def _security(case: CaseState, _day: date) -> dict[str, Any]:
    return {"block_grounds": {str(block_id): shown(block.ground) for block_id, block in case.blocks.open.items()}}


def _judicial(case: CaseState, _day: date) -> dict[str, Any]:
    refusals = {country: answer for country, answer in case.decisions.answers.items() if isinstance(answer, Refusal)}
    return {
        "deprivation_grounds": {country: shown(order.ground) for country, order in case.nationality.deprived.items()},
        "refusal_reasons": {country: shown(answer.reasons) for country, answer in refusals.items()},
    }


def _promises(case: CaseState) -> dict[str, Any]:
    return {
        str(assurance_id): {
            "asked": shown(known.asked),
            "no_death_penalty": shown(known.no_death_penalty),
            "fair_trial": shown(known.fair_trial),
            "no_torture": shown(known.no_torture),
            "monitoring": shown(known.monitoring),
            "breaches": [{"promise": shown(promise), "on": on.text} for promise, on in known.breaches],
        }
        for assurance_id, known in case.assurances.by_id.items()
    }


_PARTS: Final[Mapping[BlockLabel, Callable[[CaseState, date], dict[str, Any]]]] = {
    BlockLabel.IDENTITY: _identity,
    BlockLabel.PROTECTION: _protection,
    BlockLabel.MEDICAL: _medical,
    BlockLabel.SECURITY: _security,
    BlockLabel.JUDICIAL: _judicial,
}


def _texts(facts: Sequence[Recorded], *, told: bool) -> list[dict[str, Any]]:
    """Return what was written in the facts that count, in the order recorded."""
    return [
        {"version": stamp.version, "code": fact.topic, **texts}
        for stamp, fact in effective(facts)
        if (told or type(fact) not in CONFIDED)
        and (
            texts := {
                name: shown(value)
                for name, label in labels_of(type(fact)).items()
                if label is BlockLabel.NARRATIVE and (value := getattr(fact, name)) is not None
            }
        )
    ]
