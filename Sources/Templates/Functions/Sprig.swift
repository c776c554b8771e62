/// The functions of sprig 3.3 as helm 3.17 hands them to templates: without `env` and `expandenv`, and with a
/// `getHostByName` that asks no name server. https://masterminds.github.io/sprig/
///
/// Those that make keys, certificates and salted hashes throw `RenderFailure.unknown`. `keys` and `values` follow the
/// order of the keys; Go's own order is another each time.
package struct Sprig {
  /// `semver` and `semverCompare`, which the caller has.
  package struct Versions {
    /// The version as templates see it, an object with `Major`, `Minor`, `Original` …; throws `RenderFailure.failed`
    /// with the words of Masterminds/semver.
    package var parse: ([UInt8]) throws -> Value
    /// Whether a constraint admits a version: `compare(constraint, version)`.
    package var compare: ([UInt8], [UInt8]) throws -> Bool

    package init(parse: @escaping ([UInt8]) throws -> Value, compare: @escaping ([UInt8], [UInt8]) throws -> Bool) {
      (self.parse, self.compare) = (parse, compare)
    }
  }

  private(set) var functions: [String: Function] = [:]

  /// - Parameter versions: nil: both functions throw `unknown`.
  package static func functions(versions: Versions? = nil) -> [String: Function] {
    var sprig = Sprig()
    sprig.addStrings()
    sprig.addLists()
    sprig.addMaps()
    sprig.addNumbers()
    sprig.addDates()
    sprig.addEncodings()
    sprig.addJSON()
    sprig.addRegularExpressions()
    sprig.addPaths()
    sprig.addURLs()
    sprig.addReflection()
    sprig.addFlow()
    sprig.addRandom()
    sprig.addVersions(versions)
    return sprig.functions
  }

  mutating func add(
    _ names: String..., takes parameters: [Function.Parameter] = [], variadic: Function.Parameter? = nil,
    isRandom: Bool = false, body: @escaping Function.Body
  ) {
    let function = Function(parameters, variadic: variadic, isRandom: isRandom, body: body)
    for name in names { functions[name] = function }
  }

  /// A text of one text.
  mutating func addText(_ name: String, _ change: @escaping ([UInt8]) -> [UInt8]) {
    add(name, takes: [.string]) { _, arguments in .string(change(arguments[0].text)) }
  }

  private mutating func addVersions(_ versions: Versions?) {
    add("semver", takes: [.string]) { _, arguments in
      guard let versions else { throw RenderFailure.unknown }
      return try versions.parse(arguments[0].text)
    }
    add("semverCompare", takes: [.string, .string]) { _, arguments in
      guard let versions else { throw RenderFailure.unknown }
      return .bool(try versions.compare(arguments[0].text, arguments[1].text))
    }
  }
}

/// What a function is given once its parameters have been checked.
extension Value {
  var text: [UInt8] {
    switch self {
    case .string(let bytes), .bytes(let bytes): bytes
    default: []
    }
  }

  var int: Int { if case .int(let value) = self { value } else { 0 } }
  var bool: Bool { if case .bool(let value) = self { value } else { false } }

  /// nil for Go's nil map, which may be read but not written.
  var goMap: GoMap? { if case .map(let map) = self { map } else { nil } }

  /// The elements of what Go's reflect takes for a slice; nil for anything else.
  var elements: [Value]? {
    switch self {
    case .list(let list): list.elements
    case .bytes(let bytes): bytes.map(Value.uint8)
    default: nil
    }
  }
}

extension RenderFailure {
  /// What Go's runtime says of a panic.
  static func runtime(_ text: String) -> RenderFailure { .failed("runtime error: \(text)") }
  static let nilPointer = runtime("invalid memory address or nil pointer dereference")
  static let nilMap = failed("assignment to entry in nil map")
}
