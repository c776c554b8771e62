/// A YAML value with the place it was written at (https://yaml.org/spec/1.2.2/). Nothing is lost that an edit by byte range would
/// need: mappings keep their order, scalars their spelling, every node its first and last byte.
public struct YAML: Sendable, Equatable {
  public indirect enum Value: Sendable, Equatable {
    case scalar(Scalar)
    case sequence([YAML])
    /// In the order of the file. A key may come twice: see the subscript.
    case mapping([Member])
  }

  public struct Member: Sendable, Equatable {
    public var key: YAML
    public var value: YAML
  }

  public struct Scalar: Sendable, Equatable {
    public enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    /// Without quotes, escapes and folds.
    public var text: String
    public var style: Style
    /// As written out: `tag:yaml.org,2002:str` for `!!str`; nil when there is none.
    public var tag: String?
  }

  public struct Place: Sendable, Equatable {
    /// From 1; columns count code points.
    public var line: Int
    public var column: Int
    /// Bytes from the start of the file.
    public var offset: Int
  }

  public var value: Value
  public var start: Place
  /// After the last byte. The end of a block mapping or sequence is where the next thing begins.
  public var end: Place
  /// Whether this is `*name`: the places are those of the alias, those of what is in it are the anchor's.
  public var isAlias: Bool

  public var range: Range<Int> { start.offset..<max(start.offset, end.offset) }

  public var scalar: Scalar? { if case .scalar(let scalar) = value { scalar } else { nil } }
  public var sequence: [YAML]? { if case .sequence(let items) = value { items } else { nil } }
  public var mapping: [Member]? { if case .mapping(let members) = value { members } else { nil } }

  /// The value of a key. Of a key that comes twice the last counts, and `<<` is looked into after the mapping itself: both as the
  /// parser of Kubernetes and Helm has it. nil when there is none or this is no mapping.
  public subscript(key: String) -> YAML? {
    guard let members = mapping else { return nil }
    if let member = members.last(where: { $0.key.text == key }) { return member.value }
    guard let merged = members.last(where: { $0.key.scalar.map { $0.text == "<<" && $0.style == .plain } ?? false })?.value else { return nil }
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
