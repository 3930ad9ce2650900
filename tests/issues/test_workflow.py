"""The table of DOMAIN §3, written down a second time by hand: the code's table must say the same, cell by cell."""

from __future__ import annotations

import itertools

import pytest

from tracker.base.access import RIGHTS, Refused, Role
from tracker.issues import workflow
from tracker.issues.workflow import (
    FACT_REFUSALS,
    KIND_NAMES,
    STATE_NAMES,
    TABLE,
    VERB_NAMES,
    Fact,
    Kind,
    State,
    Verb,
    Who,
)

L, A, P, R, V, C, D = State
UNDER_WAY = {L, A, P, R}
STAYS = "stays"

#: verb, kinds, last level -> (from, to, role, relation); by hand from the domain's table
EXPECTED: list[tuple[Verb, set[Kind], bool | None, set[State] | None, object, Role, Who]] = [
    (Verb.LIST, set(Kind), None, None, L, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.TAKE_OVER, set(Kind), None, None, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.BREAK_DOWN, set(Kind), None, UNDER_WAY, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.ASSIGN, set(Kind), None, {L}, A, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.ACCEPT, {Kind.TIME_LIMITED, Kind.LONG_TERM}, None, {A}, P, Role.OFFICIAL, Who.FIRST_HANDLER),
    (Verb.ACCEPT, {Kind.IMMEDIATE}, None, {A}, R, Role.OFFICIAL, Who.FIRST_HANDLER),
    (Verb.DECLINE, set(Kind), None, {A}, L, Role.OFFICIAL, Who.FIRST_HANDLER),
    (Verb.SUBMIT_PLAN, set(Kind), None, {P}, STAYS, Role.OFFICIAL, Who.HANDLER),
    (Verb.APPROVE_PLAN, set(Kind), None, {P}, R, Role.LEADER, Who.LEAD_OFFICIAL),
    (Verb.RETURN_PLAN, set(Kind), None, {P}, STAYS, Role.LEADER, Who.LEAD_OFFICIAL),
    (Verb.REPORT, set(Kind), None, {A, P, R}, STAYS, Role.OFFICIAL, Who.HANDLER),
    (Verb.REMIND, set(Kind), None, {A, P, R}, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.REQUEST_EXTENSION, set(Kind), None, {A, P, R}, STAYS, Role.OFFICIAL, Who.HANDLER),
    (Verb.GRANT_EXTENSION, set(Kind), None, {L, A, P, R, V}, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.REFUSE_EXTENSION, set(Kind), None, {L, A, P, R, V}, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.OBJECT, set(Kind), None, {A, P, R}, STAYS, Role.OFFICIAL, Who.HANDLER),
    (Verb.UPHOLD_OBJECTION, set(Kind), None, {L, A, P, R, V}, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.REFUSE_OBJECTION, set(Kind), None, {L, A, P, R, V}, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.REASSIGN, set(Kind), None, {A, P, R}, A, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.REQUEST_CLEARANCE, set(Kind), None, {R}, V, Role.OFFICIAL, Who.FIRST_HANDLER),
    (Verb.WITHDRAW_CLEARANCE, set(Kind), None, {V}, R, Role.OFFICIAL, Who.APPLICANT_UNIT),
    (Verb.PASS, set(Kind), False, {V}, STAYS, Role.SUPERVISOR, Who.REVIEWER),
    (Verb.PASS, set(Kind), True, {V}, C, Role.LEADER, Who.REVIEWER),
    (Verb.RETURN, set(Kind), None, {V}, R, Role.SUPERVISOR, Who.REVIEWER),
    (Verb.RELAPSE, set(Kind), None, {C}, R, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.CORRECT, set(Kind), None, {L, A, P, R, C}, STAYS, Role.SUPERVISOR, Who.SUPERVISOR),
    (Verb.DISMISS, set(Kind), None, UNDER_WAY, D, Role.SUPERVISOR, Who.ROOT_SUPERVISOR),
]


def expected(verb: Verb, state: State | None, kind: Kind, last: bool) -> tuple[object, Role, Who] | None:
    for row_verb, kinds, level, states, to, role, who in EXPECTED:
        here = state in states if states is not None else state is None
        if row_verb is verb and kind in kinds and level in (None, last) and here:
            return (state if to is STAYS else to), role, who
    return None


@pytest.mark.parametrize(
    ("verb", "state", "kind", "last"), list(itertools.product(Verb, [None, *State], Kind, (False, True)))
)
def test_a_verb_leads_where_the_domain_says_and_nowhere_else(
    verb: Verb, state: State | None, kind: Kind, last: bool
) -> None:
    wanted = expected(verb, state, kind, last)
    if wanted is None:
        with pytest.raises(Refused):
            workflow.find(verb, state, kind, last_level=last)
        return
    row = workflow.find(verb, state, kind, last_level=last)
    to, role, who = wanted
    assert (row.to or state) == to
    assert role in RIGHTS[row.right]
    assert row.who == {who}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.verb.value}-{row.to.value if row.to else 'stays'}")
def test_a_fact_that_nobody_stated_refuses(row: workflow.Transition) -> None:
    workflow.require(row, dict.fromkeys(Fact, True))
    for fact in row.facts:
        with pytest.raises(Refused, match=FACT_REFUSALS[fact][:4]):
            workflow.require(row, {other: True for other in Fact if other is not fact})


def test_nothing_leaves_a_dismissed_issue() -> None:
    assert not [row for row in TABLE if row.states and State.DISMISSED in row.states]


def test_only_the_last_level_clears_and_only_take_over_starts_cleared() -> None:
    assert [(row.verb, row.last_level) for row in TABLE if row.to is State.CLEARED] == [(Verb.PASS, True)]


def test_every_code_has_its_word() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(VERB_NAMES) == set(Verb)
    assert set(KIND_NAMES) == set(Kind)
    assert set(FACT_REFUSALS) == set(Fact)


def test_buttons_are_the_tables_rows_for_the_relation() -> None:
    for state, kind, who in itertools.product(State, Kind, Who):
        wanted = {
            v for v in Verb for last in (False, True) if (found := expected(v, state, kind, last)) and found[2] is who
        }
        assert set(workflow.pressable(state, kind, frozenset({who}))) == wanted
