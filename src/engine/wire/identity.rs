//! By what an account is found: the connection's unique identifier field and a person's value of it.

use serde_json::Value;

use crate::domain::{AccountValues, Call, Method, UniqueIdentifier};
use crate::scim::filter;
use crate::scim::resource::{self, Resource};

/// Rows asked for by a look-up, as Okta does: more than one shows a filter that is ignored.
const LOOK_UP_COUNT: &str = "100";

/// What an account is looked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The field.
    pub by: UniqueIdentifier,
    /// The person's value of it, never empty.
    pub value: String,
}

impl Identity {
    /// What this account is found by; none where it has no value of that field.
    pub fn of(by: UniqueIdentifier, values: &AccountValues) -> Option<Self> {
        let value = match by {
            UniqueIdentifier::UserName => &values.user_name,
            UniqueIdentifier::Email => &values.email,
            UniqueIdentifier::ExternalId => &values.external_id,
        };
        (!value.is_empty()).then(|| Self { by, value: value.clone() })
    }

    /// Looks for it by filter. `emails.value` and not `emails[value eq ...]`: the plain path is what more endpoints
    /// can read.
    pub fn look_up(&self) -> Call {
        let path = match self.by {
            UniqueIdentifier::UserName => "userName",
            UniqueIdentifier::Email => "emails.value",
            UniqueIdentifier::ExternalId => "externalId",
        };
        Call::new(Method::Get, &["Users"])
            .query("filter", format!("{path} eq {}", filter::quote(&self.value)))
            .query("startIndex", "1")
            .query("count", LOOK_UP_COUNT)
    }

    /// The value as it is compared.
    pub fn key(&self) -> String {
        key(self.by, &self.value)
    }

    /// Whether this resource has it.
    pub fn is(&self, resource: &Resource) -> bool {
        let wanted = self.key();
        held(self.by, resource).into_iter().any(|value| key(self.by, value) == wanted)
    }

    /// Whether this resource has it but for the case: what an endpoint that ignores case answers with is no proof
    /// that its filter is broken.
    pub fn is_nearly(&self, resource: &Resource) -> bool {
        let wanted = self.value.to_lowercase();
        held(self.by, resource).into_iter().any(|value| value.to_lowercase() == wanted)
    }
}

/// What the field is called in a sentence.
pub fn words(by: UniqueIdentifier) -> &'static str {
    match by {
        UniqueIdentifier::UserName => "user name",
        UniqueIdentifier::Email => "e-mail address",
        UniqueIdentifier::ExternalId => "externalId",
    }
}

/// A value as it is compared. An `externalId` is exact (RFC 7643, 3.1), the others are without case.
pub fn key(by: UniqueIdentifier, value: &str) -> String {
    match by {
        UniqueIdentifier::UserName | UniqueIdentifier::Email => value.to_lowercase(),
        UniqueIdentifier::ExternalId => value.to_owned(),
    }
}

/// The values of the field that a resource has, as they are: each of its addresses counts.
pub fn held(by: UniqueIdentifier, resource: &Resource) -> Vec<&str> {
    match by {
        UniqueIdentifier::UserName => resource::text(resource, "userName").into_iter().collect(),
        UniqueIdentifier::ExternalId => resource::text(resource, "externalId").into_iter().collect(),
        UniqueIdentifier::Email => {
            let emails = resource::get(resource, "emails").and_then(Value::as_array);
            let objects = emails.into_iter().flatten().filter_map(Value::as_object);
            objects.filter_map(|email| resource::text(email, "value")).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(by: UniqueIdentifier, value: &str) -> Identity {
        Identity { by, value: value.to_owned() }
    }

    fn ana() -> Resource {
        let ana = json!({"userName": "Ana@Example.com", "externalId": "00uA", "emails": [
            {"value": "Home@example.com", "type": "home"}, {"value": "ana@example.com", "primary": true}]});
        ana.as_object().cloned().unwrap()
    }

    #[test]
    fn each_field_has_its_own_filter() {
        let filter = |by, value: &str| of(by, value).look_up().query[0].1.clone();
        assert_eq!(filter(UniqueIdentifier::UserName, "a@x"), r#"userName eq "a@x""#);
        assert_eq!(filter(UniqueIdentifier::Email, "a@x"), r#"emails.value eq "a@x""#);
        assert_eq!(filter(UniqueIdentifier::ExternalId, "00u"), r#"externalId eq "00u""#);
    }

    #[test]
    fn a_quote_in_a_user_name_does_not_break_out_of_the_filter() {
        let call = of(UniqueIdentifier::UserName, "a\" or userName pr or \"").look_up();
        assert_eq!(call.query[0].1, r#"userName eq "a\" or userName pr or \"""#);
    }

    #[test]
    fn user_name_and_address_are_compared_without_case_and_an_external_id_exactly() {
        assert!(of(UniqueIdentifier::UserName, "ana@EXAMPLE.com").is(&ana()));
        assert!(of(UniqueIdentifier::Email, "HOME@example.com").is(&ana()), "each address counts");
        assert!(of(UniqueIdentifier::ExternalId, "00uA").is(&ana()));
        let other_case = of(UniqueIdentifier::ExternalId, "00UA");
        assert!(!other_case.is(&ana()) && other_case.is_nearly(&ana()));
    }

    #[test]
    fn without_a_value_there_is_nothing_to_look_for() {
        let values = AccountValues { user_name: "ana".into(), ..Default::default() };
        assert_eq!(Identity::of(UniqueIdentifier::Email, &values), None);
        assert!(Identity::of(UniqueIdentifier::UserName, &values).is_some());
    }
}
