// An independent SCIM endpoint on the scimmy libraries: users and groups in memory, the WorkatoRole extension,
// a free loopback port. The first line printed is the base URL; it runs until SIGTERM.
//
//   --ignore-filter   answers every filter with all users, status 200
//   --strict-enum     role values have canonicalValues: any other value is 400 invalidValue
import {randomUUID} from "node:crypto";
import {readFileSync} from "node:fs";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const switches = new Set(process.argv.slice(3));
const token = process.env.SCIMDECK_PEER_TOKEN ?? "peer-token";
const role = JSON.parse(readFileSync(process.argv[2], "utf8"));

const {Attribute, SchemaDefinition, Schema, Error: ScimError} = SCIMMY.Types;
const definition = new SchemaDefinition(role.name, role.id, role.description, role.attributes.map((attribute) =>
    new Attribute("string", attribute.name, switches.has("--strict-enum")
        ? {canonicalValues: attribute.canonicalValues} : {})));

class WorkatoRole extends Schema {
    static get definition() {
        return definition;
    }

    constructor(resource, direction = "both", basepath, filters) {
        super(resource, direction);
        Object.assign(this, definition.coerce(resource, direction, basepath, filters));
    }
}

/** A store of one resource type; `unique` names the attribute that may exist once, without case. */
function store(Resource, unique) {
    const rows = new Map();
    return SCIMMY.Resources.declare(Resource)
        .ingress(({id}, data) => {
            const wanted = JSON.parse(JSON.stringify(data));
            const same = (row) => String(row[unique]).toLowerCase() === String(wanted[unique]).toLowerCase();
            if (id !== undefined && !rows.has(id)) throw new ScimError(404, null, `Resource ${id} not found`);
            for (const row of rows.values()) {
                if (row.id !== id && same(row)) throw new ScimError(409, "uniqueness", `${unique} is taken`);
            }
            const now = new Date().toISOString();
            const row = {...wanted, id: id ?? randomUUID()};
            row.meta = {created: rows.get(row.id)?.meta?.created ?? now, lastModified: now};
            rows.set(row.id, row);
            return row;
        })
        .egress(({id, filter}) => {
            if (id === undefined) {
                const all = [...rows.values()];
                return filter && !switches.has("--ignore-filter") ? filter.match(all) : all;
            }
            if (!rows.has(id)) throw new ScimError(404, null, `Resource ${id} not found`);
            return rows.get(id);
        })
        .degress(({id}) => {
            if (!rows.delete(id)) throw new ScimError(404, null, `Resource ${id} not found`);
        });
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.User.extend(WorkatoRole, false);
store(SCIMMY.Resources.User, "userName");
store(SCIMMY.Resources.Group, "displayName");

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("Authorization not granted");
        return "peer";
    },
}));

const server = app.listen(0, "127.0.0.1", () => {
    process.stdout.write(`http://127.0.0.1:${server.address().port}/scim/v2\n`);
});
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
