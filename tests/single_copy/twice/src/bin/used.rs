fn main() {
    println!("{} {}", first::next(), second::next());
}
