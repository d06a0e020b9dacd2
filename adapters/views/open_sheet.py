"""What the open data of a folded case says on a day, ordered as an officer reads it.

Nothing here depends on a class that was opened, and nothing but the status on the day: what the calendar alone changes
(a review that goes overdue) is left to whoever shows it. Dates are EDTF, lists are in the order recorded.
"""

from __future__ import annotations

from typing import Any

from domain.case.case import CaseState
from domain.case.decisions import Answer, Approval, Ended
from domain.case.journey import Return
from domain.case.status import Status
from domain.dates import PartialDate


def open_sheet(case: CaseState, now: Status) -> dict[str, Any]:
    """Return what the open data of a folded case says; ``now`` is its status on the day for which one asks.

    What is confided to some stands elsewhere.
    """
    registration, death = case.registration, case.life.death
    closed = registration.closed
    return {
        "status": now.value,
        "circumstances": registration.circumstances,
        "opened_on": _text(registration.opened_on),
        "closed": {"reason": closed.reason, "on": closed.on.text} if closed is not None else None,
        "identity": _identity(case),
        "nationality": _nationality(case),
        "whereabouts": _whereabouts(case),
        "death": {"on": death.on.text, "facility": death.facility, "strength": death.strength.name.lower()}
        if death is not None
        else None,
        "screenings": _screenings(case),
        "blocks": _blocks(case),
        "decisions": {country: _answer(answer) for country, answer in case.decisions.answers.items()},
        "preparations": _preparations(case),
        "journey": _journey(case),
        "work": _work(case),
        "record": _record(case),
        "anomalies": [
            {"code": odd.code, "fact_id": odd.fact_id, "position": odd.position} for odd in case.anomalies
        ],
    }  # fmt: skip


def _identity(case: CaseState) -> dict[str, Any]:
    known = case.identity
    verified = known.verified
    return {
        "verified": {"authority": verified.authority, "method": verified.method, "on": verified.on.text}
        if verified is not None
        else None,
        "disputed_by": sorted({dispute.by_agency for dispute in known.disputes}),
        "names": len(known.names),
        "documents": [
            {"document_id": document_id, "kind": paper.kind, "issued_by": paper.issued_by}
            for document_id, paper in known.papers.items()
        ],
        "biometric_systems": [reference.system for reference in known.biometrics],
    }


def _nationality(case: CaseState) -> dict[str, Any]:
    known = case.nationality
    found = known.finding
    return {
        "strongest": known.strongest,
        "claimed": {country: strength.name.lower() for country, strength in known.claims.items()},
        "confirmed": {country: sorted(authorities) for country, authorities in known.confirmed.items()},
        "disputed": sorted(known.disputed),
        "denied": sorted(known.denied),
        "deprived": {country: order.effective_from.text for country, order in known.deprived.items()},
        "appeals": [
            {
                "appeal_id": appeal_id,
                "country": appeal.country,
                "court": appeal.court,
                "lodged_on": appeal.lodged_on.text,
                "allowed": (verdict := known.verdicts.get(appeal_id)) and verdict.allowed,
                "final": bool(verdict and verdict.final),
            }
            for appeal_id, appeal in known.appeals.items()
        ],
        "stateless_risk_flagged": sorted(known.flagged),
        "statelessness": {"authority": found.authority, "de_jure": found.de_jure, "de_facto": found.de_facto}
        if found is not None
        else None,
    }


def _whereabouts(case: CaseState) -> dict[str, Any]:
    known = case.whereabouts
    return {
        "place": known.place,
        "facility": known.facility,
        "since": _text(known.since),
        "section": known.section,
        "hospital": known.hospital,
    }


def _screenings(case: CaseState) -> list[dict[str, Any]]:
    return [
        {
            "screening_id": screening_id,
            "agency": asked.agency,
            "kind": asked.kind,
            "destination": asked.destination,
            "due_on": asked.due_on,
            "result": asked.outcome.result if asked.outcome is not None else None,
            "valid_until": asked.outcome.valid_until if asked.outcome is not None else None,
            "cancelled": asked.cancelled,
        }
        for screening_id, asked in case.screening.by_id.items()
    ]


def _blocks(case: CaseState) -> list[dict[str, Any]]:
    return [
        {
            "block_id": block_id,
            "agency": block.agency,
            "imposed_on": block.imposed_on.text,
            "review_due_on": block.review_due_on,
            "reviewed_on": _text(block.reviewed_on),
            "lift_proposed_by": sorted(block.lift_proposed_by),
        }
        for block_id, block in case.blocks.open.items()
    ]


def _answer(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Approval):
        return {"answer": "approved", "on": answer.on.text, "authority": answer.authority, "basis": answer.basis}
    if isinstance(answer, Ended):
        return {"answer": "revoked" if answer.approval else "quashed", "on": answer.on.text}
    review = answer.review
    return {
        "answer": "refused",
        "on": answer.on.text,
        "review_body": answer.review_body,
        "review": {"body": review.body, "upheld": review.upheld} if review is not None else None,
    }


def _preparations(case: CaseState) -> dict[str, Any]:
    known = case.decisions
    return {
        "asked": list(known.asked),
        "travel_documents": [
            {
                "document_id": document_id,
                "kind": document.kind,
                "issued_by": document.issued_by,
                "valid_until": document.valid_until,
            }
            for document_id, document in known.travel_documents.items()
        ],
        "reception_plans": {
            country: {"authority": plan.authority, "on": plan.on.text}
            for country, plan in known.reception_plans.items()
        },
    }


def _journey(case: CaseState) -> dict[str, Any]:
    journey = case.journey
    given, left = journey.clearance, journey.departure
    return {
        "clearance": {
            "destination": given.destination,
            "given_on": given.given_on.text,
            "expires_on": given.expires_on,
        }
        if given is not None
        else None,
        "manifest": journey.manifest,
        "departure": {
            "destination": left.destination,
            "on": left.on.text,
            "cleared": left.cleared,
            "by_agency": left.by_agency,
        }
        if left is not None
        else None,
        "broken_off_on": _text(journey.broken_off_on),
        "handover": _return(journey.handover),
        "arrival": _return(journey.arrival),
        "repatriation": _return(journey.repatriation),
    }


def _work(case: CaseState) -> dict[str, Any]:
    work = case.work
    return {
        "assignee": work.officer,
        "tasks": [
            {"task_id": task_id, "kind": task.kind, "due_on": task.due_on} for task_id, task in work.tasks.items()
        ],
        "flags": [
            {"flag_id": flag_id, "kind": flag.kind, "raised_on": flag.raised_on.text}
            for flag_id, flag in work.flags.items()
        ],
        "referrals": [
            {"referral_id": referral_id, "accepted": referral.accepted}
            for referral_id, referral in work.referrals.items()
        ],
        "documents": [
            {"document_id": document_id, "kind": document.kind} for document_id, document in work.documents.items()
        ],
        "notes": work.notes,
    }


def _record(case: CaseState) -> dict[str, Any]:
    known = case.record
    return {
        "merged_into": known.merged_into,
        "absorbed": list(known.absorbed),
        "holds": [
            {"hold_id": hold_id, "basis": hold.basis, "until": hold.until} for hold_id, hold in known.holds.items()
        ],
        "restriction": known.restriction,
        "erased": {"on": known.erased.on.text, "basis": known.erased.basis} if known.erased is not None else None,
    }


def _return(known: Return | None) -> dict[str, Any] | None:
    return {"country": known.country, "on": known.on.text} if known is not None else None


def _text(day: PartialDate | None) -> str | None:
    return day.text if day is not None else None
