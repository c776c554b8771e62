import Command
import Templates
import YAML

extension YAML {
  /// What sigs.k8s.io/yaml says of a document that parses and is no JSON; nil if nothing is wrong.
  var goFault: String? {
    switch value {
    case .scalar(let scalar):
      if scalar.tag == "tag:yaml.org,2002:binary",
        Base64.decode(scalar.text) == nil || !scalar.text.utf8.count { $0 != 0x0A && $0 != 0x0D }.isMultiple(of: 4)
      {
        return "error converting YAML to JSON: yaml: !!binary value contains invalid base64 data"
      }
      guard scalar.style == .plain, let double, !double.isFinite else { return nil }
      return "error converting YAML to JSON: json: unsupported value: "
        + (double.isNaN ? "NaN" : double < 0 ? "-Inf" : "+Inf")
    case .sequence(let items): return items.lazy.compactMap(\.goFault).first
    case .mapping(let members):
      for member in members {
        guard let key = member.key.scalar else {
          return "error converting YAML to JSON: yaml: invalid map key: \(member.key.goSyntax)"
        }
        if key.text == "<<", key.style == .plain,
          !(member.value.sequence ?? [member.value]).allSatisfy({ $0.mapping != nil })
        {
          return "error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value"
        }
        if let fault = member.value.goFault { return fault }
      }
      return nil
    }
  }

  /// As Go's %#v prints it.
  private var goSyntax: String {
    switch value {
    case .sequence(let items): "[]interface {}{\(items.map(\.goSyntax).joined(separator: ", "))}"
    case .mapping(let members):
      "map[interface {}]interface {}{"
        + members.map { "\($0.key.goSyntax):\($0.value.goSyntax)" }.sorted().joined(separator: ", ") + "}"
    case .scalar(let scalar):
      if isNull {
        "interface {}(nil)"
      } else if let bool {
        "\(bool)"
      } else if let int {
        "\(int)"
      } else if let double {
        GoText.number(double)
      } else {
        GoQuote.quoted(Array(scalar.text.utf8))
      }
    }
  }
}
