/// A value of Go as templates see it. The cases are the types that helm and sprig hand out: they print, compare and
/// name themselves differently, so an `int` is no `int64`.
package enum Value {
  /// No value at all: Go's zero `reflect.Value`. It is what a pipeline makes of nil; functions never see it.
  case invalid
  /// An `interface {}` with nothing in it: null in values, a key that is not there.
  case `nil`
  case bool(Bool)
  case int(Int)
  case int64(Int64)
  case uint64(UInt64)
  case uint8(UInt8)
  case float64(Double)
  /// The bytes of a string, which need not be UTF-8.
  case string([UInt8])
  /// `[]uint8`
  case bytes([UInt8])
  case list(GoList)
  case map(GoMap)
  /// Anything else: a struct, a time, a version.
  case object(GoObject)
}

extension Value: ExpressibleByStringLiteral {
  package init(stringLiteral text: StaticString) {
    self = .string(Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  package init(_ text: String) { self = .string(Array(text.utf8)) }
  /// `[]interface {}`
  package init(_ elements: [Value]) { self = .list(GoList(elements)) }
  /// `[]string`
  package init(strings: [[UInt8]]) { self = .list(GoList(strings.map(Value.string), .strings)) }
}

/// A slice.
package struct GoList {
  package enum Kind: UInt8, Sendable {
    /// `[]interface {}`
    case any
    case strings, ints, float64s
    /// `[]map[string]interface {}`
    case maps
    /// `[][]interface {}`
    case lists
    /// `[]*chart.Dependency`: named by its elements.
    case objects
    /// `chartutil.VersionSet`, strings with a method `Has`.
    case versions
  }

  /// Holds the elements: lists that are very deep in each other are let go of one after the other.
  private final class Box {
    var elements: [Value]
    init(_ elements: [Value]) { self.elements = elements }
    deinit { Value.letGo(&elements) }
  }

  private var box: Box
  package var kind: Kind
  /// Whether it is Go's nil of its type, which JSON writes as null.
  package var isNil = false

  package init(_ elements: [Value], _ kind: Kind = .any, isNil: Bool = false) {
    (box, self.kind, self.isNil) = (Box(elements), kind, isNil)
  }

  package var elements: [Value] {
    get { box.elements }
    _modify {
      if !isKnownUniquelyReferenced(&box) { box = Box(box.elements) }
      yield &box.elements
    }
  }

  /// Takes the elements out, if nothing else has the list.
  fileprivate mutating func takeAll() -> [Value] {
    guard isKnownUniquelyReferenced(&box) else { return [] }
    defer { box.elements = [] }
    return box.elements
  }

  package var typeName: String {
    switch kind {
    case .any: "[]interface {}"
    case .strings: "[]string"
    case .ints: "[]int"
    case .float64s: "[]float64"
    case .maps: "[]map[string]interface {}"
    case .lists: "[][]interface {}"
    case .objects: "[]" + (elements.first?.typeName ?? "interface {}")
    case .versions: "chartutil.VersionSet"
    }
  }
}

/// A map with strings for keys: a reference, as in Go, so that all who have it see what `set` does to it. Its kind is
/// that of the reference: a function that takes `map[string]interface {}` gets chartutil.Values as one, and gives it
/// back as one.
///
/// The entries are kept in the order of their keys' bytes, which is the order in which Go's templates and encoders go
/// through a map. The first eight bytes of each key stand beside it as a number, so that a look-up touches little else.
///
/// A map can be in itself: what walks through values needs a bound for their depth.
package struct GoMap {
  package enum Kind: UInt8, Sendable {
    /// `map[string]interface {}`
    case any
    /// `chartutil.Values`
    case values
    /// `map[string]string`
    case strings
    /// The same, nil: empty, and null in JSON.
    case noStrings
    /// `engine.files`, of `[]uint8`
    case files
  }

  /// A key with its first bytes as a number.
  package struct Key {
    package let bytes: [UInt8]
    let prefix: UInt64

    package init(_ bytes: [UInt8]) { (self.bytes, prefix) = (bytes, GoMap.prefix(bytes)) }
    package init(_ text: String) { self.init(Array(text.utf8)) }
  }

  package private(set) var kind: Kind
  fileprivate var content: Content

  package init(_ kind: Kind = .any, methods: (any GoMethods)? = nil) {
    (self.kind, content) = (kind, Content(methods))
  }

  /// - Parameter entries: in any order; of two with the same key the later one stays.
  package init(_ entries: [([UInt8], Value)], _ kind: Kind = .any, methods: (any GoMethods)? = nil) {
    self.init(kind, methods: methods)
    content.fill(entries)
  }

  package init(_ entries: [(String, Value)], _ kind: Kind = .any) {
    self.init(entries.map { (Array($0.0.utf8), $0.1) }, kind)
  }

  /// A map with the same entries.
  /// - Parameter kind: of the new map; nil for that of the other one.
  package init(copying other: GoMap, _ kind: Kind? = nil) {
    self.init(kind ?? other.kind, methods: other.methods)
    content.copy(other.content)
  }

  /// The same map as another type.
  package func converted(to kind: Kind) -> GoMap {
    var map = self
    map.kind = kind
    return map
  }

  package static func === (one: GoMap, other: GoMap) -> Bool { one.content === other.content }
  package static func !== (one: GoMap, other: GoMap) -> Bool { one.content !== other.content }
  package var id: ObjectIdentifier { ObjectIdentifier(content) }

  /// Methods that the map's type has beside its entries.
  package var methods: (any GoMethods)? { content.methods }
  var hasMethods: Bool { content.hasMethods }

  package var count: Int { content.count }
  package var isEmpty: Bool { content.count == 0 }

  /// The keys in order.
  package var keys: [[UInt8]] { content.entries.names }
  /// The values in the order of their keys.
  package var values: [Value] { content.entries.values }
  package var entries: Zip2Sequence<[[UInt8]], [Value]> {
    let (names, values) = content.entries
    return zip(names, values)
  }

  package var typeName: String {
    switch kind {
    case .any: "map[string]interface {}"
    case .values: "chartutil.Values"
    case .strings, .noStrings: "map[string]string"
    case .files: "engine.files"
    }
  }

  /// What a key that is not there gives, with missingkey=zero.
  package var zero: Value {
    switch kind {
    case .any, .values: .nil
    case .strings, .noStrings: .string([])
    case .files: .bytes([])
    }
  }

  package subscript(key: Key) -> Value? { content[key] }

  package subscript(key: [UInt8]) -> Value? {
    get { content[Key(key)] }
    nonmutating set { if let newValue { content.set(Key(key), newValue) } else { content.remove(key) } }
  }

  package subscript(key: String) -> Value? {
    get { content[Key(key)] }
    nonmutating set { self[Array(key.utf8)] = newValue }
  }

  package func set(_ key: Key, _ value: Value) { content.set(key, value) }

  /// - Returns: what stood there.
  @discardableResult package func remove(_ key: [UInt8]) -> Value? { content.remove(key) }

  package func reserve(_ count: Int) { content.reserve(count) }

  /// Whether one text comes before another by its bytes.
  package static func isLess(_ one: [UInt8], _ other: [UInt8]) -> Bool { one.lexicographicallyPrecedes(other) }

  fileprivate static func isLess(_ one: Key, _ other: Key) -> Bool {
    one.prefix < other.prefix || (one.prefix == other.prefix && isLess(one.bytes, other.bytes))
  }

  private static func prefix(_ bytes: [UInt8]) -> UInt64 {
    var prefix: UInt64 = 0
    if bytes.count >= 8 {
      prefix = bytes.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    } else {
      for byte in bytes { prefix = prefix << 8 | UInt64(byte) }
      prefix <<= UInt64(8 - bytes.count) * 8
      if bytes.isEmpty { prefix = 0 }
    }
    return prefix
  }

  /// What a reference to a map leads to.
  fileprivate final class Content {
    let methods: (any GoMethods)?
    let hasMethods: Bool
    @exclusivity(unchecked) private var prefixes: [UInt64] = []
    @exclusivity(unchecked) private var names: [[UInt8]] = []
    @exclusivity(unchecked) private var contents: [Value] = []
    /// Entries that would have had to move many others: put in their place before the order matters.
    @exclusivity(unchecked) private var late: [[UInt8]: Value] = [:]

    init(_ methods: (any GoMethods)?) { (self.methods, hasMethods) = (methods, methods != nil) }

    deinit {
      Value.letGo(&contents)
      if !late.isEmpty {
        var values = Array(late.values)
        late = [:]
        Value.letGo(&values)
      }
    }

    func fill(_ entries: [([UInt8], Value)]) {
      guard !entries.isEmpty else { return }
      reserve(entries.count)
      var keyed = entries.enumerated().map { (Key($1.0), $0, $1.1) }
      let inOrder = zip(keyed, keyed.dropFirst()).allSatisfy { GoMap.isLess($0.0, $1.0) }
      if !inOrder {
        keyed.sort { GoMap.isLess($0.0, $1.0) || (!GoMap.isLess($1.0, $0.0) && $0.1 < $1.1) }
      }
      for (key, _, value) in keyed {
        if let last = names.last, last == key.bytes { contents[contents.count - 1] = value } else { append(key, value) }
      }
    }

    func copy(_ other: Content) {
      other.settle()
      (prefixes, names, contents) = (other.prefixes, other.names, other.contents)
    }

    var count: Int { names.count + late.count }

    var entries: (names: [[UInt8]], values: [Value]) {
      settle()
      return (names, contents)
    }

    subscript(key: Key) -> Value? {
      if let place = find(key) { return contents[place] }
      return late.isEmpty ? nil : late[key.bytes]
    }

    func set(_ key: Key, _ value: Value) {
      let place = lowerBound(key)
      if isKey(key, at: place) { contents[place] = value; return }
      if place == names.count { append(key, value); return }
      if names.count > 512 { late[key.bytes] = value; return }
      prefixes.insert(key.prefix, at: place)
      names.insert(key.bytes, at: place)
      contents.insert(value, at: place)
    }

    @discardableResult func remove(_ key: [UInt8]) -> Value? {
      if let old = late.removeValue(forKey: key) { return old }
      guard let place = find(Key(key)) else { return nil }
      prefixes.remove(at: place)
      names.remove(at: place)
      return contents.remove(at: place)
    }

    func reserve(_ count: Int) {
      prefixes.reserveCapacity(count)
      names.reserveCapacity(count)
      contents.reserveCapacity(count)
    }

    func takeAll() -> [Value] {
      defer { (prefixes, names, contents, late) = ([], [], [], [:]) }
      return contents + late.values
    }

    private func append(_ key: Key, _ value: Value) {
      // A key that is behind all others must not be in `late` as well.
      if !late.isEmpty { late[key.bytes] = nil }
      prefixes.append(key.prefix)
      names.append(key.bytes)
      contents.append(value)
    }

    private func settle() {
      guard !late.isEmpty else { return }
      let all = Array(zip(names, contents)) + late.map { ($0.key, $0.value) }
      late = [:]
      let sorted = all.map { (Key($0.0), $0.1) }.sorted { GoMap.isLess($0.0, $1.0) }
      (prefixes, names, contents) = (sorted.map(\.0.prefix), sorted.map(\.0.bytes), sorted.map(\.1))
    }

    private func find(_ key: Key) -> Int? {
      let place = lowerBound(key)
      return isKey(key, at: place) ? place : nil
    }

    @inline(__always) private func isKey(_ key: Key, at place: Int) -> Bool {
      place < names.count && prefixes[place] == key.prefix && names[place] == key.bytes
    }

    /// The place of the first key that is not less.
    private func lowerBound(_ key: Key) -> Int {
      prefixes.withUnsafeBufferPointer { prefixes in
        var (low, high) = (0, prefixes.count)
        while low < high {
          let middle = (low &+ high) >> 1
          let other = prefixes[middle]
          if other < key.prefix || (other == key.prefix && GoMap.isLess(names[middle], key.bytes)) {
            low = middle &+ 1
          } else {
            high = middle
          }
        }
        return low
      }
    }
  }
}

/// Methods of a type.
package protocol GoMethods {
  /// The method of a name, bound to its receiver; nil if there is none.
  func method(_ name: String) -> Function?
}

/// What an object is. Its methods come before its fields.
package protocol GoType: GoMethods {
  /// As `%T` prints it: `*chart.Metadata`, `time.Time`
  var typeName: String { get }
  /// As `kindOf` names it: `struct`, `ptr`, `int64`
  var kindName: String { get }
  /// What its method `String` or `Error` gives; nil if it has none.
  var text: [UInt8]? { get }
  /// What `String` of a pointer to it gives: an action prints a struct behind a pointer so, and printf does not.
  var addressedText: [UInt8]? { get }
  /// The fields of a struct in Go's order, for `%v`, `toYaml` and the like.
  var fields: [(name: String, value: Value)] { get }
  /// A field of a struct; nil if there is none.
  func field(_ name: String) -> Value?
  /// The number that a type such as `time.Duration` is; nil for others.
  var integer: Int64? { get }
  /// Whether it counts as true: structs always do.
  var isTrue: Bool { get }
  /// What `eq` compares.
  func isEqual(to other: any GoType) -> Bool
}

extension GoType {
  package var kindName: String { "struct" }
  package var text: [UInt8]? { nil }
  package var addressedText: [UInt8]? { nil }
  package var fields: [(name: String, value: Value)] { [] }
  package func field(_ name: String) -> Value? { fields.first { $0.name == name }?.value }
  package func method(_ name: String) -> Function? { nil }
  package var integer: Int64? { nil }
  package var isTrue: Bool { integer.map { $0 != 0 } ?? true }
  package func isEqual(to other: any GoType) -> Bool { false }
}

/// Keeps an object at one word, whatever it is.
package final class GoObject {
  package let content: any GoType
  package init(_ content: any GoType) { self.content = content }
}

extension Value {
  /// As `%T` prints it.
  package var typeName: String {
    switch self {
    case .invalid, .nil: "<nil>"
    case .bool: "bool"
    case .int: "int"
    case .int64: "int64"
    case .uint64: "uint64"
    case .uint8: "uint8"
    case .float64: "float64"
    case .string: "string"
    case .bytes: "[]uint8"
    case .list(let list): list.typeName
    case .map(let map): map.typeName
    case .object(let object): object.content.typeName
    }
  }

  /// Go's kind: `map`, `slice`, `string`; `invalid` for nil.
  package var kindName: String {
    switch self {
    case .invalid, .nil: "invalid"
    case .bool: "bool"
    case .int: "int"
    case .int64: "int64"
    case .uint64: "uint64"
    case .uint8: "uint8"
    case .float64: "float64"
    case .string: "string"
    case .bytes, .list: "slice"
    case .map: "map"
    case .object(let object): object.content.kindName
    }
  }

  /// Whether `if` takes it: not nil, false, 0 or empty.
  package var isTrue: Bool {
    switch self {
    case .invalid, .nil: false
    case .bool(let bool): bool
    case .int(let int): int != 0
    case .int64(let int): int != 0
    case .uint64(let int): int != 0
    case .uint8(let int): int != 0
    case .float64(let double): double != 0
    case .string(let bytes), .bytes(let bytes): !bytes.isEmpty
    case .list(let list): !list.elements.isEmpty
    case .map(let map): !map.isEmpty
    case .object(let object): object.content.isTrue
    }
  }

  package var isNil: Bool {
    switch self {
    case .invalid, .nil: true
    default: false
    }
  }
}

extension Value {
  /// Lets go of values that nothing else has, in a loop: Swift would do so in a recursion, for which templates can make
  /// values that are too deep.
  fileprivate static func letGo(_ values: inout [Value]) {
    guard values.contains(where: { $0.isContainer }) else { return }
    var rest = values.filter { $0.isContainer }
    values = []
    // The only reference left is asked about: none may be hidden in the pattern that a value is matched with.
    while let last = rest.indices.last {
      if var map = rest[last].map {
        rest.removeLast()
        if isKnownUniquelyReferenced(&map.content) { rest += map.content.takeAll().filter { $0.isContainer } }
      } else if var list = rest[last].list {
        rest.removeLast()
        rest += list.takeAll().filter { $0.isContainer }
      }
    }
  }

  private var map: GoMap? { if case .map(let map) = self { map } else { nil } }
  private var list: GoList? { if case .list(let list) = self { list } else { nil } }

  private var isContainer: Bool {
    switch self {
    case .map, .list: true
    default: false
    }
  }
}
