/// A YAML value and its place in the file (https://yaml.org/spec/1.2.2/). Keeps all that an edit by byte range needs:
/// the order of mappings, the spelling of scalars, the first and last byte of every node.
public struct YAML: Sendable, Equatable {
  /// A scalar, a sequence or a mapping.
  public indirect enum Value: Sendable, Equatable {
    case scalar(Scalar)
    case sequence([YAML])
    /// In the order of the file. Keys may repeat: see the subscript.
    case mapping([Member])
  }

  public struct Member: Sendable, Equatable {
    public var key: YAML
    public var value: YAML
  }

  /// A scalar as written; see `YAML+Resolve.swift` for what it means.
  public struct Scalar: Sendable, Equatable {
    public enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    /// Quotes, escapes and folds are resolved.
    public var text: String
    public var style: Style
    /// The full tag: `tag:yaml.org,2002:str` for `!!str`; nil without a tag.
    public var tag: String?
  }

  /// A position in the file.
  public struct Place: Sendable, Equatable {
    /// From 1; columns count code points.
    public var line: Int
    public var column: Int
    /// Bytes from the start of the file.
    public var offset: Int
  }

  public var value: Value
  public var start: Place
  /// After the last byte. A block mapping or sequence ends where the next node begins.
  public var end: Place
  /// Whether this is `*name`: its own place is the alias's, the places inside are the anchor's.
  public var isAlias: Bool

  public var range: Range<Int> { start.offset..<max(start.offset, end.offset) }

  public var scalar: Scalar? { if case .scalar(let scalar) = value { scalar } else { nil } }
  public var sequence: [YAML]? { if case .sequence(let items) = value { items } else { nil } }
  public var mapping: [Member]? { if case .mapping(let members) = value { members } else { nil } }

  /// The value of a key. If a key is repeated, the last one counts, and `<<` is searched after the mapping itself: both
  /// as in the parser of Kubernetes and Helm. nil if there is no such key or this is not a mapping.
  public subscript(key: String) -> YAML? {
    guard let members = mapping else { return nil }
    if let member = members.last(where: { $0.key.text == key }) { return member.value }
    guard
      let merged = members.last(where: { $0.key.scalar.map { $0.text == "<<" && $0.style == .plain } ?? false })?.value
    else { return nil }
    for mapping in merged.sequence ?? [merged] {
      if let value = mapping[key] { return value }
    }
    return nil
  }

  public subscript(index: Int) -> YAML? {
    guard let items = sequence, items.indices.contains(index) else { return nil }
    return items[index]
  }
}
