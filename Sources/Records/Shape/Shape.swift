/// An object of a record. Its initialiser names its fields to a ``Shape``, once, and everything else follows from that.
public protocol Shaped: Sendable {
  init(_ shape: inout Shape<Self>) throws(RecordError)
}

/// What is being done with the fields of an object while its initialiser names them:
///
///     name = try shape.required("name", \.name, "of the release")
///
/// Reading takes the field from a line. Writing takes it from an existing object, and returns it. Describing notes what is
/// said of it, and returns something of its type. So the compiler holds the initialiser to every property that is not
/// optional, the order of the lines is the order on the wire, and no table has to be built before the first line is read.
public struct Shape<Object: Shaped> {
  /// An object is written from where it is: a copy of it here would be one of every field, once for each field.
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

  /// A field that is left out when there is nothing to say.
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

  /// A field that a reader takes for `absent` where it is not there.
  /// - Parameters:
  ///   - sparse: it is left out when it is that.
  ///   - when: whether it is written at all.
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

  /// A word of those we know. Another, of a later version, is read as `unknown`.
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

  /// How large something is, or how many there are: from 0 on.
  mutating func count(_ name: String, _ get: (Object) -> Int, _ says: String = "") throws(RecordError) -> Int {
    if case .read(let fields) = work { return try fields.count(name) }
    return try required(name, get, as: .count, says)
  }

  /// A list of objects; an absent one is empty.
  /// - Parameter sparse: an empty one is left out.
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

  /// An object of numbers, in its order; entries that are no numbers are skipped.
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

  /// The fields of another object, among ours.
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

  /// What is said of the fields, in their order.
  public static var fields: [Field] {
    var shape = Shape<Self>(.describe)
    _ = try? Self(&shape)
    return shape.described
  }
}
