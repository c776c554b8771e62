import Records
import YAML

/// The values of a release as helm puts them together: maps are merged key by key, a later value replaces an earlier
/// one, lists and all. Each value knows the place it is from.
///
/// helm takes all files first, then what `--set` sets, then what `--set-string` sets, in whatever order they are on its
/// command line: https://helm.sh/docs/helm/helm_install/
struct ValueTree {
  private indirect enum Node {
    case leaf(JSON?, source: String)
    case map(Branch)
  }

  private struct Branch {
    var keys: [String] = []
    var nodes: [String: Node] = [:]

    subscript(key: String) -> Node? {
      get { nodes[key] }
      set {
        if let newValue {
          if nodes.updateValue(newValue, forKey: key) == nil { keys.append(key) }
        } else if nodes.removeValue(forKey: key) != nil {
          keys.removeAll { $0 == key }
        }
      }
    }
  }

  /// What is deeper is kept as one value.
  private static let depthLimit = 100

  private var root = Branch()
  /// The places of values that are replaced, by the path of the value that replaces them.
  private var replaced: [String: [String]] = [:]

  /// Adds a values file.
  /// - Parameters:
  ///   - shown: its name, to which the line is added.
  ///   - chart: the sub-chart that it is of.
  mutating func add(file yaml: YAML, shown: String, of chart: String? = nil) {
    guard yaml.mapping != nil else { return }
    guard let chart else { return ValueTree.merge(yaml, shown, into: &root, at: "", 0, &replaced) }
    var branch = Branch()
    if case .map(let there)? = root[chart] { branch = there }
    ValueTree.merge(yaml, shown, into: &branch, at: ValueTree.escaped(chart), 1, &replaced)
    root[chart] = .map(branch)
  }

  private static func merge(
    _ yaml: YAML, _ shown: String, into branch: inout Branch, at path: String, _ depth: Int,
    _ replaced: inout [String: [String]]
  ) {
    for (name, key, value) in members(of: yaml) {
      let place = path.isEmpty ? escaped(name) : path + "." + escaped(name)
      if value.mapping?.isEmpty == false, depth < depthLimit {
        var inner: Branch
        switch branch[name] {
        case .map(let there): inner = there
        case .leaf(_, let source)?:
          replaced[place, default: []].append(source)
          inner = Branch()
        case nil: inner = Branch()
        }
        merge(value, shown, into: &inner, at: place, depth + 1, &replaced)
        branch[name] = .map(inner)
      } else {
        if let there = branch[name] { note(there, place, &replaced) }
        branch[name] = .leaf(JSON(value), source: "\(shown):\(key.start.line)")
      }
    }
  }

  /// The members of a mapping as helm's parser has them: the last of several, and its own before those of `<<`.
  private static func members(of yaml: YAML) -> [(name: String, key: YAML, value: YAML)] {
    var found: [(name: String, key: YAML, value: YAML)] = [], places: [String: Int] = [:]
    func take(_ yaml: YAML, isMerged: Bool) {
      var merged: [YAML] = []
      for member in yaml.mapping ?? [] {
        guard let scalar = member.key.scalar else { continue }
        if scalar.text == "<<", scalar.style == .plain {
          merged += member.value.sequence ?? [member.value]
        } else if let place = places[scalar.text] {
          if !isMerged { found[place] = (scalar.text, member.key, member.value) }
        } else {
          places[scalar.text] = found.count
          found.append((scalar.text, member.key, member.value))
        }
      }
      // Aliases in aliases: the parser limits how much they expand to.
      for mapping in merged { take(mapping, isMerged: true) }
    }
    take(yaml, isMerged: false)
    return found
  }

  private static func note(_ node: Node, _ place: String, _ replaced: inout [String: [String]]) {
    switch node {
    case .leaf(_, let source): replaced[place, default: []].append(source)
    case .map(let branch):
      for key in branch.keys {
        if let inner = branch[key] { note(inner, place, &replaced) }
      }
    }
  }

  /// Adds a setting of `--set` or `--set-string`. nil for a value that comes from elsewhere.
  /// - Returns: false if helm could not read the key.
  @discardableResult
  mutating func set(_ key: String, to value: JSON?, source: String) -> Bool {
    guard let steps = ValueTree.steps(key), !steps.isEmpty else { return false }
    ValueTree.set(steps[...], value, source, &root, "", &replaced)
    return true
  }

  private static func set(
    _ steps: ArraySlice<Step>, _ value: JSON?, _ source: String, _ branch: inout Branch, _ path: String,
    _ replaced: inout [String: [String]]
  ) {
    guard case .key(let name)? = steps.first else { return }
    let place = path.isEmpty ? escaped(name) : path + "." + escaped(name), rest = steps.dropFirst()
    let there = branch[name]
    if rest.isEmpty {
      if let there { note(there, place, &replaced) }
      branch[name] = .leaf(value, source: source)
    } else if case .key? = rest.first {
      var inner = Branch()
      if case .map(let found)? = there { inner = found } else if let there { note(there, place, &replaced) }
      set(rest, value, source, &inner, place, &replaced)
      branch[name] = .map(inner)
    } else {
      // Into a list: the element is replaced, and the list is from here.
      var list: JSON = .array([])
      if case .leaf(let found?, let before)? = there {
        replaced[place, default: []].append(before)
        list = found
      } else if let there {
        note(there, place, &replaced)
      }
      branch[name] = .leaf(put(value ?? .null, at: rest, in: list), source: source)
    }
  }

  private static func put(_ value: JSON, at steps: ArraySlice<Step>, in json: JSON) -> JSON {
    guard let step = steps.first else { return value }
    switch step {
    case .key(let name):
      var members = json.object ?? []
      let inner = put(value, at: steps.dropFirst(), in: json[name] ?? .null)
      if let index = members.firstIndex(where: { $0.name == name }) {
        members[index].value = inner
      } else {
        members.append((name, inner))
      }
      return .object(members)
    case .index(let index):
      var items = json.array ?? []
      while items.count <= index { items.append(.null) }
      items[index] = put(value, at: steps.dropFirst(), in: items[index])
      return .array(items)
    }
  }

  private enum Step { case key(String), index(Int) }

  /// The greatest index that helm takes: https://github.com/helm/helm/blob/v3.17.0/pkg/strvals/parser.go
  private static let indexLimit = 65_536

  /// The names in a key of ``Values/Use``.
  static func names(_ key: String) -> [String] {
    (steps(key) ?? []).map { step in
      switch step {
      case .key(let name): name
      case .index(let index): String(index)
      }
    }
  }

  /// Whether helm can read a key.
  static func isKey(_ key: String) -> Bool { steps(key)?.isEmpty == false }

  /// `a.b[0].c\.d`; nil for what helm cannot read.
  private static func steps(_ key: String) -> [Step]? {
    var steps: [Step] = [], word: [UInt8] = []
    let bytes = Array(key.utf8)
    var isKeyDue = true, at = 0
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\\"):
        guard at < bytes.count else { return nil }
        word.append(bytes[at])
        at += 1
      case UInt8(ascii: "."), UInt8(ascii: "["):
        if !word.isEmpty {
          guard isKeyDue else { return nil }
          steps.append(.key(String(decoding: word, as: UTF8.self)))
        } else if isKeyDue {
          return nil
        }
        (word, isKeyDue) = ([], byte == UInt8(ascii: "."))
        guard byte == UInt8(ascii: "[") else { continue }
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")),
          let index = Int(String(decoding: bytes[at..<end], as: UTF8.self)), (0...indexLimit).contains(index)
        else { return nil }
        at = end + 1
        steps.append(.index(index))
      default: word.append(byte)
      }
      if steps.count > depthLimit { return nil }
    }
    if isKeyDue {
      guard !word.isEmpty else { return nil }
      steps.append(.key(String(decoding: word, as: UTF8.self)))
    } else if !word.isEmpty {
      return nil
    }
    return steps
  }

  private static func escaped(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "\\") }) else { return name }
    var out = ""
    for scalar in name.unicodeScalars {
      if scalar == "." || scalar == "\\" { out.unicodeScalars.append("\\") }
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  /// The value at a key; `found` is false if there is none. A value that comes from elsewhere is nil.
  func value(at key: String) -> (found: Bool, value: JSON?) {
    guard let steps = ValueTree.steps(key) else { return (false, nil) }
    var node: Node = .map(root)
    for step in steps {
      switch (node, step) {
      case (.map(let branch), .key(let name)):
        guard let next = branch[name] else { return (false, nil) }
        node = next
      case (.leaf(let value?, let source), _):
        let inner: JSON? =
          switch step {
          case .key(let name): value[name]
          case .index(let index): value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
          }
        guard let inner else { return (false, nil) }
        node = .leaf(inner, source: source)
      default: return (false, nil)
      }
    }
    if case .leaf(let value, _) = node { return (true, value) }
    return (true, nil)
  }

  /// All values, in the order in which their keys came.
  var uses: [Values.Use] {
    var all: [Values.Use] = []
    collect(root, "", &all)
    return all
  }

  private func collect(_ branch: Branch, _ path: String, _ all: inout [Values.Use]) {
    for name in branch.keys {
      let word = ValueTree.escaped(name), place = path.isEmpty ? word : path + "." + word
      switch branch[name] {
      case .leaf(let value, let source)?:
        all.append(Values.Use(key: place, value: value, source: source, over: replaced[place] ?? []))
      case .map(let inner)?: collect(inner, place, &all)
      case nil: break
      }
    }
  }
}

/// What `--set` makes of a text; `--set-string` leaves it a string.
/// https://github.com/helm/helm/blob/v3.17.0/pkg/strvals/parser.go (typedVal)
func typedValue(_ text: String) -> JSON {
  switch text {
  case "true": return .bool(true)
  case "false": return .bool(false)
  case "null": return .null
  case "0": return .integer(0)
  default:
    guard !text.hasPrefix("0"), let number = Int(text) else { return .string(text) }
    return .integer(number)
  }
}
