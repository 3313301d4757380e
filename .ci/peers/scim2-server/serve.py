"""An independent SCIM endpoint: scim2-server with the WorkatoRole extension, users in memory, a free loopback port.

serve.py CONFIG ROLE_SCHEMA: the service provider configuration and the extension's schema, both JSON files.
The first line printed is the base URL; it runs until SIGTERM.
"""

import json
import os
import secrets
import signal
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from scim2_models import ResourceType, Schema, ScimProvider, ServiceProviderConfig
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import load_default_resource_types, load_default_schemas


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    config_path, role_path = sys.argv[1:3]
    token = os.environ.get("SCIMDECK_PEER_TOKEN", "peer-token")
    role = load(role_path)
    config = ServiceProviderConfig.model_validate(load(config_path))
    config.authentication_schemes = [BEARER_TOKEN_SCHEME]
    types = []
    for kind in load_default_resource_types().values():
        data = kind.model_dump()
        if data["name"] == "User":
            data["schemaExtensions"].append({"schema": role["id"], "required": False})
        types.append(ResourceType.model_validate(data))
    schemas = [*load_default_schemas().values(), Schema.model_validate(role)]
    provider = ScimProvider.from_discovery(schemas, types, config=config)
    service = ScimService(provider, secret=secrets.token_urlsafe(32))
    app = BearerTokenApplication(InMemoryStorage(), provider, service=service, bearer_tokens=[token])
    with make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Quiet) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os._exit(0))
        print(f"http://127.0.0.1:{server.server_port}/v2", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
