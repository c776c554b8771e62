/// The version of all commands; `Sources/draft/draft` repeats it, and a test compares them.
public let draftVersion = "0.1.0"
