//! `liaison token`: a partner's identity, signed by the home's development issuer.

use super::{Context, Ended, Usage, output, search};
use crate::{
    app, assistant,
    home::Home,
    http::identity::{self, DEVELOPMENT, LONGEST},
};
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Whose: the partner's id in the CRM
    #[arg(long, value_name = "ID")]
    partner: String,
    /// How long it holds, at most 15m
    #[arg(long, value_name = "TIME", default_value = "10m")]
    ttl: Span,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let ttl = SignedDuration::try_from(args.ttl).map_err(|_| Usage("--ttl: write it like 10m".to_owned()))?;
    if ttl <= SignedDuration::ZERO || ttl > LONGEST {
        return Err(Usage("--ttl must be above 0 and at most 15m".to_owned()).into());
    }
    // A token is signed without the home's lock: the service that will read it is running.
    let home = Home::peek(&context.home)?;
    let crm = app::open_crm(&app::open_store(&home).await?, &context.settings)?;
    let caller = assistant::caller(crm.as_ref(), &args.partner, DEVELOPMENT).await?;
    caller.ok_or_else(|| search::unknown_partner(&args.partner))?;
    let token = identity::sign_for_development(&home, &args.partner, ttl)?;
    if context.json {
        output::json(&json!({ "token": token, "expires_at": Timestamp::now() + ttl }))?;
    } else {
        output::text(&token)?;
    }
    Ok(Ended::Done)
}
