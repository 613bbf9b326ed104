use super::*;
use crate::assistant::{draft::Gap, tools::Tool, verify::Failure};
use serde_json::json;

const LIMITS: Limits = Limits {
    replies: 3,
    tokens: None,
    cost: None,
    prices: [0.0; 2],
};

fn search() -> ToolCall {
    ToolCall {
        tool: Tool::SearchKnowledge,
        arguments: json!({"query": "tiers"}),
    }
}

fn passed(text: &str) -> Verdict {
    let released = Released {
        text: text.into(),
        gap: Gap::Word,
        citations: vec![],
    };
    Verdict {
        released: vec![released],
        ..Verdict::default()
    }
}

fn failed(text: &str) -> Verdict {
    let withheld = Withheld {
        text: text.into(),
        reason: Failure::Uncited,
    };
    Verdict {
        withheld: vec![withheld],
        ..Verdict::default()
    }
}

fn replied(turn: &mut Turn, reply: ModelReply, said: Verdict) {
    turn.model_replied(
        reply,
        said,
        Usage {
            input: 100,
            output: 10,
        },
    );
}

fn calls(turn: &mut Turn) {
    replied(turn, ModelReply::CallTools(vec![search()]), Verdict::default());
}

#[test]
fn a_turn_searches_and_answers() {
    let mut turn = Turn::new(LIMITS);
    assert_eq!(
        turn.step(),
        Step::AskModel {
            tools: true,
            note: None
        }
    );
    calls(&mut turn);
    assert_eq!(turn.step(), Step::CallTools(vec![search()]));
    turn.tools_returned(vec![ToolReturn::Failed("index".into())]);
    assert!(turn.evidence().has_failure());
    assert_eq!(
        turn.step(),
        Step::AskModel {
            tools: true,
            note: None
        }
    );
    replied(&mut turn, ModelReply::Answered, passed("Ten percent."));
    assert_eq!(turn.step(), Step::Done(End::Answered(passed("Ten percent."))));
    assert_eq!(
        (turn.stopped(), turn.usage()),
        (
            None,
            Usage {
                input: 200,
                output: 20
            }
        )
    );
}

#[test]
fn a_model_that_only_calls_tools_is_stopped() {
    let mut turn = Turn::new(Limits { replies: 2, ..LIMITS });
    calls(&mut turn);
    turn.tools_returned(vec![ToolReturn::Passages(vec![])]);
    assert_eq!(
        turn.step(),
        Step::AskModel {
            tools: false,
            note: None
        }
    );
    calls(&mut turn);
    assert_eq!(turn.step(), Step::Done(End::Declined(Reason::NoAnswer)));
    assert_eq!(turn.stopped(), Some(Stop::Replies));
    turn.give_way(4);
    assert_eq!(
        turn.step(),
        Step::AskModel {
            tools: true,
            note: None
        }
    );
    assert!(turn.evidence().steps.is_empty());
    assert_eq!(turn.stopped(), Some(Stop::Replies));
}

#[test]
fn what_did_not_pass_is_said_once_more_at_most() {
    let mut turn = Turn::new(LIMITS);
    let mut said = passed("Ten percent.");
    said.withheld = failed("Everybody knows.").withheld;
    replied(&mut turn, ModelReply::Answered, said);
    let note = Some(Note::Withheld(failed("Everybody knows.").withheld));
    assert_eq!(turn.step(), Step::AskModel { tools: false, note });
    replied(&mut turn, ModelReply::Answered, failed("Everybody does know."));
    let Step::Done(End::Answered(verdict)) = turn.step() else {
        panic!("{:?}", turn.step())
    };
    assert_eq!((verdict.released.len(), verdict.withheld.len()), (1, 2));
    assert_eq!(turn.stopped(), None);

    let mut turn = Turn::new(LIMITS);
    replied(&mut turn, ModelReply::Answered, failed("Everybody knows."));
    replied(&mut turn, ModelReply::Unsupported, Verdict::default());
    assert_eq!(turn.step(), Step::Done(End::Declined(Reason::NotVerified)));
    assert_eq!(turn.stopped(), Some(Stop::NotVerified));
}

#[test]
fn a_reply_that_cannot_be_read_is_asked_for_again() {
    let mut turn = Turn::new(Limits { replies: 2, ..LIMITS });
    let unreadable = || ModelReply::Unreadable("no tool named \"x\"".into());
    replied(&mut turn, unreadable(), Verdict::default());
    let note = Some(Note::Unreadable("no tool named \"x\"".into()));
    assert_eq!(turn.step(), Step::AskModel { tools: false, note });
    replied(&mut turn, unreadable(), Verdict::default());
    assert_eq!(turn.stopped(), Some(Stop::Replies));
}

#[test]
fn a_limit_ends_the_model_and_not_what_it_said() {
    let check = |limits: Limits, expected: Stop| {
        let mut turn = Turn::new(limits);
        calls(&mut turn);
        assert_eq!(turn.step(), Step::Done(End::Declined(Reason::NoAnswer)));
        assert_eq!(turn.stopped(), Some(expected));
        let mut turn = Turn::new(limits);
        replied(&mut turn, ModelReply::Answered, passed("Ten percent."));
        assert_eq!(turn.step(), Step::Done(End::Answered(passed("Ten percent."))));
    };
    check(
        Limits {
            tokens: Some(110),
            ..LIMITS
        },
        Stop::Tokens,
    );
    let dear = Limits {
        cost: Some(0.01),
        prices: [50.0, 500.0],
        ..LIMITS
    };
    check(dear, Stop::Cost);
}

#[test]
fn what_was_shown_stays_when_the_model_breaks_off() {
    let mut turn = Turn::new(LIMITS);
    turn.model_failed(Stop::ModelFailed, passed("Ten percent."));
    assert_eq!(turn.step(), Step::Done(End::Answered(passed("Ten percent."))));
    assert_eq!(turn.stopped(), Some(Stop::ModelFailed));
    let mut turn = Turn::new(LIMITS);
    turn.model_failed(Stop::Time, Verdict::default());
    assert_eq!(turn.step(), Step::Done(End::Declined(Reason::NoAnswer)));

    let mut turn = Turn::new(LIMITS);
    let mut said = passed("Ten percent.");
    said.withheld = failed("Everybody knows.").withheld;
    replied(&mut turn, ModelReply::Answered, said);
    turn.model_failed(Stop::ModelFailed, Verdict::default());
    assert!(matches!(turn.step(), Step::Done(End::Answered(_))));
    assert!(!turn.is_broken_off());
}
