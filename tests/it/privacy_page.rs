//! Tests that the statements on the privacy page match the code.

use std::{fs, path::Path};

use shared::domain::fields::{Bilingual, Field, FixedField};

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

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/privacy.html")).unwrap()
}
