import Templates
import YAML

extension ValueReader {
  /// What a function does with its arguments, as far as it matters here.
  enum Function: String, CaseIterable {
    case include, tpl, required
    // The result is one of the arguments.
    case `default`, coalesce, ternary, or, and
    // The result is a part of the argument.
    case index, get, dig, pluck, first, last
    // The result is a new mapping or list.
    case dict, list, tuple, set, unset, merge, mergeOverwrite, mustMerge, mustMergeOverwrite, append, prepend, push,
      concat, pick
    // The result is the argument, or has the same parts.
    case deepCopy, mustDeepCopy, omit, reverse, uniq, compact, initial, rest, without, slice, values, toStrings,
      sortAlpha
    case toYaml, toYamlPretty, toJson, toPrettyJson, toRawJson, mustToJson, toToml, fromYaml, fromJson, fromYamlArray,
      fromJsonArray, mustFromJson
    // The argument is only tested.
    case hasKey, not, empty, kindIs, kindOf, typeIs, typeIsLike, typeOf, len
    case other

    /// The functions that a template can name.
    static func named(in names: inout Names) -> [Name: Function] {
      var functions: [Name: Function] = [:]
      for function in allCases where function != .other {
        if let name = names.existing(function.rawValue) { functions[name] = function }
      }
      return functions
    }
  }

  mutating func apply(_ function: Function, _ arguments: [Argument], at offset: Int32, _ frame: inout Frame) -> Value {
    switch function {
    case .include: return include(arguments, frame)
    case .tpl: return tpl(arguments, frame)
    case .required:
      guard arguments.count == 2 else { return other(arguments) }
      record(arguments[0].value, .read)
      var value = arguments[1].value
      for place in value.sites.indices {
        value.sites[place].required = arguments[0].value.known.string ?? text(arguments[0], frame)
      }
      return value
    case .default:
      guard arguments.count == 2 else { return other(arguments) }
      let text = text(arguments[0], frame)
      var value = arguments[1].value
      for place in value.sites.indices where value.sites[place].fallback == nil { value.sites[place].fallback = text }
      return Value(known: .any([value.known, arguments[0].value.known]), sites: value.sites + arguments[0].value.sites)
    case .coalesce, .or, .and: return oneOf(arguments)
    case .ternary:
      guard let condition = arguments.last, arguments.count == 3 else { return other(arguments) }
      record(condition.value, .tested)
      return oneOf(Array(arguments.dropLast()))
    case .index:
      guard var value = arguments.first?.value else { return Value() }
      for key in arguments.dropFirst() { value = part(of: value, key, &frame) }
      return value
    case .get:
      guard arguments.count == 2 else { return other(arguments) }
      return part(of: arguments[0].value, arguments[1], &frame)
    case .dig:
      guard arguments.count >= 3, var value = arguments.last?.value else { return other(arguments) }
      for key in arguments.dropLast(2) { value = part(of: value, key, &frame) }
      let otherwise = arguments[arguments.count - 2], text = text(otherwise, frame)
      for place in value.sites.indices { value.sites[place].fallback = text }
      return Value(known: .any([value.known, otherwise.value.known]), sites: value.sites + otherwise.value.sites)
    case .pluck:
      guard let key = arguments.first else { return Value() }
      let parts = arguments.dropFirst().map { part(of: $0.value, key, &frame) }
      return Value(known: .list(parts.map(\.known)), sites: parts.flatMap(\.sites))
    case .first, .last:
      guard let value = arguments.last?.value else { return Value() }
      return Value(known: element(of: value.known), sites: value.sites)
    case .dict:
      var members: [Known.Member] = []
      for place in stride(from: 0, to: arguments.count - 1, by: 2) {
        if let key = arguments[place].value.known.string {
          members.append(.init(key: key, value: arguments[place + 1].value.known))
        }
      }
      return Value(known: .mapping(members), sites: arguments.flatMap(\.value.sites))
    case .list, .tuple:
      return Value(known: .list(arguments.map(\.value.known)), sites: arguments.flatMap(\.value.sites))
    case .set:
      guard arguments.count == 3, let key = arguments[1].value.known.string else { return handedOn(arguments) }
      let result = arguments[0].value.known.setting(key, to: arguments[2].value.known)
      extend(arguments[0].value.known, key, arguments[2].value.known)
      change(arguments[0], to: result, &frame)
      for argument in arguments { record(argument.value, .passed) }
      return Value(known: result)
    case .merge, .mergeOverwrite, .mustMerge, .mustMergeOverwrite:
      let result = Known.any(arguments.map(\.value.known))
      if let first = arguments.first { change(first, to: result, &frame) }
      return Value(known: result, sites: arguments.flatMap(\.value.sites))
    case .append, .push, .prepend:
      guard arguments.count == 2 else { return other(arguments) }
      let item = arguments[1].value.known
      let items: Known =
        if case .list(let items) = arguments[0].value.known.kind { .list(items + [item]) } else {
          .any([arguments[0].value.known, .list([item])])
        }
      return Value(known: items, sites: arguments.flatMap(\.value.sites))
    case .concat: return oneOf(arguments)
    case .pick:
      guard let whole = arguments.first?.value else { return Value() }
      record(whole, .passed)
      var members: [Known.Member] = [], sites: [Site] = []
      for key in arguments.dropFirst() {
        guard let text = key.value.known.string else { continue }
        let value = part(of: whole, key, &frame)
        members.append(.init(key: text, value: value.known))
        sites += value.sites
      }
      return Value(known: .mapping(members), sites: sites)
    case .omit, .unset, .initial, .rest, .slice:
      guard let whole = arguments.first?.value else { return Value() }
      for argument in arguments.dropFirst() { record(argument.value, .read) }
      return whole
    case .deepCopy, .mustDeepCopy, .reverse, .uniq, .compact, .without, .toStrings, .sortAlpha:
      return arguments.first?.value ?? Value()
    case .values:
      guard let whole = arguments.first?.value else { return Value() }
      record(whole, .read)
      return Value(known: .list([element(of: whole.known)]))
    case .toYaml, .toYamlPretty, .toJson, .toPrettyJson, .toRawJson, .mustToJson, .toToml:
      guard let whole = arguments.last?.value else { return Value() }
      record(whole, .read)
      return Value(known: .written(whole.known))
    case .fromYaml, .fromJson, .fromYamlArray, .fromJsonArray, .mustFromJson:
      guard let text = arguments.last?.value else { return Value() }
      record(text, .read)
      return Value(
        known: .any(text.known.alternatives.map { if case .written(let inner) = $0.kind { inner } else { .unknown } }))
    case .hasKey:
      guard arguments.count == 2 else { return other(arguments) }
      record(part(of: arguments[0].value, arguments[1], &frame), .tested)
      return Value()
    case .not, .empty, .kindIs, .kindOf, .typeIs, .typeIsLike, .typeOf, .len:
      for argument in arguments { record(argument.value, .tested) }
      return Value()
    case .other: return other(arguments)
    }
  }

  /// A function that makes something new from all its arguments.
  private mutating func other(_ arguments: [Argument]) -> Value {
    for argument in arguments { record(argument.value, .read) }
    return Value()
  }

  private func oneOf(_ arguments: [Argument]) -> Value {
    Value(known: .any(arguments.map(\.value.known)), sites: arguments.flatMap(\.value.sites))
  }

  private mutating func handedOn(_ arguments: [Argument]) -> Value {
    for argument in arguments { record(argument.value, .passed) }
    return arguments.first.map { Value(known: $0.value.known) } ?? Value()
  }

  /// The member or element that `index` and `get` return.
  private mutating func part(of value: Value, _ key: Argument, _ frame: inout Frame) -> Value {
    record(key.value, .read)
    record(value, .passed)
    let known = key.value.known.string.map { member(of: value.known, $0, frame) } ?? element(of: value.known)
    let place = value.sites.first?.offset ?? key.start
    return Value(known: known, sites: sites(of: known, at: place, frame))
  }

  /// Stores a value that `set` or `merge` has changed in the variable it came from.
  private mutating func change(_ argument: Argument, to value: Known, _ frame: inout Frame) {
    switch argument.operand?.kind {
    case .variable(let name, let fields) where fields.isEmpty: assign(name, value, &frame)
    case .dot: if case .root = frame.dot.kind {} else { frame.dot = value }
    default: break
    }
  }

  private mutating func include(_ arguments: [Argument], _ frame: Frame) -> Value {
    for argument in arguments { record(argument.value, .passed) }
    guard arguments.count == 2 else { return Value() }
    for name in arguments[0].value.known.alternatives {
      if let name = name.string { include(name, arguments[1].value.known, from: frame) }
    }
    return Value()
  }

  /// Reads the text, and what the templates in values.yaml at its path read.
  private mutating func tpl(_ arguments: [Argument], _ frame: Frame) -> Value {
    guard arguments.count == 2 else { return other(arguments) }
    record(arguments[0].value, .read)
    record(arguments[1].value, .passed)
    var paths: [Int32] = []
    arguments[0].value.known.paths(into: &paths)
    for path in paths { render(path, dot: arguments[1].value.known, from: frame) }
    return Value()
  }
}
