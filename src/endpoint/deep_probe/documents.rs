//! The discovery documents (RFC 7644, 4): what the endpoint says about itself.

use std::collections::BTreeSet;

use super::{Look, rows};
use crate::domain::ProfileAttribute;
use crate::endpoint::excerpt;
use crate::scim::discovery::Capabilities;
use crate::scim::resource::{self, Resource};

const NO_DOCUMENT: &str =
    "Nothing: okta-classic needs no such document. The profile rfc does without its claims.";

impl Look<'_> {
    pub(super) async fn documents(&mut self, attributes: &[ProfileAttribute]) {
        self.service_provider_config().await;
        self.resource_types().await;
        self.schemas(attributes).await;
    }

    async fn service_provider_config(&mut self) {
        let check = "Discovery: ServiceProviderConfig";
        match self.object(&["ServiceProviderConfig"], &[]).await {
            Err(trouble) => self.warn(check, trouble.text, NO_DOCUMENT),
            Ok((_, document)) => {
                let found = Capabilities::read(&document);
                let say = |name: &str, value: Option<bool>| match value {
                    Some(true) => format!("{name} yes"),
                    Some(false) => format!("{name} no"),
                    None => format!("{name} not said"),
                };
                let words = [
                    say("PATCH", found.patch),
                    say("filters", found.filter),
                    say("ETags", found.etag),
                    say("cursor pages", found.cursor),
                ];
                self.pass(check, words.join(", "));
            }
        }
    }

    async fn resource_types(&mut self) {
        let check = "Discovery: ResourceTypes";
        match self.object(&["ResourceTypes"], &[]).await {
            Err(trouble) => self.warn(check, trouble.text, NO_DOCUMENT),
            Ok((_, document)) => {
                let names: Vec<String> = rows(&document)
                    .iter()
                    .filter_map(|row| resource::text(row, "name").map(|name| excerpt(name, 30)))
                    .take(10)
                    .collect();
                let lacks = !names.iter().any(|name| name.eq_ignore_ascii_case("user"));
                match lacks {
                    true => self.warn(check, format!("no User among: {}", names.join(", ")), NO_DOCUMENT),
                    false => self.pass(check, names.join(", ")),
                }
            }
        }
    }

    /// Whether the attributes that assignments give are known there under the names we send.
    async fn schemas(&mut self, attributes: &[ProfileAttribute]) {
        let check = "Discovery: Schemas";
        let schemas = match self.object(&["Schemas"], &[]).await {
            Err(trouble) => return self.warn(check, trouble.text, NO_DOCUMENT),
            Ok((_, document)) => rows(&document),
        };
        self.pass(check, format!("{} are described", schemas.len()));
        let extensions: BTreeSet<&str> =
            attributes.iter().filter_map(|a| a.external_namespace.as_deref()).collect();
        for urn in extensions {
            let schema = schemas
                .iter()
                .find(|schema| resource::text(schema, "id").is_some_and(|id| id.eq_ignore_ascii_case(urn)));
            let wanted: Vec<&str> = attributes
                .iter()
                .filter(|a| a.external_namespace.as_deref() == Some(urn))
                .map(|a| a.external_name.as_str())
                .collect();
            self.extension(urn, schema, &wanted);
        }
    }

    fn extension(&mut self, urn: &str, schema: Option<&Resource>, wanted: &[&str]) {
        let check = "Role extension";
        let next =
            "Compare external name and external namespace in the Profile Editor with the app's documents.";
        let Some(schema) = schema else {
            let found = format!("{urn} is not described; values under it may be passed over in silence");
            return self.warn(check, found, next);
        };
        let described = resource::get(schema, "attributes").and_then(|list| list.as_array());
        let there: Vec<&str> = described
            .into_iter()
            .flatten()
            .filter_map(|attribute| resource::text(attribute.as_object()?, "name"))
            .collect();
        let missing: Vec<&str> = wanted
            .iter()
            .copied()
            .filter(|name| !there.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .collect();
        if missing.is_empty() {
            return self.pass(check, format!("{urn} has {}", wanted.join(", ")));
        }
        self.warn(check, format!("{urn} does not describe {}", missing.join(", ")), next);
    }
}
