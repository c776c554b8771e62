import Records
import YAML

/// Where an environment is: the kube context that its provider's own tool writes into the kubeconfig.
struct Provider {
  var context: String
  /// The command that writes the context; nil if there is none to write it.
  var login: [String]?
  /// As it is written, for what looks up values there.
  var json: JSON

  private static let kinds = [
    "gke", "aks", "minikube", "dockerForDesktop", "existingContext", "kind", "k3d", "gitlab"
  ]

  /// nil, and a finding, if it is not one.
  init?(_ yaml: YAML, _ reader: inout SchemaReader) {
    let fields = reader.fields(yaml, of: "a provider", known: Provider.kinds)
    guard let kind = Provider.kinds.first(where: { fields[$0] != nil }), let inner = fields[kind] else {
      if fields.isEmpty, yaml.mapping?.isEmpty ?? false {
        reader.note(
          .provider, at: yaml, "the provider is empty", "it is one of \(Provider.kinds.joined(separator: ", "))")
      }
      return nil
    }
    guard fields.count == 1 else {
      reader.note(
        .provider, at: yaml, "more than one provider: \(fields.keys.sorted().joined(separator: ", "))", "keep one")
      return nil
    }
    func read(_ names: [String]) -> [String: String] {
      if inner.isNull { return [:] }
      let fields = reader.fields(inner, of: "'\(kind)'", known: names)
      return fields.reduce(into: [:]) { texts, field in
        guard let text = reader.text(field.value, field.key) else { return }
        // Its place is among the arguments of a program.
        guard !text.hasPrefix("-") else {
          return reader.note(.name, at: field.value, "'\(text)' is not a '\(field.key)'")
        }
        texts[field.key] = text
      }
    }
    func need(_ texts: [String: String], _ names: String...) -> [String]? {
      for name in names where texts[name] == nil { reader.missing(name, of: "'\(kind)'", at: inner) }
      let found = names.compactMap { texts[$0] }
      return found.count == names.count ? found : nil
    }
    switch kind {
    case "gke":
      let texts = read(["project", "clusterName", "zone", "region"])
      guard let found = need(texts, "project", "clusterName") else { return nil }
      guard (texts["zone"] == nil) != (texts["region"] == nil), let place = texts["zone"] ?? texts["region"] else {
        reader.note(.provider, at: inner, "'gke' has either 'zone' or 'region'")
        return nil
      }
      context = "gke_\(found[0])_\(place)_\(found[1])"
      login = [
        "gcloud", "container", "clusters", "get-credentials", found[1], "--project=\(found[0])",
        "--\(texts["zone"] == nil ? "region" : "zone")=\(place)"
      ]
    case "aks":
      guard let found = need(read(["resourceGroup", "clusterName"]), "resourceGroup", "clusterName") else { return nil }
      context = found[1]
      login = ["az", "aks", "get-credentials", "--resource-group=\(found[0])", "--name=\(found[1])"]
    case "gitlab":
      guard let found = need(read(["agent"]), "agent") else { return nil }
      context = found[0]
    case "existingContext":
      guard let found = need(read(["contextName"]), "contextName") else { return nil }
      context = found[0]
    case "kind", "k3d":
      guard let found = need(read(["clusterName"]), "clusterName") else { return nil }
      context = "\(kind)-\(found[0])"
      login =
        kind == "kind"
        ? ["kind", "export", "kubeconfig", "--name=\(found[0])"]
        : ["k3d", "kubeconfig", "merge", found[0], "--kubeconfig-merge-default"]
    case "minikube":
      _ = read([])
      (context, login) = (kind, ["minikube", "update-context"])
    default:
      _ = read([])
      context = "docker-desktop"
    }
    json = JSON(yaml)
  }
}
