//! Tests that the statements on the privacy page match the code.

use std::{fs, path::Path};

use shared::domain::fields::{Bilingual, Field, FixedField, PersonalData};

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
        let Bilingual { ja, en } = on_page(class);
        assert!(japanese.contains(ja) && english.contains(en), "{class:?}");
    }
}

/// Returns the name of a class on the page.
fn on_page(class: PersonalData) -> Bilingual {
    let (ja, en) = match class {
        PersonalData::Name => ("お名前", "name"),
        PersonalData::Organization => ("所属組織", "organisation"),
        PersonalData::Position => ("役職・部署", "title and department"),
        PersonalData::EmailAddress => ("電子メールアドレス", "e-mail address"),
        PersonalData::Address => ("勤務先の住所", "business address"),
        PersonalData::Telephone => ("電話番号", "telephone number"),
        PersonalData::Credential => ("利用者確認の情報", "Identity check"),
    };
    Bilingual { ja, en }
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/privacy.html")).unwrap()
}
