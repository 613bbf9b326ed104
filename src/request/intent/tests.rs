//! Who asks for something, and who asks a question.

use super::*;
use jiff::civil::date;

#[track_caller]
fn check(text: &str, goes_on: bool, expected: Option<Kind>) {
    let products = ["Weave".to_owned(), "Shuttle".to_owned()];
    let context = Context {
        products: &products,
        ..Context::of_day(date(2026, 7, 28), "EUR".parse().unwrap())
    };
    let known = ["Harbour Foods".to_owned()];
    assert_eq!(of(text, &context, &known, goes_on), expected, "{text}");
}

#[test]
fn who_asks_for_something_is_understood() {
    let register = Some(Kind::RegisterDeal);
    check("Please register a deal with Norlund AB", false, register);
    check(
        "register Norlund AB for Weave, 45k EUR, end of September",
        false,
        register,
    );
    check("I'd like to register a deal", false, register);
    check(
        "Could you please log this opportunity: Norlund AB, Weave",
        false,
        register,
    );
    check("New deal: Norlund AB, Weave, 45k", false, register);
    check(
        "Wir möchten ein Projekt bei der Norlund GmbH anmelden",
        false,
        register,
    );
    check(
        "Nous souhaitons enregistrer une affaire avec Norlund SA",
        false,
        register,
    );
    let extend = Some(Kind::ExtendProtection);
    check("Please extend the protection for Norlund", false, extend);
    check(
        "we need to ask for an extension on Norlund: their budget slipped",
        false,
        extend,
    );
    check(
        "Can you extend our window on Norlund until 30 November?",
        false,
        extend,
    );
    check(
        "withdraw my registration for Norlund",
        false,
        Some(Kind::WithdrawRegistration),
    );
    check(
        "Add an update to the Norlund deal: NDA signed",
        false,
        Some(Kind::UpdateDeal),
    );
    check(
        "We want to dispute the attribution of the Norlund deal",
        false,
        Some(Kind::DisputeAttribution),
    );
    check(
        "Please request EUR 3,000 MDF for a webinar in March",
        false,
        Some(Kind::RequestMdf),
    );
    check(
        "Norlund AB, Weave, 45k, Anna Lind, closing in September",
        false,
        register,
    );
    check(
        "It closes 30 September 2026, contact is Anna Lind",
        true,
        register,
    );
}

#[test]
fn who_asks_a_question_gets_an_answer() {
    let check = |text| check(text, false, None);
    check("How do I register a deal?");
    check("How early must we ask for an extension?");
    check("Can we extend the protection window of a registered deal?");
    check("What happens when two partners register the same customer?");
    check("Is my registration for Norlund approved yet?");
    check("Which deals did we register last month?");
    check("We would like to know how to register a deal");
    check("Can I withdraw a deal registration?");
    check("What do I have to add to a deal registration?");
    check("Who decides on MDF requests?");
    check("Why was the attribution of Norlund changed?");
    check("Show me deals with Norlund AB over 40k that close in September");
    check("deal registration rules");
    check("update on Norlund?");
    check("The Norlund registration is gone, can we still prolong it or register again?");
    check("Harbour Foods, Weave, 45k, closing in September");
}

#[test]
fn a_pasted_mail_needs_no_order() {
    let mail = "Hi all, had a good call with Anna Lind of Norlund AB (anna.lind@norlund.example) this morning. They \
                want to replace their paper lists, so Weave fits. She spoke of EUR 45,000 for the first year and \
                wants to sign by 30 September 2026. Best, Tom";
    check(mail, false, Some(Kind::RegisterDeal));
    let other = "Hi all, thanks for the help last week, the new portal looks good and my colleagues like the way it \
                 answers. We are now looking at how commissions are paid, in which month and in which currency.";
    check(other, false, None);
}
