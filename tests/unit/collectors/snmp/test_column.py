"""Which walks end regularly, and which leave an incomplete column?"""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import ber
from collectors.snmp.column import ColumnBuilder
from collectors.snmp.walk import VarBind

COLUMN = "1.3.6.1.4.1.9.1"


def cell(index, column=COLUMN, tag=ber.INTEGER):
    return VarBind(ber.encode_oid(f"{column}.{index}"), tag, 1 if tag == ber.INTEGER else None)


def walk(*answers, max_rows=1000):
    builder = ColumnBuilder(COLUMN, max_rows)
    for varbinds in answers:
        assert builder.next is not None
        builder.take(varbinds)
    return builder.column(), builder.next is None


def test_the_next_column_ends_it_regularly_and_is_cut_off():
    column, ended = walk([cell(1), cell(2), cell(1, "1.3.6.1.4.1.9.2"), cell(2, "1.3.6.1.4.1.9.2")])
    assert ended
    assert column.problem is None
    assert column.varbinds == [cell(1), cell(2)]


def test_end_of_mib_view_is_no_row_even_with_the_oid_of_the_last_one():
    column, ended = walk([cell(1), cell(1, tag=ber.END_OF_MIB_VIEW)])
    assert (ended, column.problem, column.varbinds) == (True, None, [cell(1)])


def test_an_empty_answer_ends_it_regularly():
    column, ended = walk([cell(1)], [])
    assert (ended, column.problem) == (True, None)


def test_fewer_cells_than_asked_for_go_on():
    column, ended = walk([cell(1)], [cell(2)])
    assert (ended, len(column.varbinds)) == (False, 2)


def test_a_neighbour_whose_number_begins_alike_is_another_column():
    column, ended = walk([cell(1), cell(1, "1.3.6.1.4.1.9.10")])
    assert (ended, column.varbinds) == (True, [cell(1)])


def test_a_repeated_oid_is_a_loop_and_leaves_the_column_incomplete():
    column, ended = walk([cell(1), cell(2)], [cell(2)])
    assert ended
    assert column.problem == f"the agent gave {COLUMN}.2 a second time after {COLUMN}.2"
    assert len(column.varbinds) == 2


def test_a_loop_over_many_rows_is_found_at_its_first_repeat():
    column, ended = walk([cell(5), cell(6), cell(7)], [cell(5)])
    assert ended
    assert "a second time" in column.problem


def test_the_asked_oid_itself_as_an_answer_is_a_loop():
    builder = ColumnBuilder(COLUMN, 10)
    builder.take([VarBind(ber.encode_oid(COLUMN), ber.INTEGER, 1)])
    assert builder.next is None
    assert "a second time" in builder.column().problem


def test_a_smaller_but_new_oid_is_kept_and_counted():
    column, ended = walk([cell(5), cell(3), cell(4), cell(9)])
    assert not ended
    assert (column.backward, column.problem, len(column.varbinds)) == (1, None, 4)


def test_a_repeat_after_a_step_back_is_still_a_loop():
    column, _ended = walk([cell(5), cell(3), cell(9)], [cell(9)])
    assert "a second time" in column.problem


def test_a_jump_back_out_of_the_column_is_no_end_of_the_table():
    column, ended = walk([cell(1), VarBind(ber.encode_oid("1.3.6.1.2.1.1.1.0"), ber.INTEGER, 1)])
    assert ended
    assert column.problem == f"the agent jumped back to 1.3.6.1.2.1.1.1.0 after {COLUMN}.1"


def test_octets_do_not_sort_as_oids_do():
    column, _ended = walk([cell(127), cell(128), cell(16383), cell(16384), cell("16384.1")])
    assert column.backward == 0
    assert walk([cell(16384), cell(16383)])[0].backward == 1


def test_too_many_rows_are_cut_and_said():
    column, ended = walk([cell(1), cell(2), cell(3)], max_rows=2)
    assert ended
    assert (len(column.varbinds), column.problem) == (2, f"more than 2 rows after {COLUMN}.2")


def test_a_varbind_that_cannot_be_read_makes_the_column_incomplete_but_not_shorter():
    column, ended = walk([cell(1), VarBind(b"", ber.UNREADABLE, None), cell(3)])
    assert not ended
    assert (len(column.varbinds), column.problem) == (2, "1 varbinds could not be read")


def test_an_answer_of_which_nothing_can_be_read_ends_the_walk():
    column, ended = walk([cell(1)], [VarBind(b"", ber.UNREADABLE, None)])
    assert ended
    assert column.problem == f"no readable varbind in the answer after {COLUMN}.1"


def test_a_failure_says_how_far_the_walk_came():
    builder = ColumnBuilder(COLUMN, 10)
    builder.take([cell(7)])
    builder.fail("genErr (5)")
    assert builder.next is None
    assert builder.column().problem == f"genErr (5) after {COLUMN}.7"


@given(st.lists(st.lists(st.integers(0, 20_000), min_size=1, max_size=5), max_size=60))
def test_whatever_an_agent_serves_the_walk_ends_and_gives_no_row_twice(answers):
    builder = ColumnBuilder(COLUMN, 40)
    for indexes in answers:
        if builder.next is None:
            break
        builder.take([cell(index) for index in indexes])
    column = builder.column()
    oids = [varbind.oid for varbind in column.varbinds]
    keys = [ber.arcs(oid) for oid in oids]
    assert len(set(oids)) == len(oids) <= 40
    assert column.backward == sum(later < earlier for earlier, later in pairwise(keys))
    given_all = sum(map(len, answers))
    assert len(oids) == given_all or column.problem is not None
