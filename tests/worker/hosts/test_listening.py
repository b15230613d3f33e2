"""Ports out of the kernel's table."""

from __future__ import annotations

from worker.hosts.listening import listening

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:A2B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 020011AC:0BB8 010011AC:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
   0: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
"""


def test_only_listeners_count_and_dockers_own_does_not() -> None:
    """8080 on loopback, 3000 on all interfaces (IPv6's any); a connection and the name server are left out."""
    assert listening(TABLE) == [3000, 8080]


def test_what_is_no_table_has_no_ports() -> None:
    assert listening("OCI runtime exec failed: cat: not found\n") == []
    assert listening("") == []
