#![deny(warnings)]

onset::single_copy!("names::A");
onset::single_copy!("names::B",);

mod inner {
    onset::single_copy!("names::inner::A");
}

fn main() {
    onset::single_copy!("names::main");
    println!("linked");
    onset::single_copy!("names::main-2");
}
