"""The router's table, derived from what serves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.instance import Instance, InstanceState
from tidegate.routing import Backend, Route, RoutingTable, Serving, routing_table

DOMAIN = "apps.example.com"


def instance(deployment: str, index: int) -> Instance:
    return Instance(deployment, index, "local", f"c{index}", f"10.0.0.{index + 1}", 3000, InstanceState.HEALTHY)


def serving(deployment: str, sha: str = "abc1234", instances: int = 1) -> Serving:
    return Serving(deployment, sha + "0" * 33, tuple(instance(deployment, index) for index in range(instances)))


def route(service: str = "web", routed: str | None = None, *found: Serving, **others: Any) -> Route:
    fields = {"environment": "production", "repository": "octocat/hello", "definition": {}, **others}
    return Route(service=service, routed=routed, serving=found, **fields)


def test_a_service_that_never_was_live_is_known() -> None:
    table = routing_table([route()], DOMAIN)
    assert table.hosts == {"web.apps.example.com": None}
    assert table.backends == {}


def test_all_names_lead_to_the_routed_deployment() -> None:
    definition = {"domains": ["WWW.example.com"]}
    table = routing_table([route("web", "d1", serving("d1", instances=2), definition=definition)], DOMAIN)
    assert table.hosts == {
        "web.apps.example.com": "d1",
        "web-abc1234.apps.example.com": "d1",
        "www.example.com": "d1",
    }
    assert table.backends == {"d1": Backend("d1", (("10.0.0.1", 3000), ("10.0.0.2", 3000)))}


def test_a_new_deployment_can_be_tried_beside_the_old_one() -> None:
    table = routing_table([route("web", "d1", serving("d1", "aaaaaaa"), serving("d2", "bbbbbbb"))], DOMAIN)
    assert table.hosts["web.apps.example.com"] == "d1"
    assert table.hosts["web-bbbbbbb.apps.example.com"] == "d2"


def test_a_commit_s_own_name_leads_to_its_newest_deployment() -> None:
    table = routing_table([route("web", "d1", serving("d1"), serving("d2"))], DOMAIN)
    assert table.hosts["web-abc1234.apps.example.com"] == "d2"


def test_a_routed_deployment_without_a_healthy_instance_is_not_sent_to() -> None:
    """And is not taken for one that never was live."""
    table = routing_table([route("web", "gone", serving("d1"))], DOMAIN)
    assert table.hosts["web.apps.example.com"] == "gone"
    assert table.backends["gone"].servers == ()


def test_one_that_is_not_well_takes_no_name_away_from_one_that_serves() -> None:
    sick = route("web", "d1", repository="mona/hello")
    well = route("web", "d2", serving("d2"))
    for routes in ([sick, well], [well, sick]):
        assert routing_table(routes, DOMAIN).hosts["web.apps.example.com"] == "d2"


def test_no_host_name_leads_to_a_private_service() -> None:
    private = route("api", "d1", replace(serving("d1"), public=False), definition={"type": "private"})
    assert routing_table([private], DOMAIN) == RoutingTable({}, {})


def test_a_service_serves_until_a_deploy_has_made_it_private() -> None:
    pending = route("api", "d1", serving("d1"), definition={"type": "private"})
    assert routing_table([pending], DOMAIN).hosts["api.apps.example.com"] == "d1"


def test_a_service_has_its_name_before_a_deploy_has_made_it_public() -> None:
    pending = route("api", "d1", replace(serving("d1"), public=False))
    assert routing_table([pending], DOMAIN) == RoutingTable({"api.apps.example.com": None}, {})


def test_previews_have_no_custom_domains() -> None:
    preview = route("web", None, environment="pr-3", definition={"domains": ["www.example.com"]})
    assert routing_table([preview], DOMAIN).hosts == {"web-pr-3.apps.example.com": None}


def test_a_newcomer_takes_no_name_away_from_one_that_serves() -> None:
    one = route("web", "d1", serving("d1", "aaaaaaa"))
    other = route("web", "d2", serving("d2", "bbbbbbb"), repository="mona/hello")
    assert routing_table([one, other], DOMAIN).hosts["web.apps.example.com"] == "d1"
    idle = route("web", None, repository="mona/hello")
    assert routing_table([idle, one], DOMAIN).hosts["web.apps.example.com"] == "d1"


ids = st.sampled_from(["d1", "d2", "d3"])
routes = st.builds(
    lambda service, routed, found: route(service, routed, *[serving(each, each + "00000") for each in found]),
    st.sampled_from(["web", "api"]),
    st.none() | ids,
    st.lists(ids, unique=True, max_size=3),
)


@given(st.lists(routes, max_size=4))
def test_every_name_leads_to_a_backend_or_nowhere(found: list[Route]) -> None:
    table = routing_table(found, DOMAIN)
    assert all(target is None or target in table.backends for target in table.hosts.values())
    assert all(host == host.lower() and ":" not in host for host in table.hosts)
    well = {each.deployment_id for route in found for each in route.serving}
    assert all(table.backends[key].servers for key in table.backends.keys() & well)
    assert {f"{each.service}.{DOMAIN}" for each in found} <= set(table.hosts)


def entering(deployment: str, instances: int) -> Serving:
    return Serving(deployment, "b" * 40, tuple(instance(deployment, 10 + index) for index in range(instances)), True)


@pytest.mark.parametrize(
    ("old", "new", "of_old", "of_new"),
    [
        (3, 1, 2, 1),
        (3, 2, 1, 2),
        (3, 3, 1, 3),  # the last leaves with the switch
        (2, 1, 1, 1),
        (2, 5, 1, 5),
    ],
)
def test_new_instances_take_the_places_of_old_ones(old: int, new: int, of_old: int, of_new: int) -> None:
    table = routing_table([route("web", "d1", serving("d1", instances=old), entering("d2", new))], DOMAIN)
    target = table.hosts["web.apps.example.com"]
    assert target is not None
    both = [address for address, _ in table.backends[target].servers]
    assert [len([each for each in both if each in ours]) for ours in (_addresses(old), _addresses(new, 10))] == [
        of_old,
        of_new,
    ]
    assert (table.hosts["web-bbbbbbb.apps.example.com"], len(table.backends["d2"].servers)) == ("d2", new)
    assert len(table.backends["d1"].servers) == old, "whoever asks for the old version by its name gets it"


def _addresses(count: int, first: int = 0) -> set[str]:
    return {f"10.0.0.{first + index + 1}" for index in range(count)}


@pytest.mark.parametrize(
    ("routed", "found"),
    [
        ("d1", (serving("d1"), entering("d2", 2))),  # one alone is replaced by the switch
        ("d1", (serving("d1", instances=2), serving("d2", instances=2))),  # a draining one does not come in
        ("d2", (serving("d1", instances=2), entering("d2", 2))),  # the switch is being made
    ],
    ids=["one", "leaving", "switched"],
)
def test_otherwise_all_traffic_goes_to_one_version(routed: str, found: tuple[Serving, ...]) -> None:
    table = routing_table([route("web", routed, *found)], DOMAIN)
    assert table.hosts["web.apps.example.com"] == routed
    assert set(table.backends) == {"d1", "d2"}


def test_a_preview_s_rollout_is_kept_from_search_engines_throughout() -> None:
    table = routing_table(
        [route("web", "d1", serving("d1", instances=2), entering("d2", 1), environment="pr-3")], DOMAIN
    )
    assert all(backend.noindex for backend in table.backends.values())
