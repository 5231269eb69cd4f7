//! Wrong on purpose: a value is published with `Relaxed` where `Release` is needed. On x86 it never
//! shows; a check has to report it all the same.

#[path = "publication.rs"]
mod publication;

fn main() {
    publication::publish_and_read(std::sync::atomic::Ordering::Relaxed);
}
