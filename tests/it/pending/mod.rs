//! `Pending`: each item that was added is handed out once, by one `take_all`.

mod adding;
mod storm;
mod user_code;
