//! Workato's guide for Okta from its first section to its last, by one operator at one console of 80x24; after each
//! section the workspace itself is asked what is there.

use serde_json::json;

use crate::home::Home;
use crate::nowhere::SCIM;
use crate::terminal::{Start, Terminal};
use crate::workspace::Workspace;

const NINA: &str = "nina@example.com";
const OLGA: &str = "olga@example.com";

/// The operator's screen, and the two sides it is about.
struct Story<'a> {
    home: &'a Home,
    there: Workspace<'a>,
    screen: Terminal,
    /// Who was in the workspace before SCIM; the first stays Admin.
    before: Vec<String>,
}

#[test]
fn every_section_of_the_guide_is_done_in_the_console_and_true_in_the_workspace() {
    let home = Home::beside(3);
    let there = home.workspace();
    let accounts = there.accounts();
    let before = accounts.iter().map(|a| a["userName"].as_str().unwrap().to_owned()).collect();
    // A copy: what is refreshed in the workspace is not known here.
    let token = home.token("copied-token", SCIM);
    home.connect(&token);
    let screen = Start::scimdeck(&[]).home(&home.path().join("home")).size(80, 24).run();
    let story = Story { home: &home, there, screen, before };
    story.configure_scim();
    story.configure_role_attributes();
    story.provision_existing_users();
    story.assign_a_new_user();
    story.see_the_invitation_accepted();
    story.assign_a_group();
    story.convert_assignments();
    story.update_a_role();
    story.deprovision_and_provision_again();
    story.disable_and_enable();
    story.refresh_the_token();
    story.screen.press("q");
    assert_eq!(story.screen.exit(), 0);
    story.screen.assert_given_back();
}

impl Story<'_> {
    fn configure_scim(&self) {
        let screen = &self.screen;
        screen.wait("Nobody is here yet").wait("workato [SANDBOX]");
        screen.press("5").wait("SCIM connection").wait("tests the connector");
        screen.press("t").wait("Connector configured successfully");
        assert_eq!(self.there.accounts().len(), 3, "a test writes nothing");
    }

    fn configure_role_attributes(&self) {
        let screen = &self.screen;
        screen.press("3").wait("App user profile (0)");
        screen.press("a").wait("Add attribute");
        screen.press("tab").send(b"workato_role").press("tab tab tab").wait("The extension's URN");
        screen.press("tab").send(b"\x1b[200~Admin\nAnalyst\nOperator\nNo access\x1b[201~").wait("No access");
        screen.press("tab").wait("space changes it").press("enter").wait_gone("Add attribute");
        screen.wait("Admin, Anal").wait("required");
        let attributes = self.home.done(&["attributes"]).to_string();
        assert!(attributes.contains("urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole"), "{attributes}");
        assert_eq!(self.home.command(&["attributes", "--lint"]).0, 0);
    }

    fn provision_existing_users(&self) {
        let rows: Vec<String> = self
            .before
            .iter()
            .zip(["Admin", "Analyst", "Operator"])
            .map(|(user, role)| format!("{user},,,yes,{role}\n"))
            .collect();
        self.home.import(&rows.concat());
        let screen = &self.screen;
        screen.press("1").wait("! 3 not provisioned").wait("p provisions them all");
        screen.press("p").wait("3 existing, to link").wait("> Cancel");
        screen.press("y").wait("3 done, 0 failed");
        screen.press("esc").wait("nobody flagged").wait_gone("not provisioned");
        assert_eq!(self.there.accounts().len(), 3, "nobody twice");
        for (user, role) in self.before.iter().zip(["Admin", "Analyst", "Operator"]) {
            assert_eq!(self.there.role(user), (role.to_owned(), true), "{user}");
        }
    }

    /// Makes a person of the directory; nothing is sent.
    fn add_person(&self, user_name: &str, given: &str) {
        let screen = &self.screen;
        screen.press("n").wait("New person").send(user_name.as_bytes()).press("tab").send(given.as_bytes());
        screen.press("tab").send(b"Berg");
        screen.press("enter").wait_gone("New person");
    }

    fn assign_a_new_user(&self) {
        let screen = &self.screen;
        self.add_person(NINA, "Nina");
        screen.press("v").wait("Assignments (1)").wait(NINA);
        screen.press("a").wait("Assign the app").wait("choose");
        screen.press("enter").wait("this role is required");
        screen.press("o").wait("< Operator >").press("enter").wait("1 done");
        assert_eq!(self.there.role(NINA).0, "Operator");
        assert_eq!(self.there.state(NINA), "pending");
        screen.press("v v").wait("Assignments (4)").wait("pending");
    }

    fn see_the_invitation_accepted(&self) {
        self.there.accept(NINA);
        let screen = &self.screen;
        screen.press("4").wait("invitation accepted");
        screen.press("1").wait("nobody flagged").wait_gone("pending");
        assert_eq!(self.there.state(NINA), "active");
    }

    fn assign_a_group(&self) {
        let screen = &self.screen;
        self.add_person(OLGA, "Olga");
        screen.press("2").wait("Groups (0)");
        screen.press("n").wait("New group").send(b"Engineering").press("enter").wait("Groups (1)");
        screen.press("m").wait("Add members").send(format!("{OLGA} {}", self.before[1]).as_bytes());
        screen.press("enter").wait_gone("Add members").wait("Members: ").wait("Olga Berg");
        screen.press("a").wait("Assign the app to a group").press("right right").wait("< Analyst >");
        screen.press("enter").wait("> Cancel");
        screen.press("y").wait_gone("> Cancel").wait("@ 1 pending").wait("Assign group: 1 done");
        assert_eq!(self.there.role(OLGA).0, "Analyst");
    }

    fn convert_assignments(&self) {
        let screen = &self.screen;
        screen.press("1").wait("Assignments (5)").press("C").wait("Select assignments to convert");
        screen.wait("= as they are").press("*").wait("1 selected").press("enter").wait("> Cancel");
        screen.press("y").wait("1 assignment converted");
        screen.press("esc").wait_gone("Select assignments to convert");
        assert_eq!(self.home.done(&["show", &self.before[1]])["type"], "group");
        assert_eq!(self.there.role(&self.before[1]).0, "Analyst");
    }

    /// Only this person is shown, under the cursor.
    fn only(&self, user_name: &str) {
        self.screen.press("1").wait("[1 Assignments]").press("/").send(user_name.as_bytes()).press("enter");
        self.screen.wait("Assignments (1)").wait(user_name);
    }

    fn all(&self) {
        self.screen.press("1").wait("[1 Assignments]").press("esc").wait("Assignments (5)");
    }

    fn update_a_role(&self) {
        let screen = &self.screen;
        self.only(NINA);
        let before = self.there.told_of("member_updated", NINA);
        screen.press("e").wait("Edit roles").wait("< Operator >").press("right").wait("< No access >");
        screen.press("enter").wait("Edit roles: 1 done");
        assert_eq!(self.there.role(NINA).0, "No access");
        self.all();
        screen.press("4").wait("[4 Audit Log]");
        screen.until("the change in the Audit Log", |screen| {
            let text = screen.contents();
            let fits =
                |row: &&str| ["scim_auto_sync update", "nina@", "Operator"].iter().all(|w| row.contains(w));
            text.lines().find(fits).map(|_| ())
        });
        assert_eq!(self.there.told_of("member_updated", NINA), before + 1);
    }

    fn deprovision_and_provision_again(&self) {
        let screen = &self.screen;
        let id = self.there.account(NINA)["id"].clone();
        self.only(NINA);
        screen.press("S").wait("Suspend").wait("> Cancel");
        screen.press("y").wait("Suspend: 1 done");
        assert!(!self.there.role(NINA).1, "access ends");
        screen.press("A").wait("Reactivate").wait("> Cancel");
        screen.press("y").wait("Reactivate: 1 done");
        assert_eq!(self.there.role(NINA), ("No access".to_owned(), true));
        assert_eq!(self.there.account(NINA)["id"], id, "the same account");
        self.all();
    }

    fn disable_and_enable(&self) {
        let screen = &self.screen;
        screen.press("6").wait("[6 Tasks]").wait("Tasks (0)");
        screen
            .press("5 g")
            .wait("SCIM connection")
            .press("e")
            .wait("Disable SCIM provisioning")
            .wait("> Cancel");
        screen.press("y").wait_gone("> Cancel").wait("disabled");
        self.only(OLGA);
        screen.press("S").wait("> Cancel");
        screen
            .press("y")
            .wait("stopped early")
            .press("esc")
            .wait_gone("stopped early")
            .wait("access remains");
        assert!(self.there.role(OLGA).1, "nothing is sent");
        screen.press("6").wait("Tasks (1)").wait(OLGA);
        screen
            .press("5 g")
            .wait("SCIM connection")
            .press("e")
            .wait("Enable SCIM provisioning")
            .wait("> Cancel");
        screen.press("y").wait_gone("> Cancel").wait("enabled since");
        screen.press("6").wait("Tasks (0)");
        assert!(!self.there.role(OLGA).1, "what was kept is sent");
        self.all();
    }

    fn refresh_the_token(&self) {
        let screen = &self.screen;
        let answer = self.there.by_hand("refresh_token", json!({}));
        self.only(&self.before[2]);
        screen.press("e").wait("Edit roles").press("left").press("enter").wait_gone("Edit roles ─");
        screen.wait("stopped early").press("esc").wait_gone("stopped early").wait("The token was refused");
        screen.press("5").wait("[5 Provisioning]");
        screen.press("T").wait("Replace the token");
        self.there.home.keeps("home/tokens/connection-1");
        let token = answer["token"].as_str().unwrap();
        screen.send(format!("\x1b[200~{token}\x1b[201~").as_bytes()).wait("characters");
        screen.press("enter").wait_gone("Replace the token").wait_gone("refused");
        screen.press("1").wait("nobody flagged");
        let all = String::from_utf8_lossy(&screen.bytes()).into_owned();
        assert!(!all.contains(token), "the token was on the screen");
        // A change that waits for its turn is no flag: it may still be on its way.
        screen.until("the role there", |_| (self.there.role(&self.before[2]).0 == "Analyst").then_some(()));
    }
}
