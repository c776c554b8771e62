/// `triggers`: what to watch for a newer version.
public struct Triggers: Member, Equatable {
  public static let name = "triggers"
  public static let about = About(
    by: "draft-env", for: "people, and tools that look for newer versions",
    "The images and the chart that a release wants newer versions of.")

  public struct Watch: Equatable, Shaped {
    public var kind: String
    public var track: String
    public var source: String
    public var repoValue: String?
    public var tagValue: String?
    public var repoPrefixValue: String?
    public var repository: String?
    public var tag: String?

    public init(kind: String, track: String, source: String) {
      (self.kind, self.track, self.source) = (kind, track, source)
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      kind = try shape.required("kind", \.kind, as: .word(["image", "chart"]), "what is watched")
      track = try shape.required(
        "track", \.track, as: .word(["PatchLevel", "MinorVersion", "MajorVersion", "Newest"]), "which versions count")
      source = try shape.required("source", \.source, "file and line")
      repoValue = try shape.optional("repoValue", \.repoValue, "the value with the repository of the image")
      tagValue = try shape.optional("tagValue", \.tagValue, "the value with its tag")
      repoPrefixValue = try shape.optional("repoPrefixValue", \.repoPrefixValue, "the value in front of the repository")
      repository = try shape.optional("repository", \.repository, "the repository now, with the prefix, if it is known")
      tag = try shape.optional("tag", \.tag, "the tag now, if it is known")
    }
  }

  public var watch: [Watch]

  public init(_ watch: [Watch]) { self.watch = watch }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    watch = try shape.list("watch", \.watch, "one for each trigger, in the order of the file")
  }
}
