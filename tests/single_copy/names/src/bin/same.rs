onset::single_copy!("names::A");

mod inner {
    onset::single_copy!("names::A");
}

fn main() {}
