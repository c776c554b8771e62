/// `values`: the chart's values, in the order they are given.
public struct Values: Member, Equatable {
  public static let name = "values"
  public static let about = About(
    by: "draft-env, draft-release, draft-remote", for: "draft-release, people",
    "The values that the chart was given, in order; a later setting wins.")

  /// A values file of an environment or of a release.
  public struct File: Equatable, Shaped {
    public var path: String
    public var digest: String
    public var source: String
    public var reference: String?

    public init(path: String, digest: String, source: String, reference: String? = nil) {
      (self.path, self.digest, self.source, self.reference) = (path, digest, source, reference)
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      path = try shape.required("path", \.path, "absolute")
      digest = try shape.required("digest", \.digest, as: .digest, "of its bytes")
      source = try shape.required("source", \.source, "file and line that name it")
      reference = try shape.optional("reference", \.reference, "git::URL//PATH?ref=COMMIT, if it is from there")
    }
  }

  /// One setting and where it comes from.
  public struct Setting: Equatable, Shaped {
    public var key: String
    public var value: String
    public var source: String
    /// helm decides its type, as with `--set`.
    public var typed: Bool
    /// `valueFrom` as it is written. A value that comes from elsewhere is not in a record.
    public var from: JSON?
    public var secret: Bool

    public init(
      key: String, value: String, source: String, typed: Bool = false, from: JSON? = nil, secret: Bool = false
    ) {
      (self.key, self.value, self.source, self.typed, self.from, self.secret) = (
        key, value, source, typed, from, secret
      )
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      key = try shape.required("key", \.key, "the path of the value, as in image.tag")
      value = try shape.required("value", \.value, "the value, as given to helm; empty if it has 'from'")
      source = try shape.required("source", \.source, "file and line, or draft for a value set by draft")
      typed = try shape.optional(
        "typed", \.typed, else: false, sparse: true, "helm tells the type, as by --set; else it is a string")
      from = try shape.optional("from", \.from, "where the value comes from: it is looked up when it is needed")
      secret = try shape.optional("secret", \.secret, else: false, sparse: true, "the value is not to be shown")
    }
  }

  /// A value that helm will really use, of those that files and settings give.
  public struct Use: Equatable, Shaped {
    public var key: String
    public var value: JSON?
    public var source: String
    public var over: [String]

    public init(key: String, value: JSON?, source: String, over: [String] = []) {
      (self.key, self.value, self.source, self.over) = (key, value, source, over)
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      key = try shape.required("key", \.key, "the path of the value")
      value = try shape.optional("value", \.value, "the value; absent if it comes from elsewhere")
      source = try shape.required("source", \.source, "file and line of the one that counts")
      over = try shape.optional("over", \.over, else: [], sparse: true, "file and line of those that it replaces")
    }
  }

  public var settings: [Setting]
  public var files: [File]
  public var uses: [Use]
  /// Nothing is added to these values.
  public var exact: Bool

  public init(_ settings: [Setting], files: [File] = [], uses: [Use] = [], exact: Bool = false) {
    (self.settings, self.files, self.uses, self.exact) = (settings, files, uses, exact)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    files = try shape.list("files", \.files, sparse: true, "values files, before all settings")
    settings = try shape.list("settings", \.settings, "in the order in which they are given")
    uses = try shape.list("uses", \.uses, sparse: true, "the values that helm will use, of those above, by key")
    exact = try shape.optional(
      "exact", \.exact, else: false, sparse: true,
      "these are all the values: draft-release adds none, and the line needs no image")
  }
}
