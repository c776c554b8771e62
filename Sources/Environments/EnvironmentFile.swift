import Command
import Records
import Settings
import YAML

/// environments.yaml, in the layout of KubeCD's design (provider and `releases` in the environment) and in that of its
/// releases (`clusters`, `releasesFiles`): https://github.com/kubecd/kubecd
struct EnvironmentFile {
  struct Environment {
    var name: String
    var namespace: String
    var provider: Provider?
    /// Files of releases as they are written, and releases that are written in place.
    var releases: [YAML]
    var defaultValuesFile: YAML?
    var defaultValues: [YAML]
    var yaml: YAML
    /// Errors in it: then none of its releases is written.
    var findings: [Finding]
  }

  struct Repository {
    var url: String
    var caFile: String?
    var certFile: String?
    var keyFile: String?
  }

  let file: SourceFile
  var environments: [Environment] = []
  var repositories: [String: Repository] = [:]
  /// Those that are not of one environment.
  var findings: [Finding] = []

  init(_ path: String) throws {
    file = try SourceFile(path)
    var reader = SchemaReader(file, subject: path)
    let fields = reader.fields(
      file.root, of: "the file", known: ["clusters", "environments", "helmRepos", "kubeConfig"])
    if let yaml = fields["kubeConfig"] {
      reader.note(.unread, .warning, at: yaml, "'kubeConfig' is not used", "set KUBECONFIG")
    }
    for item in reader.list(fields["helmRepos"], "helmRepos") { readRepository(item, &reader) }
    var clusters: [String: Provider?] = [:]
    for item in reader.list(fields["clusters"], "clusters") {
      let fields = reader.fields(item, of: "a cluster", known: ["name", "provider", "parameters"])
      if let yaml = fields["parameters"] {
        reader.note(.unread, .warning, at: yaml, "'parameters' of a cluster are not used")
      }
      guard let name = reader.text(fields["name"], "name") else {
        if fields["name"] == nil { reader.missing("name", of: "a cluster", at: item) }
        continue
      }
      if clusters[name] != nil { reader.note(.duplicate, at: item, "cluster '\(name)' is there twice") }
      guard let yaml = fields["provider"] else {
        reader.missing("provider", of: "cluster '\(name)'", at: item)
        clusters[name] = .some(nil)
        continue
      }
      clusters[name] = .some(Provider(yaml, &reader))
    }
    if fields["environments"] == nil, file.root.mapping != nil {
      reader.missing("environments", of: "the file", at: file.root)
    }
    let items = reader.list(fields["environments"], "environments")
    findings = reader.findings
    for item in items { readEnvironment(item, clusters) }
  }

  private mutating func readRepository(_ yaml: YAML, _ reader: inout SchemaReader) {
    let fields = reader.fields(
      yaml, of: "a repository", known: ["name", "url", "caFile", "certFile", "keyFile"])
    guard let name = reader.text(fields["name"], "name"), let url = reader.text(fields["url"], "url") else {
      for name in ["name", "url"] where fields[name] == nil { reader.missing(name, of: "a repository", at: yaml) }
      return
    }
    guard repositories[name] == nil else {
      return reader.note(.duplicate, at: yaml, "repository '\(name)' is there twice")
    }
    func path(_ name: String) -> String? {
      guard let yaml = fields[name], let text = reader.text(yaml, name) else { return nil }
      guard let path = try? Files.resolve(file.resolve(text)) else {
        reader.note(.missing, at: yaml, "there is no file '\(file.resolve(text))'")
        return nil
      }
      return path
    }
    repositories[name] = Repository(
      url: url, caFile: path("caFile"), certFile: path("certFile"), keyFile: path("keyFile"))
  }

  private mutating func readEnvironment(_ yaml: YAML, _ clusters: [String: Provider?]) {
    var reader = SchemaReader(file, subject: file.path)
    let fields = reader.fields(
      yaml, of: "an environment",
      known: [
        "name", "clusterName", "provider", "kubeNamespace", "namespace", "releases", "releasesFiles", "defaultValues",
        "defaultValuesFile"
      ])
    guard let name = reader.text(fields["name"], "name") else {
      if fields["name"] == nil { reader.missing("name", of: "an environment", at: yaml) }
      findings += reader.findings
      return
    }
    reader.subject = name
    if !Name.isEnvironment(name) {
      reader.note(.name, at: fields["name"] ?? yaml, "'\(name)' is not a name for an environment")
    }
    if environments.contains(where: { $0.name == name }) {
      reader.note(.duplicate, at: fields["name"] ?? yaml, "environment '\(name)' is there twice")
      findings += reader.findings
      return
    }
    let namespace = reader.text(fields["kubeNamespace"], "kubeNamespace")
    if let namespace, !Name.isNamespace(namespace) {
      reader.note(.name, at: fields["kubeNamespace"] ?? yaml, "'\(namespace)' is not a namespace")
    }
    if namespace == nil, fields["kubeNamespace"] == nil {
      reader.missing("kubeNamespace", of: "environment '\(name)'", at: yaml)
    }
    if let yaml = fields["namespace"] {
      reader.note(.unread, .warning, at: yaml, "'namespace' is not used", "the namespace is that of 'kubeNamespace'")
    }
    var provider: Provider?
    if let cluster = fields["clusterName"], let text = reader.text(cluster, "clusterName") {
      if let found = clusters[text] {
        provider = found
      } else {
        reader.note(
          .missing, at: cluster, "there is no cluster '\(text)'",
          nearest(to: text, among: clusters.keys.sorted()).map { "did you mean '\($0)'?" })
      }
      if let yaml = fields["provider"] {
        reader.note(.provider, at: yaml, "environment '\(name)' has both 'clusterName' and 'provider'", "keep one")
      }
    } else if let yaml = fields["provider"] {
      provider = Provider(yaml, &reader)
    } else if fields["clusterName"] == nil {
      reader.note(.provider, at: yaml, "environment '\(name)' has neither 'clusterName' nor 'provider'")
    }
    let releases =
      reader.list(fields["releases"], "releases") + reader.list(fields["releasesFiles"], "releasesFiles")
    if fields["releases"] == nil, fields["releasesFiles"] == nil {
      reader.note(.missing, .warning, at: yaml, "environment '\(name)' has no releases")
    }
    environments.append(
      Environment(
        name: name, namespace: namespace ?? "default", provider: provider, releases: releases,
        defaultValuesFile: fields["defaultValuesFile"],
        defaultValues: reader.list(fields["defaultValues"], "defaultValues"), yaml: yaml, findings: reader.findings))
  }
}
