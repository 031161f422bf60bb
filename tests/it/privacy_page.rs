//! Tests that the statements on the privacy page match the code.

use std::{fs, path::Path};

use shared::domain::{
    MINUTE,
    fields::{Bilingual, Field, FixedField},
    session::{ABSOLUTE_LIMIT, IDLE_LIMIT},
};

#[test]
fn the_privacy_page_names_every_class_of_personal_data() {
    let page = page();
    let entered = Field::ALL.iter().map(|field| field.spec().personal_data);
    let fixed = FixedField::ALL.iter().map(|field| field.spec().personal_data);
    let collected = |heading: &str| {
        let (_, from_heading) = page.split_once(heading).unwrap();
        from_heading.split_once("</dl>").unwrap().0
    };
    let (japanese, english) = (collected("<dt>申請の情報</dt>"), collected("<dt>Application</dt>"));
    for class in entered.chain(fixed) {
        let Bilingual { ja, en } = class.on_privacy_page();
        assert!(japanese.contains(ja) && english.contains(en), "{class:?}");
    }
}

#[test]
fn the_privacy_page_states_the_limits_of_a_session() {
    let (idle, longest) = (IDLE_LIMIT / MINUTE, ABSOLUTE_LIMIT / MINUTE);
    for statement in [
        format!("操作のないまま{idle}分で終わり、長くても{longest}分で終わります。"),
        format!("ends after {idle} minutes without input, and after {longest} minutes at the latest."),
    ] {
        assert!(page().contains(&statement), "{statement}");
    }
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/privacy.html")).unwrap()
}
