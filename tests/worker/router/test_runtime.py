"""HAProxy's answers, read back."""

from __future__ import annotations

from worker.router.layout import Running
from worker.router.runtime import parse

# As HAProxy 2.6 prints it; 2.8 differs in the length of the header of the servers' table only.
ANSWER = """\
# name
unknown
nothing_live
not_answering
slot_0
slot_1

1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight
4 slot_0 1 dep-a_10.0.0.1:3000 10.0.0.1 2 0 1 1 0 1 0 0 0 0 0 0 - 3000 - 0 0 - - 0
4 slot_0 2 dep-a_fd00::1:3000 fd00::1 2 1 1 1 0 1 0 0 0 0 0 0 - 3000 - 0 0 - - 0
5 slot_1 1 dep-b_10.0.0.1:3001 10.0.0.1 2 8 1 1 0 1 0 0 0 0 0 0 - 3001 - 0 0 - - 0

0x559044bd3610 shop.test slot_0
0x7fc53c04c9e0 blog.test nothing_live

"""


def test_the_running_state_is_read_back() -> None:
    assert parse(ANSWER) == Running(
        slots=2,
        hosts={"shop.test": "slot_0", "blog.test": "nothing_live"},
        servers={
            0: {"dep-a_10.0.0.1:3000": True, "dep-a_fd00::1:3000": False},
            1: {"dep-b_10.0.0.1:3001": False},
        },
    )


def test_a_proxy_without_routes_has_slots() -> None:
    assert parse("# name\nslot_0\n\n1\n# be_id be_name\n\n\n") == Running(slots=1)
