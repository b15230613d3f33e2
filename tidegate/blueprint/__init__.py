"""The deploy file, `tidegate.yml`: what it may say (model); its text read, or every mistake in it at once (reader)."""

from tidegate.blueprint.model import AutoDeploy, Blueprint, BuildFilter, Image, Previews, Service
from tidegate.blueprint.problem import BlueprintError, Problem
from tidegate.blueprint.reader import parse
from tidegate.blueprint.schema import json_schema
from tidegate.blueprint.variable import EnvVar
from tidegate.repository import DEPLOY_FILE as FILE_NAME

__all__ = [
    "FILE_NAME",
    "AutoDeploy",
    "Blueprint",
    "BlueprintError",
    "BuildFilter",
    "EnvVar",
    "Image",
    "Previews",
    "Problem",
    "Service",
    "json_schema",
    "parse",
]
