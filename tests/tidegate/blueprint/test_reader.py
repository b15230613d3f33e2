"""Reading `tidegate.yml`: what is honoured, and every mistake at once with its line and a suggestion."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tidegate.blueprint import AutoDeploy, Blueprint, BlueprintError, EnvVar, Previews, Problem, Service, parse
from tidegate.blueprint.unsupported import ENV_VAR, OF_OTHER_TYPES, SERVICE, TOP, VALUES
from tidegate.preview import Generation

FULL = """
# A comment
previews:
  generation: manual
  expireAfterDays: 7
services:
  - type: web
    name: web
    runtime: docker
    rootDir: ./apps/web/
    branch: release
    autoDeployTrigger: checksPass
    requiredChecks: [test, lint]
    countStatuses: true
    buildFilter:
      paths:
        - apps/web/**
      ignoredPaths:
        - "**/*.md"
    dockerfilePath: ./docker/Dockerfile
    dockerContext: .
    dockerCommand: ./serve --quick
    preDeployCommand: ./migrate && ./seed
    healthCheckPath: /healthz
    maxShutdownDelaySeconds: 120
    numInstances: 3
    port: 8080
    memory: 512MB
    cpus: 0.5
    domains:
      - WWW.example.com
    envVars:
      - key: GREETING
        value: hello
      - key: COUNT
        value: 007
      - key: FLAG
        value: yes
      - key: EMPTY
        value: ""
      - key: SECRET
        generateValue: true
      - key: TOKEN
        sync: false
        copyToPreviews: true
      - key: MODE
        value: live
        previewValue: test
"""


def only(text: str) -> Service:
    (service,) = parse(dedent(text)).services
    return service


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(BlueprintError) as refused:
        parse(dedent(text))
    return refused.value.problems


def problem(text: str) -> Problem:
    (found,) = problems(text)
    return found


def of_service_all(fields: str) -> tuple[Problem, ...]:
    """Every problem of a service with these fields, each on a line of its own, from line 3 on."""
    lines = "\n".join(f"    {line}" for line in dedent(fields).strip().splitlines())
    return problems(f"services:\n  - name: web\n{lines}\n")


def of_service(fields: str) -> Problem:
    """The one problem of such a service."""
    (found,) = of_service_all(fields)
    return found


def test_everything_that_is_honoured() -> None:
    service = only(FULL)
    assert service.name == "web"
    assert service.type == "web"
    assert service.runtime == "docker"
    assert service.root_dir == "apps/web"
    assert service.branch == "release"
    assert service.trigger is AutoDeploy.CHECKS_PASS
    assert service.required_checks == ("test", "lint")
    assert service.count_statuses is True
    assert service.build_filter.paths == ("apps/web/**",)
    assert service.build_filter.ignored_paths == ("**/*.md",)
    assert service.dockerfile() == "apps/web/docker/Dockerfile"
    assert service.context_dir() == "apps/web"
    assert service.command() == ("./serve", "--quick")
    assert service.pre_deploy_command == "./migrate && ./seed"
    assert service.health_check_path == "/healthz"
    assert service.max_shutdown_delay_seconds == 120
    assert service.num_instances == 3
    assert service.port == 8080
    assert service.memory_bytes() == 512 * 2**20
    assert service.cpus == 0.5
    assert service.domains == ("www.example.com",)
    assert service.env_vars == (
        EnvVar(key="GREETING", value="hello"),
        EnvVar(key="COUNT", value="007"),
        EnvVar(key="FLAG", value="yes"),
        EnvVar(key="EMPTY", value=""),
        EnvVar(key="SECRET", generate=True),
        EnvVar(key="TOKEN", synced=False, copied=True),
        EnvVar(key="MODE", value="live", preview_value="test"),
    )


def test_the_least_is_a_name() -> None:
    service = only("services:\n  - name: web\n")
    assert service == Service(name="web")
    assert (service.port, service.num_instances, service.max_shutdown_delay_seconds) == (3000, 1, 30)
    assert (service.type, service.probed_path, service.trigger) == ("web", "/", AutoDeploy.COMMIT)
    assert (service.dockerfile(), service.context_dir(), service.root_dir) == ("Dockerfile", "", "")
    assert (service.branch, service.command(), service.pre_deploy_command, service.memory_bytes()) == (None,) * 4


def test_previews_are_off_unless_the_file_says_otherwise() -> None:
    assert parse("services:\n  - name: web\n").previews == Previews(generation=Generation.OFF, expire_after_days=None)
    assert parse(FULL).previews == Previews(generation=Generation.MANUAL, expire_after_days=7)


@pytest.mark.parametrize("generation", list(Generation))
def test_previews_as_render_s_blueprint_has_them(generation: Generation) -> None:
    text = f"previews:\n  generation: {generation}\nservices:\n  - name: web\n"
    assert parse(text).previews.generation is generation


@pytest.mark.parametrize(
    ("previews", "line", "message", "hint"),
    [
        ("previews: automatic", 1, "`previews: automatic` is not a mapping", "`name: value`"),
        ("previews: {generation: always}", 1, "`generation: always`", "`automatic` or `manual` or `off`"),
        ("previews: {generation: Manual}", 1, "`generation: Manual`", "`manual`"),
        ("previews:\n  generation: off\n  expireAfterDays: 0", 3, "out of range", "at least 1"),
        ("previews:\n  expireAfterDays: 366", 2, "out of range", "at most 365"),
        ("previews:\n  expireAfterDays: soon", 2, "not a whole number", ""),
        ("previews:\n  expiresAfterDays: 3", 2, "no field `expiresAfterDays`", "`expireAfterDays`"),
        ("previewsEnabled: true", 1, "older spelling", "`previews:`"),
    ],
)
def test_mistakes_in_previews(previews: str, line: int, message: str, hint: str) -> None:
    found = problem(f"{previews}\nservices:\n  - name: web\n")
    assert found.line == line
    assert message in found.message
    assert hint in found.hint


def test_a_disk() -> None:
    service = only("services:\n  - name: db\n    disk: {name: data, mountPath: /var/lib//db/, sizeGB: 20}\n")
    assert service.disk is not None
    assert (service.disk.name, service.disk.mount_path, service.disk.size_gb) == ("data", "/var/lib/db", 20)
    assert Service.load(service.dump()) == service
    assert service.most_instances == 1


@pytest.mark.parametrize(
    ("disk", "message", "hint"),
    [
        ("{name: data}", "`mountPath` is missing", "Add"),
        ("{name: data, mountPath: data}", "`data` is not an absolute path", "`/data`"),
        ("{name: data, mountPath: /}", "can't be at `/`", "`/data`"),
        ("{name: data, mountPath: /data/../etc/ssl}", "can't be at", "`/data`"),
        ("{name: My Data, mountPath: /data}", "can't be a disk's name", "lower-case"),
        ("{name: data, mountPath: /data, sizeGB: 0}", "out of range", "at least 1"),
        ("{name: data, mountPath: /data, sizeGb: 5}", "no field `sizeGb`", "`sizeGB`"),
        ("{name: data, mountPath: /data}\nnumInstances: 2", "one instance", "Remove it, or the disk"),
    ],
)
def test_mistakes_in_a_disk(disk: str, message: str, hint: str) -> None:
    (found,) = of_service_all(f"disk: {disk}")
    assert message in found.message
    assert hint in found.hint


def test_a_credential_for_a_private_registry() -> None:
    named = "{fromRegistryCreds: {name: team}}"
    built = only(f"services:\n  - name: web\n    registryCredential: {named}\n")
    fetched = f"services:\n  - name: web\n    runtime: image\n    image: {{url: 'ghcr.io/o/app', creds: {named}}}\n"
    assert built.credential == only(fetched).credential == "team"
    assert only("services:\n  - name: web\n").credential is None


def test_a_prebuilt_image() -> None:
    service = only("services:\n  - name: web\n    runtime: image\n    image: {url: 'ghcr.io/o/app:v1'}\n")
    assert service.prebuilt == "ghcr.io/o/app:v1"
    assert service.trigger is AutoDeploy.OFF


@pytest.mark.parametrize(
    ("fields", "line", "message", "hint"),
    [
        ("runtime: image", 3, "needs to know which image", "`url: …`"),
        ("image: {url: nginx}", 3, "`runtime: image` only", "Add `runtime: image`"),
        ("runtime: docker\nimage: {url: nginx}", 4, "`runtime: image` only", "Add `runtime: image`"),
        ("runtime: image\nimage: nginx", 4, "not a mapping", "`name: value`"),
        ("runtime: image\nimage: {tag: v1}", 4, "no field `tag`", ""),
        ("runtime: image\nimage: {url: NGINX}", 4, "not the name of an image", "Write it as"),
        ("runtime: image\nimage: {url: 'https://ghcr.io/o/app'}", 4, "scheme", "`ghcr.io/o/app`"),
        ("runtime: image\nimage: {url: tidegate/r1-web}", 4, "ours", "another image"),
        ("runtime: image\nimage:\n  url: nginx\n  creds: x", 6, "`creds: x` is not a mapping", "`name: value`"),
        ("runtime: image\nimage: {url: nginx, creds: {fromRegistryCreds: {nam: x}}}", 4, "no field `nam`", "`name`"),
        ("registryCredential: {fromRegistry: {name: x}}", 3, "no field `fromRegistry`", "`fromRegistryCreds`"),
        ("runtime: image\nimage: {url: nginx}\nregistryCredential: {}", 5, "nothing is built", "Remove it"),
        ("runtime: image\nimage: {url: nginx}\nrootDir: app", 5, "nothing is built", "Remove it"),
        ("runtime: image\nimage: {url: nginx}\ndockerfilePath: D", 5, "nothing is built", "Remove it"),
        ("runtime: image\nimage: {url: nginx}\ndockerContext: app", 5, "nothing is built", "Remove it"),
        ("runtime: image\nimage: {url: nginx}\nbuildFilter: {paths: [a]}", 5, "nothing is built", "Remove it"),
        ("runtime: image\nimage: {url: nginx}\nautoDeployTrigger: commit", 5, "by hand only", "`off`"),
        ("runtime: image\nimage: {url: nginx}\nautoDeployTrigger: checksPass", 5, "by hand only", "`off`"),
        ("runtime: images", 3, "`runtime: images`", "`image`"),
        ("runtime: image\nimage: {url: nginx}\nbuildCommand: make", 5, "nothing is built", "Remove it"),
        (
            "runtime: image\nimage: {url: nginx}\nstartCommand: x",
            5,
            "no meaning with `runtime: image`",
            "`dockerCommand`",
        ),
    ],
)
def test_mistakes_in_a_service_from_a_prebuilt_image(fields: str, line: int, message: str, hint: str) -> None:
    (found, *_) = [each for each in of_service_all(fields) if message in each.message]
    assert found.line == line
    assert hint in found.hint


def test_a_field_without_a_value_is_as_if_it_were_not_there() -> None:
    assert only("services:\n  - name: web\n    envVars:\n    rootDir:\n    branch: ~\n") == Service(name="web")


@pytest.mark.parametrize(
    ("written", "trigger"),
    [
        ("autoDeployTrigger: commit", AutoDeploy.COMMIT),
        ("autoDeployTrigger: checksPass", AutoDeploy.CHECKS_PASS),
        ("autoDeployTrigger: off", AutoDeploy.OFF),
        ("autoDeployTrigger: 'off'", AutoDeploy.OFF),
        ("autoDeploy: true", AutoDeploy.COMMIT),
        ("autoDeploy: yes", AutoDeploy.COMMIT),
        ("autoDeploy: false", AutoDeploy.OFF),
        ("autoDeploy: No", AutoDeploy.OFF),
    ],
)
def test_the_trigger_in_its_spellings(written: str, trigger: AutoDeploy) -> None:
    assert only(f"services:\n  - name: web\n    {written}\n").trigger is trigger


def test_yaml_s_anchors_and_merges_work() -> None:
    blueprint = parse(
        dedent("""
        services:
          - &common
            name: web
            port: 8080
            envVars: &variables [{key: A, value: b}]
          - <<: *common
            name: admin
          - name: api
            <<: [*common]
            port: 9090
        """)
    )
    web, admin, api = blueprint.services
    assert (web.port, admin.port, api.port) == (8080, 8080, 9090)
    assert admin.env_vars == web.env_vars == api.env_vars
    assert [service.name for service in blueprint.services] == ["web", "admin", "api"]


def test_every_mistake_is_told_at_once_in_the_order_of_lines() -> None:
    found = problems("""\
        services:
          - type: cron
            name: My App
            healthcheckPath: /x
            port: 99999
            port: 80
            plan: starter
            envVars:
              - key: A
          - name: web
            numInstances: many
        servces: []
        """)
    assert [(each.line, each.path) for each in found] == [
        (2, "services[0].type"),
        (3, "services[0].name"),
        (4, "services[0].healthcheckPath"),
        (5, "services[0].port"),
        (6, "services[0].port"),
        (7, "services[0].plan"),
        (9, "services[0].envVars[0]"),
        (11, "services[1].numInstances"),
        (12, "servces"),
    ]
    assert all(each.message.endswith(".") for each in found)
    assert "did you mean" in found[2].hint.lower()
    assert "line 5" in found[4].message


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("", 1, "is empty", "`- name: web`"),
        ("# only a comment\n", 1, "is empty", "`- name: web`"),
        ("just words", 1, "not a mapping", "`- name: web`"),
        ("- name: web\n", 1, "not a mapping", "`- name: web`"),
        ("services:\n", 1, "`services` is missing", "`- name: web`"),
        ("services: []\n", 1, "`services` is empty", "at least one"),
        ("services: web\n", 1, "`services: web` is not a list", "dash"),
        ("services:\n  name: web\n", 2, "`services` is not a list", "dash"),
        ("services:\n  - web\n", 2, "is not a mapping", "`name: value`"),
        ("services:\n  - port: 80\n", 2, "`name` is missing", "`name: …`"),
        ("services:\n  - name: web\n    port: [80]\n", 3, "`port` is not a whole number", ""),
        ("services:\n\t- name: web\n", 2, "not valid YAML", "not with tabs"),
        ("services:\n  - name: 'web\n", 3, "not valid YAML", "the one before"),
        ("services:\n  - name: web\n   port: 80\n", 3, "not valid YAML", "the one before"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML", ""),
        ("services:\n  - name: \x07\n", 2, "character that YAML forbids", ""),
        ("services: &a\n  - *a\n", 1, "nested too deeply", ""),
        ("[" * 4000, 1, "nested too deeply", ""),
        ("services:\n  - ? [a]\n    : b\n    name: web\n", 2, "can't be a list", "word"),
        ("services:\n  - name: web\n    <<: 5\n", 3, "merges mappings only", "`*name`"),
        ("services:\n  - name: !secret web\n", 2, "tag `!secret`", "Remove"),
        ("x" * 500_001, 1, "larger than", ""),
    ],
)
def test_files_that_are_no_deploy_file(text: str, line: int, message: str, hint: str) -> None:
    found = problem(text)
    assert found.line == line
    assert message in found.message
    assert hint in found.hint


def test_a_small_file_that_aliases_make_huge_is_refused() -> None:
    doubling = "".join(f"x{i}: &x{i} [*x{i - 1}, *x{i - 1}]\n" for i in range(1, 40))
    assert "too deeply" in problem(f"x0: &x0 [a]\n{doubling}").message


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ("healthcheckPath: /", "no field `healthcheckPath`", "`healthCheckPath`"),
        ("health_check_path: /", "no field `health_check_path`", "`healthCheckPath`"),
        ("dockerFile: x", "no field `dockerFile`", "`dockerfilePath`"),
        ("envvars: []", "no field `envvars`", "`envVars`"),
        ("instances: 2", "no field `instances`", "`numInstances`"),
        ("frobnicate: 1", "no field `frobnicate`", "Remove it"),
        ("type: webb", "`type: webb`", "`web`"),
        ("type: lambda", "`type: lambda`", "`web`"),
        ("runtime: dokcer", "`runtime: dokcer`", "`docker`"),
        ("autoDeployTrigger: checkspass", "`autoDeployTrigger: checkspass`", "`checksPass`"),
        ("autoDeployTrigger: maybe", "`autoDeployTrigger: maybe`", "`commit` or `checksPass` or `off`"),
        ("autoDeploy: perhaps", "neither true nor false", "autoDeployTrigger"),
        ("numInstances: 0", "`numInstances: 0` is out of range", "at least 1"),
        ("numInstances: 21", "`numInstances: 21` is out of range", "at most 20"),
        ("numInstances: 1.5", "not a whole number", ""),
        ("maxShutdownDelaySeconds: 0", "out of range", "at least 1"),
        ("maxShutdownDelaySeconds: 301", "out of range", "at most 300"),
        ("port: 0", "out of range", "at least 1"),
        ("port: 65536", "out of range", "at most 65535"),
        ("port: http", "not a whole number", ""),
        ("cpus: 0", "out of range", "more than 0"),
        ("cpus: lots", "not a number", ""),
        ("cpus: .inf", "not a number", ""),
        ("memory: lots", "not an amount of memory", "`512MB`"),
        ("memory: 512", "less than a container", "unit"),
        ("memory: 1MB", "less than a container", "6MB"),
        ("healthCheckPath: healthz", "not a path", "`/healthz`"),
        ("rootDir: /srv", "absolute", "`srv`"),
        ("rootDir: ../other", "leads out", ""),
        ("dockerContext: ..", "leads out", ""),
        ("dockerfilePath: docker/", "names no file", "`./Dockerfile`"),
        ("dockerfilePath: .", "names no file", "`./Dockerfile`"),
        ("dockerCommand: a && b", "`&`", "/bin/sh -c"),
        ("dockerCommand: serve --port $PORT", "`$P`", "/bin/sh -c"),
        ("dockerCommand: serve > log", "`>`", "/bin/sh -c"),
        ("""dockerCommand: "say 'hi" """, "can't be split", "Close the quote"),
        ("preDeployCommand: ''", "is empty", "remove it"),
        ("branch: ''", "is empty", "remove it"),
        ("domains: [https://example.com]", "not a domain name", "without scheme"),
        ("domains: ['*.example.com']", "wildcard", "Name each"),
        ("domains: [localhost]", "not a domain name", ""),
        ("domains: [a.example.com, A.example.com]", "given twice", "one service"),
        ("domains: example.com", "not a list", "dash"),
        ("envVars: {A: b}", "not a list", "dash"),
        ("envVars: [A]", "not a mapping", ""),
        ("envVars: [{value: b}]", "`key` is missing", "key"),
        ("envVars: [{key: A}]", "nowhere", "generateValue"),
        ("envVars: [{key: A, value: b, sync: false}]", "more than one place", "One of".lower()),
        ("envVars: [{key: A, value: b, generateValue: true}]", "more than one place", ""),
        ("envVars: [{key: 1A, value: b}]", "can't be a variable's name", ""),
        ("envVars: [{key: PORT, value: 1}]", "`PORT`", "`port:`"),
        ("envVars: [{key: TIDEGATE_URL, value: b}]", "is ours", "another name"),
        ("envVars: [{key: A, value: b}, {key: A, value: c}]", "another variable named `A`", "name of its own"),
        ("envVars: [{key: A, valeu: b}]", "no field `valeu`", "`value`"),
        ("buildFilter: {paths: [/abs/**]}", "absolute", "`abs/**`"),
        ("buildFilter: {paths: [../x]}", "climbs out", ""),
        ("buildFilter: {ignoredPaths: [docs/]}", "directory", "`docs/**`"),
        ("buildFilter: {ignoredPaths: ['[ab']}", "nothing closes", "`]`"),
        ("buildFilter: {path: [a]}", "no field `path`", "`paths`"),
        ("buildFilter: [a]", "not a mapping", ""),
        ("requiredChecks: test\nautoDeployTrigger: checksPass", "not a list", "dash"),
        ("countStatuses: true", "`countStatuses` is for `checksPass` only", "`autoDeployTrigger: checksPass`"),
        ("countStatuses: many\nautoDeployTrigger: checksPass", "not true or false", ""),
        ("envVars: [{key: A, value: b, copyToPreviews: true}]", "secret variables", "Remove `copyToPreviews`"),
        ("envVars: [{key: A, sync: false, previewValue: b, copyToPreviews: true}]", "two values", "Keep one"),
        ("envVars: [{key: A, previewValue: b}]", "nowhere", "generateValue"),
        ("envVars: [{key: A, value: b, previewvalue: c}]", "no field `previewvalue`", "`previewValue`"),
        ("requiredChecks: [test]", "`requiredChecks` is for `checksPass` only", "`autoDeployTrigger: checksPass`"),
    ],
)
def test_mistakes_in_a_service(fields: str, message: str, hint: str) -> None:
    found = of_service(fields)
    assert found.line == 3
    assert found.column > 1
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("My App", "`my-app`"),
        ("web_1", "`web-1`"),
        ("-web", "`web`"),
        ("web-", "`web`"),
        ("a.b", "`a-b`"),
        ("ü", "lower-case"),
        ("x" * 41, "at most 40"),
        ("web-pr-12", "-pr-"),
    ],
)
def test_names_that_can_not_be_part_of_a_host_name(name: str, hint: str) -> None:
    assert hint in problem(f"services:\n  - name: {name}\n").hint


@pytest.mark.parametrize("name", ["web", "a", "1", "my-app-2", "x" * 40, "web-pr", "pr-12"])
def test_names_that_can(name: str) -> None:
    assert only(f"services:\n  - name: {name}\n").name == name


def test_services_have_names_of_their_own() -> None:
    found = problem("services:\n  - name: web\n  - name: api\n  - name: web\n")
    assert found.line == 4
    assert "another service named `web`, on line 2" in found.message


def test_a_domain_leads_to_one_service() -> None:
    found = problem("""\
        services:
          - name: web
            domains: [example.com]
          - name: api
            domains: [api.example.com, example.com]
        """)
    assert (found.line, found.path) == (5, "services[1].domains[1]")


def test_both_spellings_of_the_trigger_are_one_too_many() -> None:
    found = of_service("autoDeployTrigger: commit\nautoDeploy: true")
    assert found.line == 4
    assert "twice" in found.message


@pytest.mark.parametrize("name", sorted(SERVICE))
def test_fields_of_render_that_this_version_does_not_do_are_refused(name: str) -> None:
    found = of_service(f"{name}: something")
    assert found.line == 3
    assert f"`{name}`" in found.message
    assert found.hint


@pytest.mark.parametrize("name", sorted(TOP))
def test_sections_of_render_that_this_version_does_not_do_are_refused(name: str) -> None:
    found = problem(f"services:\n  - name: web\n{name}:\n  - a: b\n")
    assert found.line == 3
    assert f"`{name}`" in found.message
    assert found.hint


@pytest.mark.parametrize("name", sorted(ENV_VAR))
def test_sources_of_variables_that_this_version_does_not_do_are_refused(name: str) -> None:
    found = of_service(f"envVars:\n  - key: A\n    {name}: b")
    assert found.line == 5
    assert f"`{name}`" in found.message


@pytest.mark.parametrize("word", ["private", "pserv"])
def test_a_private_service_is_probed_at_its_port_unless_it_has_a_path(word: str) -> None:
    service = only(f"services:\n  - {{type: {word}, name: api}}\n")
    assert (service.type, service.probed_path) == ("private", None)
    asked = only(f"services:\n  - {{type: {word}, name: api, healthCheckPath: /well}}\n")
    assert asked.probed_path == "/well"


@pytest.mark.parametrize(("kind", "field"), [(kind, name) for kind, names in OF_OTHER_TYPES.items() for name in names])
def test_what_a_type_cannot_have_is_refused_with_the_reason(kind: str, field: str) -> None:
    needed = '\nschedule: "0 3 * * *"' if kind == "cron" else ""
    found = of_service(f"type: {kind}\n{field}: x{needed}")
    assert (found.line, found.path) == (4, f"services[0].{field}")
    assert f"`{field}` has no meaning with `type: {kind}`: " in found.message


def test_a_cron_service_runs_by_its_schedule_and_listens_nowhere() -> None:
    service = only('services:\n  - {type: cron, name: report, schedule: "0  3 * * MON-FRI"}\n')
    assert (service.schedule, service.listens, service.stays) == ("0 3 * * MON-FRI", False, False)


@pytest.mark.parametrize(
    ("fields", "line", "message"),
    [
        ("type: cron", 3, "A cron service needs a `schedule`."),
        ('type: cron\nschedule: "61 * * * *"', 4, "`61` is no minute."),
        ('type: cron\nschedule: "0 0 31 2 *"', 4, "No date ever meets `0 0 31 2 *`."),
        ("type: cron\nschedule: daily", 4, "A schedule has five fields, and this has 1."),
        ('schedule: "* * * * *"', 3, "`schedule` has no meaning with `type: web`: only cron services run by one."),
    ],
)
def test_a_schedule_is_refused_at_its_line(fields: str, line: int, message: str) -> None:
    found = of_service(fields)
    assert (found.line, found.message) == (line, message)


def test_a_schedule_that_yaml_takes_for_an_alias_is_refused_at_its_line() -> None:
    (found,) = problems("services:\n  - type: cron\n    name: x\n    schedule: */5 * * * *\n")
    assert (found.line, "quotes" in found.hint) == (4, True)


@pytest.mark.parametrize(("name", "value"), sorted(VALUES))
def test_types_and_runtimes_that_this_version_does_not_do_are_refused_by_name(name: str, value: str) -> None:
    found = of_service(f"{name}: {value}")
    assert found.line == 3
    assert f"`{name}: {value}` is not" in found.message
    assert "yet" in found.message


def test_problems_read_as_lines() -> None:
    with pytest.raises(BlueprintError, match=r"line 2: `port: x` is not a whole number\."):
        parse("services:\n  - {name: web, port: x}\n")


def test_an_error_lists_them_all() -> None:
    with pytest.raises(BlueprintError) as refused:
        parse("services:\n  - name: W\n    port: x\n")
    assert str(refused.value).count("line ") == 2


def problems_if_any(text: str) -> tuple[Problem, ...]:
    """None for a file that is read; a refusal has at least one."""
    try:
        assert isinstance(parse(text), Blueprint)
    except BlueprintError as refused:
        return refused.problems or pytest.fail("refused without a reason")
    return ()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from([*(field.alias or name for name, field in Service.model_fields.items()), *SERVICE, "x"])
services = st.dictionaries(field_names, values, max_size=6) | values


@given(st.lists(services, max_size=3) | values)
def test_whatever_a_file_holds_is_read_or_refused_with_lines(found: Any) -> None:
    text = yaml.safe_dump({"services": found})
    for each in problems_if_any(text):
        assert 1 <= each.line <= text.count("\n") + 1
        assert each.message


@given(st.text(max_size=200))
def test_whatever_text_is_read_or_refused(text: str) -> None:
    for each in problems_if_any(text):
        assert each.message


names = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(lambda name: "-pr-" not in name)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": names},
            optional={
                "port": st.integers(1, 65535),
                "numInstances": st.integers(1, 20),
                "maxShutdownDelaySeconds": st.integers(1, 300),
                "autoDeployTrigger": st.sampled_from([str(each) for each in AutoDeploy]),
                "cpus": st.floats(0.01, 64),
                "preDeployCommand": st.text(min_size=1, max_size=20),
                "branch": st.text(min_size=1, max_size=20),
            },
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda service: service["name"],
    )
)
def test_what_is_in_range_is_read_as_it_is_written(found: list[dict[str, Any]]) -> None:
    blueprint = parse(yaml.safe_dump({"services": found}))
    for service, fields in zip(blueprint.services, found, strict=True):
        dumped = service.dump()
        assert {name: dumped[name] for name in fields} == fields
