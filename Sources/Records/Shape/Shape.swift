/// An object of a record. Its initialiser declares its fields to a ``Shape``, once; the rest is derived from that.
public protocol Shaped: Sendable {
  init(_ shape: inout Shape<Self>) throws(RecordError)
}

/// The work in progress while an initialiser declares the fields of its object:
///
///     name = try shape.required("name", \.name, "of the release")
///
/// Reading takes the field from a record. Writing takes it from an existing object, and returns it. Describing notes
/// the declaration, and returns a placeholder of its type. So the compiler checks that the initialiser sets every
/// property that is not optional, the order of declaration is the order in the record, and no table is built before the
/// first record is read.
public struct Shape<Object: Shaped> {
  /// An object is written through a pointer: copying it would copy every field, once for each field.
  enum Work { case read(Fields), write(UnsafePointer<Object>), describe }

  private let work: Work
  private(set) var written: [(name: String, value: JSON)] = []
  private(set) var described: [Field] = []

  init(_ work: Work) {
    self.work = work
    if case .write = work { written.reserveCapacity(16) }
  }

  /// A field that must be there.
  mutating func required<V: FieldValue>(
    _ name: String, _ get: (Object) -> V, as kind: @autoclosure () -> Field.Kind = V.kind, _ says: String = ""
  ) throws(RecordError) -> V {
    switch work {
    case .read(let fields): return try fields.required(name)
    case .write(let object): return write(name, get(object.pointee))
    case .describe:
      described.append(Field(name, kind(), isRequired: true, says))
      return V.blank
    }
  }

  /// A field that is left out if it is nil.
  mutating func optional<V: FieldValue>(
    _ name: String, _ get: (Object) -> V?, as kind: @autoclosure () -> Field.Kind = V.kind, _ says: String = ""
  ) throws(RecordError) -> V? {
    switch work {
    case .read(let fields): return try fields.optional(name)
    case .write(let object): return get(object.pointee).map { write(name, $0) }
    case .describe:
      described.append(Field(name, kind(), says))
      return nil
    }
  }

  /// A field with a default: readers assume `absent` if it is missing.
  /// - Parameters:
  ///   - sparse: leaves the field out if it has its default.
  ///   - when: whether to write the field at all.
  mutating func optional<V: FieldValue>(
    _ name: String, _ get: (Object) -> V, else absent: V, sparse: Bool = false, when: Bool = true,
    as kind: @autoclosure () -> Field.Kind = V.kind, _ says: String = ""
  ) throws(RecordError) -> V {
    switch work {
    case .read(let fields): return try fields.optional(name) ?? absent
    case .write(let object):
      let value = get(object.pointee)
      return when && !(sparse && value == absent) ? write(name, value) : value
    case .describe:
      described.append(Field(name, kind(), absent: absent.json, isWritten: !sparse && when, says))
      return absent
    }
  }

  /// One of several known words. An unknown word, from a later version, is read as `unknown`.
  mutating func required<V: RawRepresentable & CaseIterable>(
    _ name: String, _ get: (Object) -> V, unknown: V, _ says: String = ""
  ) throws(RecordError) -> V where V.RawValue == String {
    let word = try required(name, { get($0).rawValue }, as: .word(V.allCases.map(\.rawValue)), says)
    return V(rawValue: word) ?? unknown
  }

  /// An exit code.
  mutating func required(
    _ name: String, _ get: (Object) -> ExitCode, unknown: ExitCode, _ says: String = ""
  ) throws(RecordError) -> ExitCode {
    let code = try required(name, { Int(get($0).rawValue) }, as: .integer, says)
    return ExitCode(rawValue: Int32(clamping: code)) ?? unknown
  }

  /// A size or a count: 0 or more.
  mutating func count(_ name: String, _ get: (Object) -> Int, _ says: String = "") throws(RecordError) -> Int {
    if case .read(let fields) = work { return try fields.count(name) }
    return try required(name, get, as: .count, says)
  }

  /// A list of objects; empty if absent.
  /// - Parameter sparse: leaves an empty list out.
  mutating func list<V: Shaped>(
    _ name: String, _ get: (Object) -> [V], sparse: Bool = false, _ says: String = ""
  ) throws(RecordError) -> [V] {
    switch work {
    case .read(let fields):
      var list: [V] = []
      for item in try fields.objects(name) { list.append(try V(item)) }
      return list
    case .write(let object):
      let list = get(object.pointee)
      if !sparse || !list.isEmpty { written.append((name, .array(list.map(\.json)))) }
      return list
    case .describe:
      described.append(Field(name, .objects(V.fields), absent: .array([]), isWritten: !sparse, says))
      return []
    }
  }

  /// An object of numbers, in order; entries that are not numbers are skipped.
  mutating func numbers(
    _ name: String, _ get: (Object) -> [(name: String, percent: Double)], _ says: String = ""
  ) throws(RecordError) -> [(name: String, percent: Double)] {
    switch work {
    case .read(let fields):
      return (fields.json[name]?.object ?? []).compactMap { member in member.value.double.map { (member.name, $0) } }
    case .write(let object):
      let list = get(object.pointee)
      written.append((name, .object(list.map { ($0.name, $0.percent.json) })))
      return list
    case .describe:
      described.append(Field(name, .numbers, absent: .object([]), says))
      return []
    }
  }

  /// The fields of another object, in line with ours.
  mutating func fields<V: Shaped>(of get: (Object) -> V) throws(RecordError) -> V {
    var inner: Shape<V>
    switch work {
    case .read(let fields): inner = Shape<V>(.read(fields))
    case .write(let object):
      let value = get(object.pointee)
      written += value.json.object ?? []
      return value
    case .describe: inner = Shape<V>(.describe)
    }
    let value = try V(&inner)
    described += inner.described
    return value
  }

  private mutating func write<V: FieldValue>(_ name: String, _ value: V) -> V {
    written.append((name, value.json))
    return value
  }
}

extension Shaped {
  /// Reads the object. Throws ``RecordError`` with the path of the field that is missing or malformed.
  public init(_ fields: Fields) throws(RecordError) {
    var shape = Shape<Self>(.read(fields))
    try self.init(&shape)
  }

  public var json: JSON {
    withUnsafePointer(to: self) { object in
      var shape = Shape<Self>(.write(object))
      // Only reading throws.
      _ = try? Self(&shape)
      return .object(shape.written)
    }
  }

  /// The declared fields, in order.
  public static var fields: [Field] {
    var shape = Shape<Self>(.describe)
    _ = try? Self(&shape)
    return shape.described
  }
}
