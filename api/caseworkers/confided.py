"""What a case sheet tells only to those who may open what protects a person, and to auditors: :mod:`domain.confided`.

Open fields alone: who acts, until when something holds. What it says is sealed, and read under its class.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.case.case import CaseState
from domain.confided import CONFIDED
from domain.kernel import Recorded


def confided_part(case: CaseState) -> dict[str, Any]:
    """Return what is on record of guardians, best interests, risk, consent, assurances and kin."""
    care = case.protection
    assessed, heard = care.best_interests.assessment, care.views_heard
    return {
        "guardians": [
            {"guardian_id": guardian_id, "authority": guardian.authority, "since": guardian.since.text}
            for guardian_id, guardian in care.guardians.items()
        ],
        "needs": [{"need_id": need_id, "since": need.since.text} for need_id, need in care.needs.items()],
        "best_interests": {
            "assessed": {"assessor": assessed.assessor, "on": assessed.on.text} if assessed is not None else None,
            "determined": [
                {"panel": determined.panel, "on": determined.on.text, "valid_until": determined.valid_until}
                for determined in care.best_interests.determinations
            ],
        },
        "views_heard_on": heard.on.text if heard is not None else None,
        "risk_assessments": [
            {"assessor": found.assessor, "on": found.on.text, "valid_until": found.valid_until}
            for found in care.refoulement
        ],
        "consent": [
            {
                "consent_id": word.consent_id,
                "scope": voice.scope,
                "destination": voice.destination,
                "given_by": voice.given_by,
                "court": voice.court,
                "agrees": word.agrees,
                "basis": word.basis,
                "on": word.on.text,
            }
            for voice, word in case.consent.words.items()
        ],
        "assurances": [
            {
                "assurance_id": assurance_id,
                "country": known.country,
                "stage": known.stage,
                "on": known.on.text,
                "valid_until": known.valid_until,
            }
            for assurance_id, known in case.assurances.by_id.items()
        ],
        "kin": [
            {"kin_id": kin_id, "strength": link.strength.name.lower()} for kin_id, link in case.kin.links.items()
        ],
    }  # fmt: skip


def of_what_is_confided(facts: Sequence[Recorded]) -> frozenset[UUID]:
    """Return the ids of the facts of which others are not told."""
    return frozenset(stamp.fact_id for stamp, fact in facts if type(fact) in CONFIDED)
