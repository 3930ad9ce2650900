"""What a row of a ledger that comes again is compared with: the list's own words, without its objects."""

from tests.world import World, list_one
from tracker.base.db import db, transaction
from tracker.issues.models import Issue, IssueUnit, TaskForceMember
from tracker.ledgers.standing import standing_with_ids
from tracker.org.models import Unit


def test_it_says_of_an_issue_what_the_issue_says_with_its_units_in_order_and_its_task_force(any_world: World) -> None:
    with transaction():
        bare, whole = list_one(any_world), list_one(any_world)
        units = db.session.query(Unit).order_by(Unit.id.desc()).limit(2).all()
        person = any_world.supervisor
        whole.units = [IssueUnit(unit_id=unit.id, position=place) for place, unit in enumerate(units)]
        whole.members = [TaskForceMember(user_id=person.id)]
        whole.lead_unit, whole.lead_official, whole.responsible_person = units[0], person, person
        db.session.flush()
        found = standing_with_ids([bare.id, whole.id])
        assert set(found) == {bare.id, whole.id}
        for issue in (bare, whole):
            standing = found[issue.id]
            columns = [column.key for column in Issue.__table__.c if hasattr(standing, column.key)]
            assert len(columns) == 22
            assert [getattr(standing, key) for key in columns] == [getattr(issue, key) for key in columns]
            assert (standing.category, standing.region) == (issue.category.name, issue.region.name)
        standing = found[whole.id]
        assert [(row.unit_id, row.name) for row in standing.units] == [(unit.id, unit.name) for unit in units]
        assert [row.user_id for row in standing.members] == [person.id]
        names = (standing.lead_unit, standing.lead_official, standing.responsible_person)
        assert names == (units[0].name, person.name, person.name)
        assert (found[bare.id].units, found[bare.id].members, found[bare.id].lead_official) == ([], [], None)
