pub fn next() -> usize {
    global::next()
}
