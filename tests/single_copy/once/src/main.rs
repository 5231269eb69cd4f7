fn main() {
    println!("{} {}", left::next(), right::next());
}
