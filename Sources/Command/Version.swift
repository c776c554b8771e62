/// The version of the whole family; `Sources/draft/draft` says the same, and a test compares them.
public let draftVersion = "0.1.0"
