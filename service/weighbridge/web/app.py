"""The application: resources, problems, request ids and, where set, tokens. It keeps no state."""

from flask import Flask

from weighbridge.settings import Settings
from weighbridge.web.metrics import metrics
from weighbridge.web.problems import register_problems
from weighbridge.web.resources.check import check_resource
from weighbridge.web.resources.convert import convert_resource
from weighbridge.web.resources.count import count_resource
from weighbridge.web.resources.diff import diff_resource
from weighbridge.web.resources.formats import formats
from weighbridge.web.resources.health import health_resource
from weighbridge.web.resources.layers import layers
from weighbridge.web.resources.memory import memory_resource
from weighbridge.web.resources.problems import problems
from weighbridge.web.resources.sweep import sweep_resource
from weighbridge.web.resources.version import version_resource
from weighbridge.web.service import Service
from weighbridge.web.tokens import require_tokens


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application; without `settings`, with those of the environment (`SettingsError`)."""
    settings = settings or Settings.from_environment()
    app = Service("weighbridge", static_folder=None)
    _settle_addresses(app)
    for resource in (
        count_resource(settings.limits),
        check_resource(settings.limits),
        convert_resource(settings.limits),
        diff_resource(settings.limits),
        sweep_resource(settings.limits),
        memory_resource(settings.limits),
        layers,
        formats,
        problems,
        health_resource(settings.limits),
        version_resource(settings.limits),
        metrics,
    ):
        app.register_blueprint(resource)
    register_problems(app)
    if settings.tokens:
        require_tokens(app, settings.tokens)
    return app


def _settle_addresses(app: Flask) -> None:
    """Never redirect: a client that follows a redirect may turn its POST into a GET."""
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
